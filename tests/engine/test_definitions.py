"""What may be deployed, how versions follow each other, and who may approve."""

import pytest
import toys

from app.engine import definitions, instances
from app.engine.acts import Value
from app.foundation.text import Text

DECISION = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="rate" name="Rate"><variable name="rate" /><literalExpression><text>n * 2</text></literalExpression></decision>
</definitions>"""
CALLING = toys.diagram(
    toys.START
    + toys.service("call", "publish", '<zeebe:ioMapping><zeebe:input source="=1" target="lot" /></zeebe:ioMapping>')
    + toys.END
    + toys.flows("start", "call", "end")
)
WITH_FORM = toys.diagram(toys.START + toys.user("work", form="plan") + toys.END + toys.flows("start", "work", "end"))
DECIDING = toys.diagram(
    toys.START
    + '<bpmn:businessRuleTask id="rule"><bpmn:extensionElements>'
    + '<zeebe:calledDecision decisionId="rate" resultVariable="r" /></bpmn:extensionElements></bpmn:businessRuleTask>'
    + toys.END
    + toys.flows("start", "rule", "end")
)


def messages(findings, level="error"):
    return [(finding.element_id, finding.message) for finding in findings if finding.level == level]


def test_the_same_files_are_stored_once(engine, session):
    one = definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": toys.ONE_TASK}, "x")
    two = definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": toys.ONE_TASK}, "again")
    assert (one.id, len(definitions.versions(session, "toy"))) == (two.id, 1)


def test_changed_files_make_a_new_version_for_new_instances(engine, session):
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": toys.ONE_TASK}, "x")
    old = instances.start(engine, session, toys.ANNA, "toy")
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": toys.TWO_TASKS}, "y")
    new = instances.start(engine, session, toys.ANNA, "toy")
    assert [definition.id for definition in definitions.versions(session, "toy")] == [
        new.definition_id,
        old.definition_id,
    ]


def test_an_unknown_operation_is_refused_with_its_element(engine, session):
    with pytest.raises(definitions.DeploymentRefused) as refused:
        definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": CALLING}, "x")
    assert messages(refused.value.findings)[0][0] == "call"


def test_an_input_the_operation_does_not_have_is_refused(engine):
    engine.acts.act("publish", name=Text("Publish", "发布"), needs=[Value("tender")])(print)
    found = [message for _, message in messages(definitions.check({"toy.bpmn": CALLING}, engine))]
    assert found == [
        "the operation “publish” has no input “lot”; its inputs are: tender",
        "the operation “publish” needs the input “tender”; give it a value or an expression",
    ]


def test_an_unknown_form_is_refused_and_a_broken_one_too(engine):
    files = {"toy.bpmn": WITH_FORM, "forms/plan.schema.json": b"{}", "forms/plan.ui.json": b"no json"}
    assert messages(definitions.check({"toy.bpmn": WITH_FORM}, engine))[0][0] == "work"
    assert "cannot be used" in messages(definitions.check(files, engine))[0][1]


def test_a_decision_of_an_earlier_deployment_may_be_called(engine, session):
    assert messages(definitions.check({"toy.bpmn": DECIDING}, engine)) != []
    definitions.deploy(engine, session, toys.ROOT, {"rate.dmn": DECISION}, "x")
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": DECIDING}, "y")
    row = instances.start(engine, session, toys.ANNA, "toy", {"n": 4})
    assert instances.variables(engine, session, row.id)["r"] == 8


def test_a_decision_is_called_in_both_languages_as_a_diagram_is(engine, session):
    names = (
        b'<extensionElements xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"><zeebe:properties>'
        + '<zeebe:property name="name:zh" value="费率" />'.encode()
        + b"</zeebe:properties></extensionElements><variable"
    )
    definitions.deploy(engine, session, toys.ROOT, {"rate.dmn": DECISION.replace(b"<variable", names)}, "x")
    assert definitions.latest(session, "rate", definitions.DECISION).name == Text("Rate", "费率")


def test_a_deployment_is_called_by_its_processes_in_both_languages(engine, session):
    names = '<zeebe:properties><zeebe:property name="name:zh" value="玩具" /></zeebe:properties>'
    named = f"<bpmn:extensionElements>{names}</bpmn:extensionElements>"
    files = {
        "a.bpmn": toys.diagram(named + toys.START + toys.END + toys.flows("start", "end"), "a"),
        "b.bpmn": toys.diagram(toys.START + toys.END + toys.flows("start", "end"), "b"),
    }
    assert definitions.save_draft(engine, session, toys.ANNA, files).title == Text("Toy, Toy", "玩具、Toy")


def test_a_group_that_is_no_role_is_a_warning(session):
    engine = toys.engine(roles={"chief": Text("Chief", "主任")})
    assert [element for element, _ in messages(definitions.check({"toy.bpmn": toys.ONE_TASK}, engine), "warning")] == [
        "work"
    ]


def test_a_draft_is_kept_with_its_errors(engine, session):
    draft = definitions.save_draft(engine, session, toys.ANNA, {"toy.bpmn": b"<broken"})
    assert definitions.files_of(session, draft) == {"toy.bpmn": b"<broken"}


def test_a_draft_saved_by_somebody_else_meanwhile_is_not_overwritten(engine, session):
    draft = definitions.save_draft(engine, session, toys.ANNA, {"toy.bpmn": toys.ONE_TASK})
    seen = draft.version
    definitions.save_draft(engine, session, toys.BO, {"toy.bpmn": toys.TWO_TASKS}, draft_id=draft.id, seen_version=seen)
    with pytest.raises(definitions.DeploymentMoved):
        definitions.save_draft(engine, session, toys.ANNA, {"toy.bpmn": b""}, draft_id=draft.id, seen_version=seen)


def test_a_draft_with_errors_cannot_be_proposed(engine, session):
    draft = definitions.save_draft(engine, session, toys.ANNA, {"toy.bpmn": b"<broken"})
    with pytest.raises(definitions.DeploymentRefused):
        definitions.propose(engine, session, toys.ANNA, draft.id, "better")


def test_nobody_approves_their_own_proposal(engine, session):
    draft = definitions.save_draft(engine, session, toys.ANNA, {"toy.bpmn": toys.ONE_TASK})
    definitions.propose(engine, session, toys.ANNA, draft.id, "better")
    with pytest.raises(definitions.SecondPersonNeeded):
        definitions.approve(engine, session, toys.ANNA, draft.id)


def test_what_a_second_person_approves_is_deployed(engine, session):
    draft = definitions.save_draft(engine, session, toys.ANNA, {"toy.bpmn": toys.ONE_TASK})
    definitions.propose(engine, session, toys.ANNA, draft.id, "better")
    approved = definitions.approve(engine, session, toys.BO, draft.id, "looks right")
    assert (approved.state, definitions.latest(session, "toy").version) == ("deployed", 1)


def test_a_rejected_proposal_can_be_changed_and_proposed_again(engine, session):
    draft = definitions.save_draft(engine, session, toys.ANNA, {"toy.bpmn": toys.ONE_TASK})
    definitions.propose(engine, session, toys.ANNA, draft.id, "better")
    definitions.reject(engine, session, toys.BO, draft.id, "not yet")
    definitions.save_draft(engine, session, toys.ANNA, {"toy.bpmn": toys.TWO_TASKS}, draft_id=draft.id)
    assert definitions.propose(engine, session, toys.ANNA, draft.id, "now").state == "proposed"


def test_a_retired_version_gives_way_to_the_one_before(engine, session):
    definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": toys.ONE_TASK}, "x")
    second = definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": toys.TWO_TASKS}, "y")
    definitions.retire(engine, session, toys.ROOT, second.id, "wrong")
    assert definitions.latest(session, "toy").version == 1


def test_a_process_whose_versions_are_all_retired_does_not_start(engine, session):
    only = definitions.deploy(engine, session, toys.ROOT, {"toy.bpmn": toys.ONE_TASK}, "x")
    definitions.retire(engine, session, toys.ROOT, only.id, "wrong")
    with pytest.raises(instances.NoSuchProcess):
        instances.start(engine, session, toys.ANNA, "toy")
