"""Decisions are worked out as DMN says, and refused in words when they can't be."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.engine import decisions
from tests.engine import decision_models

ROOT = Path(__file__).parents[2]
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(policy, rules, *, inputs=("n",), outputs=("out",), extra=""):
    cells = "".join(
        f'<rule id="r{index}">'
        + "".join(f"<inputEntry><text>{test}</text></inputEntry>" for test in tests)
        + "".join(f"<outputEntry><text>{out}</text></outputEntry>" for out in outs)
        + "</rule>"
        for index, (tests, outs) in enumerate(rules, 1)
    )
    ins = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in inputs)
    outs = "".join(f'<output name="{name}">{extra}</output>' for name in outputs)
    xml = f'<definitions xmlns="{DMN}" id="m" name="m" namespace="x"><decision id="d" name="D"><decisionTable {policy}>{ins}{outs}{cells}</decisionTable></decision></definitions>'
    return decision_models.read(xml.encode())


def test_the_method_of_procurement_follows_from_amount_and_ground():
    model = decision_models.read((ROOT / "processes/decisions/procurement_method.dmn").read_bytes())
    result = model.evaluate(
        "procurement_method",
        {
            "object": "goods",
            "budget": Decimal(2_460_000),
            "open_tender_threshold": Decimal(2_000_000),
            "grounds": "none",
        },
    )
    assert result.value == {"method": "open_tender", "legal_ground": "GPL 26", "approval_needed": False}
    assert result.fired[0].rules == ("r_open",)


@pytest.mark.parametrize(
    ("budget", "grounds", "method", "ground"),
    [
        (300_000, "none", "negotiation", "IR 25"),
        (300_000, "complex", "negotiation", "IR 25"),
        (300_000, "few_suppliers", "negotiation", "IR 25"),
        (300_000, "only_supplier", "single_source", "IR 25"),
        (3_999_999, "none", "negotiation", "IR 25"),
        (4_000_000, "none", "open_tender", "GPL 4"),
        (4_000_000, "few_suppliers", "invited_tender", "GPL 4"),
        (4_000_000, "urgent", "negotiation", "IR 25"),
    ],
)
def test_works_are_tendered_by_the_tendering_law_or_negotiated(budget, grounds, method, ground):
    model = decision_models.read((ROOT / "processes/decisions/procurement_method.dmn").read_bytes())
    given = {"object": "works", "budget": Decimal(budget), "grounds": grounds}
    limits = {"open_tender_threshold": Decimal(4_000_000), "procurement_limit": Decimal(300_000)}
    result = model.evaluate("procurement_method", given | limits)
    assert result.value == {"method": method, "legal_ground": ground, "approval_needed": False}


@pytest.mark.parametrize("object", ["goods", "services", "works"])
@pytest.mark.parametrize(
    ("budget", "limit", "in_catalogue", "applies"),
    [
        (499_999, 500_000, False, "outside"),
        (500_000, 500_000, False, "yes"),
        (499_999, 500_000, True, "yes"),
        (499_999, 500_000, None, None),
        (1_999_999, None, False, None),
        (1_999_999, None, None, None),
        (1, None, True, "yes"),
        (2_000_000, None, None, "yes"),
    ],
)
def test_gpl_2_the_law_applies_from_the_limit_or_in_the_catalogue_and_nothing_is_guessed(
    object, budget, limit, in_catalogue, applies
):
    model = decision_models.read((ROOT / "processes/decisions/procurement_method.dmn").read_bytes())
    given = {"object": object, "budget": Decimal(budget), "grounds": "none", "in_catalogue": in_catalogue}
    limits = {"open_tender_threshold": Decimal(2_000_000), "procurement_limit": limit and Decimal(limit)}
    proposed = model.evaluate("procurement_method", given | limits).value["method"]
    assert ("yes" if proposed in ("open_tender", "negotiation") else proposed) == applies


def test_two_matching_rules_of_a_unique_table_are_a_conflict():
    with pytest.raises(decisions.DecisionFailed, match="UNIQUE"):
        table("", [(["> 1"], ["1"]), (["> 2"], ["2"])]).evaluate("d", {"n": 3})


@pytest.mark.parametrize(
    ("policy", "expected"),
    [('hitPolicy="FIRST"', 1), ('hitPolicy="COLLECT"', [1, 2]), ('hitPolicy="RULE ORDER"', [1, 2]), ('hitPolicy="COLLECT" aggregation="SUM"', 3), ('hitPolicy="COLLECT" aggregation="MAX"', 2), ('hitPolicy="COLLECT" aggregation="COUNT"', 2)],
)  # fmt: skip
def test_each_hit_policy_settles_in_its_way(policy, expected):
    assert table(policy, [(["> 1"], ["1"]), (["> 2"], ["2"])]).evaluate("d", {"n": 3}).value == expected


def test_priority_follows_the_order_of_the_output_values():
    model = table(
        'hitPolicy="PRIORITY"',
        [(["> 1"], ['"low"']), (["> 2"], ['"high"'])],
        extra='<outputValues><text>"high","low"</text></outputValues>',
    )
    assert model.evaluate("d", {"n": 3}).value == "high"


def test_a_decision_uses_the_decisions_it_requires():
    xml = f"""<definitions xmlns="{DMN}" id="m" name="m" namespace="x">
      <decision id="a" name="Base price"><literalExpression><text>price * 2</text></literalExpression></decision>
      <decision id="b" name="Total"><informationRequirement><requiredDecision href="#a"/></informationRequirement><literalExpression><text>Base price + 1</text></literalExpression></decision></definitions>"""
    assert decision_models.read(xml.encode()).evaluate("Total", {"price": 5}).value == 11


def test_a_knowledge_model_can_be_invoked_by_name():
    xml = f"""<definitions xmlns="{DMN}" id="m" name="m" namespace="x">
      <businessKnowledgeModel id="k" name="Doubled"><encapsulatedLogic><formalParameter name="x"/><literalExpression><text>x * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
      <decision id="b" name="Total"><knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
        <invocation><literalExpression><text>Doubled</text></literalExpression><binding><parameter name="x"/><literalExpression><text>n + 1</text></literalExpression></binding></invocation></decision></definitions>"""
    assert decision_models.read(xml.encode()).evaluate("b", {"n": 5}).value == 12


@pytest.mark.parametrize(
    ("xml", "words"),
    [(b"<a", "well-formed"), (b"<!DOCTYPE a><a/>", "DOCTYPE"), (b"<a/>", "DMN"), (f'<definitions xmlns="{DMN}"><decision id="d" name="d"><literalExpression><text>1 +</text></literalExpression></decision></definitions>'.encode(), "line 1, column 4"),
     (f'<definitions xmlns="{DMN}"><decision id="d" name="d"><informationRequirement><requiredDecision href="#d"/></informationRequirement><literalExpression><text>1</text></literalExpression></decision></definitions>'.encode(), "requires itself")],
)  # fmt: skip
def test_a_broken_model_is_refused_in_words(xml, words):
    with pytest.raises(decision_models.Refused, match=words):
        decision_models.read(xml)


def typed_table(kind, test):
    inside = f'<input><inputExpression typeRef="{kind}"><text>x</text></inputExpression></input><output name="o" />'
    rules = f'<rule id="r1"><inputEntry><text>{test}</text></inputEntry><outputEntry><text>"first"</text></outputEntry></rule>'
    rules += (
        '<rule id="r2"><inputEntry><text>-</text></inputEntry><outputEntry><text>"second"</text></outputEntry></rule>'
    )
    xml = f'<definitions xmlns="{DMN}" id="m" name="m" namespace="x"><decision id="d" name="D"><decisionTable hitPolicy="FIRST">{inside}{rules}</decisionTable></decision></definitions>'
    return decision_models.read(xml.encode())


TEXTS = [
    ("date", "2024-05-05", '&lt; date("2025-01-01")'), ("dateTime", "2024-05-05T10:00:00+08:00", '&lt; date and time("2025-01-01T00:00:00Z")'), ("date and time", "2024-05-05T10:00:00", '&lt; date and time("2025-01-01T00:00:00")'),
    ("time", "10:00:00", '&lt; time("11:00:00")'), ("dayTimeDuration", "PT90M", '&lt; duration("PT2H")'), ("days and time duration", "P1D", '&lt; duration("P2D")'),
    ("yearMonthDuration", "P5M", '&lt; duration("P1Y")'), ("years and months duration", "P1Y", '&lt; duration("P14M")'),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "test"), TEXTS)
def test_a_text_is_read_as_the_date_time_or_duration_that_a_column_wants(kind, text, test):
    assert typed_table(kind, test).evaluate("d", {"x": text}).value == "first"


@pytest.mark.parametrize(("kind", "text", "test"), TEXTS)
def test_a_text_that_writes_nothing_of_the_kind_fails_the_decision(kind, text, test):
    with pytest.raises(decisions.DecisionFailed, match="“5 May” is no "):
        typed_table(kind, test).evaluate("d", {"x": "5 May"})


@pytest.mark.parametrize("type_", ["date", "tDays", "tTrip"])
def test_texts_within_input_data_are_read_as_their_type_wants(type_):
    given = {"date": "2024-05-05", "tDays": ["2024-05-05"], "tTrip": {"on": "2024-05-05"}}[type_]
    items = '<itemDefinition name="tDays" isCollection="true"><typeRef>date</typeRef></itemDefinition><itemDefinition name="tTrip"><itemComponent name="on"><typeRef>date</typeRef></itemComponent></itemDefinition>'
    read = {"date": "x.year", "tDays": "x[1].year", "tTrip": "x.on.year"}[type_]
    xml = (
        f'<definitions xmlns="{DMN}" id="m" name="m" namespace="x">{items}<inputData id="i" name="x"><variable name="x" typeRef="{type_}"/></inputData>'
        f'<decision id="d" name="D"><informationRequirement><requiredInput href="#i"/></informationRequirement><literalExpression><text>{read}</text></literalExpression></decision></definitions>'
    )
    assert decision_models.read(xml.encode()).evaluate("d", {"x": given}).value == 2024


def coerced(body, *, result="", parameter="", argument="1"):
    """What a decision gives that calls a knowledge model with one parameter."""
    types = (
        '<itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
        '<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef></itemComponent><itemComponent name="age"><typeRef>number</typeRef></itemComponent></itemDefinition>'
    )
    of_parameter, of_result = (f'typeRef="{name}"' if name else "" for name in (parameter, result))
    xml = (
        f'<definitions xmlns="{DMN}" id="m" name="m" namespace="x">{types}<businessKnowledgeModel id="k" name="k"><encapsulatedLogic>'
        f'<formalParameter name="a" {of_parameter}/><literalExpression {of_result}><text>{body}</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>'
        f'<decision id="d" name="D"><knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement><literalExpression><text>k({argument})</text></literalExpression></decision></definitions>'
    )
    return decision_models.read(xml.encode()).evaluate("d", {}).value


@pytest.mark.parametrize(
    ("body", "result", "argument", "expected"),
    [
        ("a", "tNumbers", "10", [10]), ("a", "tNumbers", '"foo"', None), ("a", "tNumbers", "null", None), ("[a]", "number", "10", 10), ("[a]", "number", '"foo"', None),
        ("a != null", "tPerson", "1", None), ("a", "tPerson", '{name: "x", age: 1}', {"name": "x", "age": 1}), ("a", "string", "1", None),
    ],
)  # fmt: skip
def test_what_a_knowledge_model_gives_is_of_the_type_of_its_expression(body, result, argument, expected):
    assert coerced(body, result=result, argument=argument) == expected


@pytest.mark.parametrize(
    ("parameter", "argument", "expected"),
    [("tPerson", '{name: "x"}', True), ("tPerson", '{name: "x", age: 1}', False), ("number", '"foo"', True), ("number", "[1]", False), ("tNumbers", "1", False)],
)  # fmt: skip
def test_an_argument_that_does_not_fit_its_parameter_is_null(parameter, argument, expected):
    assert coerced("a = null", parameter=parameter, argument=argument) is expected


@pytest.mark.parametrize(
    ("type_", "argument", "expected"), [("string", "10", None), ("string", '["foo"]', "foo"), ("tNumbers", "1", [1])]
)
def test_an_argument_of_a_decision_service_is_of_the_type_of_its_input(type_, argument, expected):
    xml = (
        f'<definitions xmlns="{DMN}" id="m" name="m" namespace="x"><itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
        f'<inputData id="i" name="x"><variable name="x" typeRef="{type_}"/></inputData>'
        '<decision id="e" name="echo"><informationRequirement><requiredInput href="#i"/></informationRequirement><literalExpression><text>x</text></literalExpression></decision>'
        '<decisionService id="s" name="service"><outputDecision href="#e"/><inputData href="#i"/></decisionService>'
        f'<decision id="d" name="D"><knowledgeRequirement><requiredKnowledge href="#s"/></knowledgeRequirement><literalExpression><text>service({argument})</text></literalExpression></decision></definitions>'
    )
    assert decision_models.read(xml.encode()).evaluate("d", {}).value == expected


@pytest.mark.parametrize("kind", ["integer", "long", "double", "number", "somethingElse"])
def test_a_column_may_name_a_type_of_another_language(kind):
    assert typed_table(kind, "&gt; 1").evaluate("d", {"x": 2}).value == "first"


@pytest.mark.parametrize(
    "namespace", ["http://www.omg.org/spec/DMN/20151101/dmn11.xsd", "http://www.omg.org/spec/DMN/20151130"]
)
def test_a_model_of_the_first_editors_is_read(namespace):
    xml = f'<definitions xmlns="{namespace}" id="m" name="m" namespace="x"><decision id="d" name="D"><literalExpression><text>1 + 1</text></literalExpression></decision></definitions>'
    assert decision_models.read(xml.encode()).evaluate("d", {}).value == 2
