"""Every error of a decision model is found, at its element, in the smallest model that has it."""

from typing import NamedTuple

import pytest

from app.engine import decisions, definitions

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
ONE = "<literalExpression><text>1</text></literalExpression>"


class Case(NamedTuple):
    """``code`` must be found at ``element`` of ``model`` (None: at the file), with ``beside`` in the same deployment."""

    code: str
    element: str | None
    model: str | bytes
    beside: str = ""


def model(body, namespace="here", imports=""):
    imported = "".join(f'<import name="{each}" namespace="{each}" importType="{DMN}" />' for each in imports.split())
    return f'<definitions xmlns="{DMN}" id="m" name="m" namespace="{namespace}">{imported}{body}</definitions>'


def decision(logic=ONE, requires="", identity="d"):
    needed = "".join(
        f'<informationRequirement><requiredDecision href="#{each}" /></informationRequirement>'
        for each in requires.split()
    )
    return f'<decision id="{identity}" name="{identity}">{needed}{logic}</decision>'


def table(columns='<output id="o" />', rules="", **attributes):
    held = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return model(decision(f'<decisionTable id="t"{held}>{columns}{rules}</decisionTable>'))


def literal(text, language="feel"):
    return f'<literalExpression id="e" expressionLanguage="{language}"><text>{text}</text></literalExpression>'


def typed(definition):
    return model(f'<itemDefinition id="i" name="tLevel">{definition}</itemDefinition>{decision()}')


GOOD = model(decision())
TWO_OUTPUTS = '<output name="a" /><output name="b" />'
ALLOWED = "<typeRef>number</typeRef><allowedValues><text>&lt;</text></allowedValues>"
CELLS = "<inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry>"

ERRORS = [
    Case("decision-xml-too-large", None, b" " * (decisions.MAX_BYTES + 1)),
    Case("decision-xml-malformed", None, "<definitions"),
    Case("decision-xml-malformed", None, b""),
    Case("decision-xml-doctype", None, "<!DOCTYPE definitions><definitions />"),
    Case("decision-not-dmn", None, "<definitions />"),
    Case("decision-not-dmn", None, GOOD.replace("/DMN/20191111/", "/DMN/19991231/")),
    Case("decision-import-unknown", "m", model(decision(), imports="there")),
    Case("decision-import-circle", "m", model(decision(), imports="there"), model(decision(identity="x"), "there", "here")),
    Case("decision-type-unknown", "v", model(decision(f'<variable id="v" name="d" typeRef="tNothing" />{ONE}'))),
    Case("decision-type-unknown", "i", typed("<typeRef>tNothing</typeRef>")),
    Case("decision-values-unreadable", "i", typed(ALLOWED)),
    Case("decision-duplicate-id", "d", model(decision() + decision())),
    Case("decision-requirement-unknown", "d", model(decision(requires="nowhere"))),
    Case("decision-requirement-unknown", "d", model(decision(requires="x")), model(decision(identity="x"), "there")),
    Case("decision-requires-itself", "d", model(decision(requires="d"))),
    Case("decision-requires-itself", "d", model(decision(requires="x") + decision(requires="d", identity="x"))),
    Case("decision-logic-missing", "d", model(decision(""))),
    Case("decision-logic-missing", "k", model('<businessKnowledgeModel id="k" name="k" />')),
    Case("decision-too-deep", "d0", model("".join(decision(requires=f"d{n + 1}", identity=f"d{n}") for n in range(1_200)))),
    Case("decision-too-deep", "i0", model(decision() + "".join(f'<itemDefinition id="i{n}" name="t{n}"><typeRef>t{n + 1}</typeRef></itemDefinition>'
         for n in range(600)))),
    Case("decision-service-output-missing", "s", model('<decisionService id="s" name="s" />')),
    Case("decision-expression-unreadable", "e", model(decision(literal("1 +")))),
    Case("decision-expression-unreadable", "c", table(rules='<rule id="r"><outputEntry id="c"><text>1 +</text></outputEntry></rule>')),
    *(
        Case(code, identity, case)
        for code, text in (("function-unknown", "durations(1)"), ("function-unknown", "no such thing(1)"), ("function-arguments", "substring(1)"))
        for identity, case in (
            ("e", model(decision(literal(text)))),
            ("c", table(rules=f'<rule id="r"><outputEntry id="c"><text>{text}</text></outputEntry></rule>')),
        )
    ),
    Case("decision-expression-missing", "f", model(decision('<filter id="f"><in /><match /></filter>'))),
    Case("decision-language-not-feel", "e", model(decision(literal("1", "urn:groovy")))),
    *(
        Case("decision-function-kind", "f", model(decision(f'<functionDefinition id="f" kind="{kind}">{ONE}</functionDefinition>')))
        for kind in ("PMML", "Java", "J")
    ),
    Case("decision-hit-policy-unknown", "t", table(hitPolicy="BEST")),
    Case("decision-aggregation-unknown", "t", table(hitPolicy="COLLECT", aggregation="AVERAGE")),
    Case("decision-table-output-missing", "t", table("")),
    Case("decision-table-output-names", "t", table("<output /><output />")),
    Case("decision-table-outputs-aggregated", "t", table(TWO_OUTPUTS, hitPolicy="COLLECT", aggregation="SUM")),
    Case("decision-rule-cells", "r", table(rules=f'<rule id="r">{CELLS}</rule>')),
]  # fmt: skip


def checked(case):
    files = {"d.dmn": case.model, **({"beside.dmn": case.beside} if case.beside else {})}
    return definitions.check({name: text.encode() if isinstance(text, str) else text for name, text in files.items()})


@pytest.mark.parametrize("case", ERRORS, ids=[f"{case.code}-{number}" for number, case in enumerate(ERRORS)])
def test_it_is_found_at_its_element(case):
    found = {(finding.file, finding.code, finding.element_id): finding for finding in checked(case)}
    assert ("d.dmn", case.code, case.element) in found, sorted(found, key=str)
    assert found["d.dmn", case.code, case.element].level == "error"


@pytest.mark.parametrize("case", ERRORS, ids=[f"{case.code}-{number}" for number, case in enumerate(ERRORS)])
def test_it_says_what_to_do_in_both_languages(case):
    for finding in checked(case):
        assert "%(" not in finding.message + finding.zh
        assert "; " in finding.message
        assert "；" in finding.zh


def test_the_finding_names_its_element():
    broken = model('<decision id="d" name="Procurement method"><decisionTable /></decision>')
    assert [finding.name for finding in checked(Case("", None, broken))] == ["Procurement method"]


def test_a_part_that_is_tolerated_says_what_is_wrong_when_it_is_worked_out():
    reading = decisions.read_all({"d.dmn": table(hitPolicy="BEST").encode()}, tolerant=True)
    with pytest.raises(decisions.DecisionFailed, match=r"^d: there is no hit policy 'BEST'$"):
        reading.models["d.dmn"].evaluate("d", {})


def test_a_good_model_has_no_findings():
    assert checked(Case("", None, GOOD)) == []
