"""Graphs of decisions: boxed expressions, types, knowledge models, services, models that import one another."""

from decimal import Decimal

import pytest

from app import feel
from app.engine import decisions
from tests.engine import decision_models

DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def model(body, *, namespace="toy", imports="", tolerant=False, **others):
    """A model around its elements, with other models by their names."""
    return decision_models.read(xml(body, namespace, imports), tolerant=tolerant, **others)


def xml(body, namespace="toy", imports=""):
    return f'<definitions xmlns="{DMN}" id="m" name="m" namespace="{namespace}">{imports}{body}</definitions>'.encode()


def imported(namespace, name):
    return f'<import namespace="{namespace}" name="{name}" importType="{DMN}"/>'


def literal(text):
    return f"<literalExpression><text>{text}</text></literalExpression>"


def given(identity, name, type_=""):
    reference = f'typeRef="{type_}"' if type_ else ""
    return f'<inputData id="{identity}" name="{name}"><variable name="{name}" {reference}/></inputData>'


def decision(identity, logic, *needs, name=None, type_=""):
    """A decision; what it needs is ``kind:reference``."""
    kinds = {"input": ("information", "Input"), "decision": ("information", "Decision"), "knowledge": ("knowledge", "Knowledge")}  # fmt: skip
    requirements = ""
    for need in needs:
        kind, _, reference = need.partition(":")
        group, what = kinds[kind]
        href = reference if "#" in reference else f"#{reference}"
        requirements += f'<{group}Requirement><required{what} href="{href}"/></{group}Requirement>'
    variable = f'<variable name="{name or identity}" typeRef="{type_}"/>' if type_ else ""
    return f'<decision id="{identity}" name="{name or identity}">{variable}{requirements}{logic}</decision>'


def knowledge(identity, parameters, logic, *needs, attributes=""):
    formal = "".join(f'<formalParameter name="{name}" typeRef="{type_}"/>' for name, type_ in parameters)
    required = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{need}"/></knowledgeRequirement>' for need in needs
    )
    return f'<businessKnowledgeModel id="{identity}" name="{identity}"><encapsulatedLogic {attributes}>{formal}{logic}</encapsulatedLogic>{required}</businessKnowledgeModel>'


def value(body, asked="d", variables=None, **options):
    return model(body, **options).evaluate(asked, variables or {}).value


# -- boxed expressions


@pytest.mark.parametrize(
    ("boxed", "expected"),
    [
        (f"<conditional><if>{literal('1 > 0')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>", "1"),
        (f"<conditional><if>{literal('null')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>", "2"),
        (f"<filter><in>{literal('[1,2,3]')}</in><match>{literal('item >= 2')}</match></filter>", "[2, 3]"),
        (f"<filter><in>{literal('[{unit price: 1}, {unit price: 2}]')}</in><match>{literal('2')}</match></filter>", "{unit price: 2}"),
        (f'<for iteratorVariable="i"><in>{literal("[1,2]")}</in><return>{literal("i * 10 + count(partial)")}</return></for>', "[10, 21]"),
        (f'<for iteratorVariable="i"><in>{literal("1..3")}</in><return>{literal("i")}</return></for>', "[1, 2, 3]"),
        (f'<some iteratorVariable="i"><in>{literal("[1,2]")}</in><satisfies>{literal("i > 1")}</satisfies></some>', "true"),
        (f'<every iteratorVariable="i"><in>{literal("[1,2]")}</in><satisfies>{literal("i > 1")}</satisfies></every>', "false"),
        (f"<list>{literal('1')}{literal('1 + 1')}</list>", "[1, 2]"),
        (f'<relation><column name="a"/><column name="b"/><row>{literal("1")}{literal("2")}</row><row>{literal("3")}{literal("4")}</row></relation>', "[{a: 1, b: 2}, {a: 3, b: 4}]"),
        (f'<context><contextEntry><variable name="unit price"/>{literal("3")}</contextEntry><contextEntry>{literal("unit price * 2")}</contextEntry></context>', "6"),
        (f'<context><contextEntry><variable name="a" typeRef="number"/>{literal(chr(34) + "x" + chr(34))}</contextEntry></context>', "{a: null}"),
        (f'<context><contextEntry><variable name="f"/><functionDefinition><formalParameter name="x" typeRef="number"/>{literal("x + 1")}</functionDefinition></contextEntry><contextEntry>{literal("f(2)")}</contextEntry></context>', "3"),
        ("<literalExpression><text></text></literalExpression>", "null"),
    ],
)  # fmt: skip
def test_a_boxed_expression_is_worth_what_its_feel_is(boxed, expected):
    assert feel.to_text(value(decision("d", boxed))) == expected


def test_a_relations_cells_do_not_see_the_columns_beside_them():
    table = f'<relation><column name="n"/><column name="m"/><row>{literal("1")}{literal("n")}</row></relation>'
    assert value(given("n", "n") + decision("d", table, "input:n"), variables={"n": 5}) == [{"n": 1, "m": 5}]


@pytest.mark.parametrize(
    ("boxed", "words"),
    [
        ("<conditional><if></if></conditional>", "an expression is missing"), ('<literalExpression expressionLanguage="urn:python"><text>1</text></literalExpression>', "is not FEEL"),
        (f'<functionDefinition kind="PMML">{literal("1")}</functionDefinition>', "nothing else"), ('<decisionTable hitPolicy="BEST"><output/></decisionTable>', "no hit policy"), ('<decisionTable hitPolicy="COLLECT" aggregation="AVG"><output/></decisionTable>', "no aggregation"),
        ("<decisionTable/>", "no output"), ("<decisionTable><output/><output/></decisionTable>", "different names"), ('<decisionTable><output name="a"/><rule id="r"><inputEntry><text>1</text></inputEntry></rule></decisionTable>', "1 inputs and 0 outputs"),
        ("", "logic is missing"), (literal("1 +"), "line 1, column 4"),
    ],
)  # fmt: skip
def test_what_can_not_be_executed_is_refused_at_its_element(boxed, words):
    with pytest.raises(decision_models.Refused, match=words) as refused:
        model(decision("d", boxed))
    assert refused.value.findings[0].element_id in ("d", "r")


def test_a_tolerated_model_fails_only_where_it_is_broken():
    tolerated = model(decision("d", literal("1 +")) + decision("e", literal("2")), tolerant=True)
    assert tolerated.evaluate("e", {}).value == 2
    with pytest.raises(decisions.DecisionFailed, match="cannot be read"):
        tolerated.evaluate("d", {})


# -- decision tables


def table(head, columns, *rules):
    rows = "".join(
        f'<rule id="r{number}">{"".join(f"<inputEntry><text>{cell}</text></inputEntry>" for cell in tests)}{"".join(f"<outputEntry><text>{cell}</text></outputEntry>" for cell in results)}</rule>'
        for number, (tests, results) in enumerate(rules, 1)
    )
    return f"<decisionTable {head}>{columns}{rows}</decisionTable>"


N = "<input><inputExpression><text>n</text></inputExpression></input>"
OUT = '<output name="out"/>'


def test_what_fired_is_told_by_ids_numbers_inputs_and_output():
    rules = table('hitPolicy="COLLECT"', N + OUT, (["&gt; 5"], ["1"]), (["&gt; 1"], ["2"]), (["-"], ["3"]))
    fired = model(decision("d", rules)).evaluate("d", {"n": 3}).fired
    assert fired == [decisions.Fired("d", ("r2", "r3"), (3,), [2, 3], (2, 3))]


def test_rules_of_an_any_table_may_match_together_only_when_they_agree():
    same = table('hitPolicy="ANY"', N + OUT, (["&gt; 1"], ["1"]), (["&gt; 2"], ["1.0"]))
    other = table('hitPolicy="ANY"', N + OUT, (["&gt; 1"], ["1"]), (["&gt; 2"], ["2"]))
    assert value(decision("d", same), variables={"n": 3}) == 1
    with pytest.raises(decisions.DecisionFailed, match=r"ANY.*r1, r2"):
        value(decision("d", other), variables={"n": 3})


TWO = '<output name="grade"><outputValues><text>"A","B"</text></outputValues></output><output name="rate"><outputValues><text>"low","high"</text></outputValues></output>'


@pytest.mark.parametrize(("policy", "expected"), [("PRIORITY", {"grade": "A", "rate": "low"}), ("OUTPUT ORDER", [{"grade": "A", "rate": "low"}, {"grade": "A", "rate": "high"}, {"grade": "B", "rate": "low"}])])  # fmt: skip
def test_the_order_of_output_values_decides_column_by_column(policy, expected):
    rules = table(
        f'hitPolicy="{policy}"',
        N + TWO,
        (["-"], ['"B"', '"low"']),
        (["-"], ['"A"', '"high"']),
        (["-"], ['"A"', '"low"']),
    )
    assert value(decision("d", rules), variables={"n": 1}) == expected


def test_priorities_may_come_from_the_allowed_values_of_a_type():
    grade = '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"A","B"</text></allowedValues></itemDefinition>'
    rules = table('hitPolicy="PRIORITY"', N + '<output typeRef="tGrade"/>', (["-"], ['"B"']), (["-"], ['"A"']))
    assert value(grade + decision("d", rules), variables={"n": 1}) == "A"


DEFAULT = '<output name="out"><defaultOutputEntry><text>"none"</text></defaultOutputEntry></output>'


@pytest.mark.parametrize(
    ("head", "output", "expected"),
    [
        ("", OUT, None), ("", DEFAULT, "none"), ('hitPolicy="COLLECT"', OUT, []), ('hitPolicy="COLLECT"', DEFAULT, "none"), ('hitPolicy="RULE ORDER"', OUT, []),
        ('hitPolicy="COLLECT" aggregation="COUNT"', OUT, 0), ('hitPolicy="COLLECT" aggregation="SUM"', OUT, None),
    ],
)  # fmt: skip
def test_a_table_without_a_matching_rule_has_its_default(head, output, expected):
    assert value(decision("d", table(head, N + output, (["&gt; 5"], ["1"]))), variables={"n": 3}) == expected


def test_an_input_outside_its_allowed_values_decides_nothing():
    column = "<input label='Kind'><inputExpression><text>n</text></inputExpression><inputValues><text>1, 2</text></inputValues></input>"
    result = model(decision("d", table("", column + OUT, (["-"], ["1"])))).evaluate("d", {"n": 3})
    assert (result.value, result.warnings) == (None, ["Kind may not be 3"])


# -- types


TYPES = """
<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues></itemDefinition>
<itemDefinition name="tNames" isCollection="true"><typeRef>string</typeRef></itemDefinition>
<itemDefinition name="tPair" isCollection="true"><typeRef>number</typeRef><typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>
<itemDefinition name="tPerson"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent><itemComponent name="age"><typeRef>tAge</typeRef></itemComponent></itemDefinition>
"""


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("tAge", "42", "42"), ("tAge", "200", "null"), ("tAge", '"42"', "null"), ("tAge", "[42]", "42"), ("tNames", '"a"', '["a"]'), ("tNames", '["a", 1]', "null"), ("tPair", "[1, 2]", "[1, 2]"), ("tPair", "[1]", "null"), ("number", "null", "null"),
        ("tPerson", '{full name: "A", age: 42}', '{full name: "A", age: 42}'), ("tPerson", '{full name: "A", age: 200}', "null"), ("tPerson", '{full name: "A"}', "null"), ("date and time", '@"2020-01-01"', '@"2020-01-01T00:00:00Z"'),
    ],
)  # fmt: skip
def test_a_decisions_value_is_of_its_type_or_null(type_, text, expected):
    result = model(TYPES + decision("d", literal(text), type_=type_)).evaluate("d", {})
    assert feel.to_text(result.value) == expected
    assert bool(result.warnings) == (expected == "null" and text != "null")


def test_input_of_another_type_is_null_with_a_warning():
    person = TYPES + given("p", "P", "tPerson") + decision("d", literal("P.full name"), "input:p")
    assert value(person, variables={"P": {"full name": "Li", "age": 30}}) == "Li"
    result = model(person).evaluate("d", {"P": {"full name": "Li", "age": 300}})
    assert (result.value, result.warnings) == (None, ["'P' should be tPerson, not context, or isn't allowed"])


def test_a_type_that_nobody_defines_is_refused():
    with pytest.raises(decision_models.Refused, match="there is no type 'tNothing'"):
        model(decision("d", literal("1"), type_="tNothing"))


# -- scopes


def test_a_decision_sees_what_it_requires_and_nothing_else_of_its_model():
    body = given("a", "a") + given("b", "b") + decision("d", literal("[a, b]"), "input:a")
    assert value(body, variables={"a": 1, "b": 2}) == [1, None]


def test_a_variable_that_is_no_element_of_the_model_is_seen():
    body = given("a", "a") + decision("d", literal("[a, elsewhere]"), "input:a")
    assert value(body, variables={"a": 1, "elsewhere": 3}) == [1, 3]


def test_a_required_decision_is_worked_out_once():
    rules = table("", N + OUT, (["-"], ["7"]))
    body = (
        decision("base", rules)
        + decision("x", literal("base"), "decision:base")
        + decision("y", literal("base"), "decision:base")
    )
    result = model(body + decision("d", literal("x + y"), "decision:x", "decision:y")).evaluate("d", {"n": 1})
    assert (result.value, len(result.fired), list(result.decided)) == (14, 1, ["base", "x", "y", "d"])


def test_decisions_in_a_circle_are_refused():
    with pytest.raises(decision_models.Refused, match="requires itself: a → b → a"):
        model(decision("a", literal("1"), "decision:b") + decision("b", literal("1"), "decision:a"))


def test_a_graph_of_many_layers_takes_no_time():
    layers = decision("d0", literal("1"))
    for number in range(1, 60):
        layers += decision(
            f"d{number}", literal(f"d{number - 1}"), f"decision:d{number - 1}", f"decision:d{number - 1}"
        )
    assert value(layers, "d59") == 1


# -- knowledge models and services


def test_a_knowledge_model_can_call_itself_and_others():
    body = knowledge("plus", [("a", "number"), ("b", "number")], literal("a + b")) + knowledge(
        "total", [("n", "number")], literal("if n = 0 then 0 else plus(n, total(n - 1))"), "plus"
    )
    assert value(body + decision("d", literal("total(4)"), "knowledge:total")) == 10


def test_a_knowledge_model_sees_nothing_of_its_caller():
    body = given("a", "a") + knowledge("k", [], literal("a")) + decision("d", literal("k()"), "input:a", "knowledge:k")
    assert model(body, tolerant=True).evaluate("d", {"a": 1}).value is None


def test_a_knowledge_model_takes_and_gives_the_declared_types():
    body = knowledge("k", [("a", "number")], literal("a"), attributes='typeRef="string"')
    assert value(body + decision("d", literal('k("x")'), "knowledge:k")) is None
    assert value(body + decision("d", literal("k(1)"), "knowledge:k")) is None


def test_an_invocation_gives_its_bindings_by_name():
    body = knowledge("k", [("a", "number"), ("b", "number")], literal("a - b"))
    bindings = (
        f'<binding><parameter name="b"/>{literal("1")}</binding><binding><parameter name="a"/>{literal("10")}</binding>'
    )
    assert value(body + decision("d", f"<invocation>{literal('k')}{bindings}</invocation>", "knowledge:k")) == 9


def test_a_function_without_end_runs_out_of_the_decisions_budget():
    body = knowledge("k", [("n", "number")], literal("k(n + 1)")) + decision("d", literal("k(0)"), "knowledge:k")
    with pytest.raises(decisions.DecisionFailed, match="deep"):
        value(body)


SERVICE = (
    given("a", "a", "number") + given("b", "b", "number")
    + decision("sum", literal("a + b"), "input:a", "input:b") + decision("twice", literal("sum * 2"), "decision:sum") + decision("less", literal("sum - 1"), "decision:sum")
    + '<decisionService id="s" name="s"><outputDecision href="#twice"/><encapsulatedDecision href="#sum"/><inputData href="#a"/><inputData href="#b"/></decisionService>'
    + '<decisionService id="both" name="both"><outputDecision href="#twice"/><outputDecision href="#less"/><inputDecision href="#sum"/></decisionService>'
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [("s(1, 2)", "6"), ("s(b: 2, a: 1)", "6"), ("both(10)", "{twice: 20, less: 9}"), ("both(sum: 10).less", "9"), ("s(1)", "null"), ('s("x", 2)', "null"), ("[s(1, 2), s(2, 3)]", "[6, 10]")],
)  # fmt: skip
def test_a_decision_service_is_a_function_of_its_inputs(text, expected):
    body = SERVICE + decision("d", literal(text), "knowledge:s", "knowledge:both")
    assert feel.to_text(value(body)) == expected


def test_a_decision_service_can_be_asked_itself():
    assert value(SERVICE, "both", {"sum": Decimal(10)}) == {"twice": 20, "less": 9}


# -- imports


OTHER = xml(
    '<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues></itemDefinition>'
    + given("a", "Age", "tAge") + decision("doubled", literal("Age * 2"), "input:a", name="Doubled age") + knowledge("say", [("x", "string")], literal('"Hello " + x')),
    "other",
)  # fmt: skip


def test_what_is_imported_is_named_by_its_prefix():
    body = given("p", "P", "my models.tAge") + decision(
        "d",
        literal("my models.say(string(P + my models.Doubled age))"),
        "input:p",
        "decision:other#doubled",
        "knowledge:other#say",
    )
    imports = imported("other", "my models")
    assert value(body, variables={"P": 1, "Age": 20}, imports=imports, **{"other.dmn": OTHER}) == "Hello 41"


def test_an_import_without_a_name_needs_no_prefix():
    body = given("p", "P", "tAge") + decision("d", literal("P + Doubled age"), "input:p", "decision:other#doubled")
    assert value(body, variables={"P": 1, "Age": 20}, imports=imported("other", ""), **{"other.dmn": OTHER}) == 41


def test_imported_input_may_be_given_by_namespace():
    body = decision("d", literal("m.Doubled age"), "decision:other#doubled")
    found = model(body, imports=imported("other", "m"), **{"other.dmn": OTHER})
    assert found.evaluate("d", {"Age": 1}, imported={"other": {"Age": 20}}).value == 40


def test_a_reference_may_name_its_own_namespace():
    assert value(decision("a", literal("1")) + decision("d", literal("a"), "decision:toy#a")) == 1


def test_a_missing_import_is_refused():
    with pytest.raises(decision_models.Refused, match="imports the model 'other'"):
        model(decision("d", literal("1")), imports=imported("other", "m"))


def test_models_that_import_one_another_are_refused():
    back = xml(decision("x", literal("1")), "other", imported("toy", "t"))
    with pytest.raises(decision_models.Refused, match="circle"):
        model(decision("d", literal("1")), imports=imported("other", "o"), **{"other.dmn": back})


# -- what it costs


def test_a_table_of_a_hundred_rules_and_a_condition_are_quick():
    from time import perf_counter

    rules = table("", N + OUT, *(([f"[{number}..{number + 1})"], [f'"{number}"']) for number in range(100)))
    asked = model(decision("d", rules))
    condition = feel.compile("budget >= threshold and days < limit")
    variables = {"budget": Decimal(3), "threshold": Decimal(2), "days": 1, "limit": 5}

    def best(work, times):
        spent = []
        for _ in range(5):
            started = perf_counter()
            for _ in range(times):
                work()
            spent.append((perf_counter() - started) / times)
        return min(spent)

    assert best(lambda: asked.evaluate("d", {"n": Decimal(99)}), 20) < 0.002
    assert best(lambda: condition.evaluate(variables), 500) < 0.000030
