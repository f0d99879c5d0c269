"""Every error of the dialect is found, at its element, in the smallest diagram that has it."""

import pytest
from cases import ERRORS, GOOD
from drawing import another, call, drawing, user

from app.engine import definitions


def checked(diagram):
    content = diagram.encode() if isinstance(diagram, str) else diagram
    return definitions.check({"d.bpmn": content})


@pytest.mark.parametrize("case", ERRORS, ids=[f"{case.code}-{number}" for number, case in enumerate(ERRORS)])
def test_it_is_found_at_its_element(case):
    found = {(finding.code, finding.element_id): finding for finding in checked(case.diagram)}
    assert (case.code, case.element) in found, sorted(found, key=str)
    assert found[case.code, case.element].level == "error"


@pytest.mark.parametrize("case", ERRORS, ids=[f"{case.code}-{number}" for number, case in enumerate(ERRORS)])
def test_it_says_what_to_do_in_both_languages_on_one_line(case):
    for finding in checked(case.diagram):
        assert "%(" not in finding.message + finding.zh
        assert "; " in finding.message
        assert "；" in finding.zh


def test_a_good_diagram_has_no_findings():
    assert checked(GOOD) == []


def test_a_mistake_in_an_expression_is_located():
    diagram = drawing("start -> g; g -{x + }-> a -> end; g -> end").replace(
        '<bpmn:task id="g"', '<bpmn:task id="g" default="g_to_end"'
    )
    message = checked(diagram)[0].message
    assert "“=x +”" in message
    assert "(line 1, column 5)" in message


def test_a_duty_may_name_a_task_of_the_process_that_calls():
    duty = '<zeebe:properties><zeebe:property name="duty" value="not the same person as a" /></zeebe:properties>'
    called = another("q", "start2 -> check -> end2", user("check", duty))
    assert checked(drawing("start -> a -> c -> end", user("a"), call("c", "q"), definitions=called)) == []


def test_two_thousand_elements_are_welcome():
    chain = " -> ".join(f"t{number}" for number in range(2_000))
    assert checked(drawing(f"start -> {chain} -> end")) == []


def test_what_is_only_drawn_is_read_past():
    drawn = """<bpmn:textAnnotation id="t"><bpmn:text>x</bpmn:text></bpmn:textAnnotation><bpmn:group id="g" categoryValueRef="v" />
    <bpmn:association id="as" sourceRef="a" targetRef="t" /><bpmn:dataObject id="d" /><bpmn:dataObjectReference id="r" dataObjectRef="d" />
    <bpmn:dataStoreReference id="s" /><bpmn:documentation>why</bpmn:documentation>"""
    around = """<bpmn:collaboration id="c"><bpmn:participant id="own" processRef="p" /><bpmn:participant id="box" name="Supplier" />
    <bpmn:participant id="drawn" processRef="q" /><bpmn:messageFlow id="f" sourceRef="box" targetRef="a" /></bpmn:collaboration>
    <bpmn:process id="q"><bpmn:complexGateway id="any" /></bpmn:process><bpmn:dataStore id="ds" /><bpmn:category id="cat" />"""
    diagram = drawing("start -> a -> end", drawn, definitions=around)
    foreign = diagram.replace(
        "<bpmn:task ", '<bpmn:task xmlns:other="http://example.com/other" other:color="red" zeebe:modelerTemplate="t" '
    )
    assert checked(foreign) == []
