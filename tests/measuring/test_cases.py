"""The runner of the TCK's cases: what it reads, how it compares, what it prints."""

from decimal import Decimal

import pytest

from measuring.conformance import tck

DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"
HEAD = 'xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
MODEL = f"""<definitions xmlns="{DMN}" namespace="toy" name="toy">
  <inputData id="a" name="A"><variable name="A" typeRef="number"/></inputData>
  <decision id="half" name="Half"><informationRequirement><requiredInput href="#a"/></informationRequirement>
    <literalExpression><text>A / 3</text></literalExpression></decision>
  <decision id="broken" name="Broken"><literalExpression><text>1 +</text></literalExpression></decision>
  <decision id="both" name="Both"><informationRequirement><requiredInput href="#a"/></informationRequirement>
    <literalExpression><text>{{items: [A, "x"], day: @"2026-03-02"}}</text></literalExpression></decision>
  <decisionService id="service" name="Service"><outputDecision href="#half"/><inputData href="#a"/></decisionService>
  <businessKnowledgeModel id="doubled" name="Doubled"><encapsulatedLogic><formalParameter name="A" typeRef="number"/>
    <literalExpression><text>A * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
</definitions>"""


def case(result, number, attributes="", given="1"):
    return f"""<testCase id="{number}" {attributes}><inputNode name="A"><value xsi:type="xsd:decimal">{given}</value></inputNode>{result}</testCase>"""


def expected(name, value, attributes=""):
    return f'<resultNode name="{name}" {attributes}><expected>{value}</expected></resultNode>'


def number(text):
    return f'<value xsi:type="xsd:decimal">{text}</value>'


@pytest.fixture
def run(tmp_path):
    def write_and_run(*cases):
        (tmp_path / "toy.dmn").write_text(MODEL)
        (tmp_path / "toy-test-01.xml").write_text(
            f"<testCases {HEAD}><modelName>toy.dmn</modelName>{''.join(cases)}</testCases>"
        )
        lines: list[str] = []
        return tck.run_tck(tmp_path, lines.append), lines

    return write_and_run


def test_a_result_is_compared_with_the_suites_rounding(run):
    code, lines = run(
        case(expected("Half", number("0.33333333")), "1"), case(expected("Half", number("0.3333333")), "2")
    )
    assert code == 1
    assert lines[0] == "ok toy-test-01 1"
    assert lines[1].startswith("FAILED toy-test-01 2: Half is 0.3333333333333333333333333333333333, not 0.3333333")
    assert lines[-1] == "1 passed, 1 failed"


def test_contexts_lists_and_dates_are_compared_by_their_parts(run):
    day = '<component name="day"><value xsi:type="xsd:date">2026-03-02</value></component>'
    items = f'<component name="items"><list><item>{number("1.0")}</item><item><value xsi:type="xsd:string">x</value></item></list></component>'
    assert run(case(expected("Both", items + day), "1"))[0] == 0
    assert run(case(expected("Both", items), "1"))[0] == 1


def test_a_decision_that_can_not_be_read_is_null_and_the_others_run(run):
    broken = expected("Broken", '<value xsi:nil="true"/>', 'errorResult="true"')
    code, lines = run(case(broken, "1"), case(expected("Half", number("1")), "2", given="3"))
    assert (code, lines[-1]) == (0, "2 passed, 0 failed")


def test_services_and_knowledge_models_are_invoked_by_name(run):
    service = case(expected("Half", number("2")), "1", 'type="decisionService" invocableName="Service"', given="6")
    knowledge = case(expected("Doubled", number("12")), "2", 'type="bkm" invocableName="Doubled"', given="6")
    assert run(service, knowledge)[1][-1] == "2 passed, 0 failed"


def test_what_can_not_be_read_fails_in_words(run, tmp_path):
    _, lines = run(case(expected("Half", '<value xsi:type="xsd:date">yesterday</value>'), "1"))
    assert lines[0] == "FAILED toy-test-01 1: 'yesterday' is no date"
    (tmp_path / "toy-test-01.xml").write_text("<testCases")
    lines = []
    assert tck.run_tck(tmp_path, lines.append) == 1
    assert lines[0].startswith("FAILED toy-test-01: the cases can't be read")


def test_one_file_can_be_run(run, tmp_path):
    run(case(expected("Half", number("1")), "1", given="3"))
    lines: list[str] = []
    assert tck.run_tck(tmp_path / "toy-test-01.xml", lines.append) == 0
    assert lines[-1] == "1 passed, 0 failed"


@pytest.mark.parametrize(
    ("value", "wanted", "equal"),
    [
        (Decimal(1), Decimal("1.000000001"), True), (Decimal(1), Decimal("1.0000001"), False), (Decimal("1e20"), Decimal("1e20"), True), (None, None, True), (None, Decimal(0), False), ([Decimal(1)], Decimal(1), False),
        ({"a": None}, {"a": None}, True), ({}, {"a": None}, False), ("1", Decimal(1), False),
    ],
)  # fmt: skip
def test_values_agree_or_not(value, wanted, equal):
    assert tck.agrees(value, wanted) is equal
