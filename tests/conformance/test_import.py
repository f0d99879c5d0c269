"""Diagrams drawn for other programs open, say what stands in their way, and change only as far as nothing is lost."""

import os
import re
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from app.cli import engine as cli
from app.cli import imports
from app.engine import definitions, importing
from app.engine.importing import changes, juel
from app.engine.spiff import foreign as spiff_foreign
from app.engine.spiff import xml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOREIGN = sorted((HERE / "foreign").glob("*.bpmn"))


def reference_models():
    """``miwg`` in the folder that TENDERWAY_SHARED names, or in ``shared`` beside the checkout or further up."""
    named = os.environ.get("TENDERWAY_SHARED")
    places = [Path(named)] if named else [parent / "shared" for parent in HERE.parents]
    return sorted(
        next((place / "miwg" for place in places if (place / "miwg").is_dir()), Path("nowhere")).glob("*.bpmn")
    )


MIWG = reference_models()
ALL = [*FOREIGN, *MIWG]
NAMES = {"b": xml.BPMN, "z": xml.ZEEBE, "di": "http://www.omg.org/spec/BPMN/20100524/DI"}


def imported(name):
    return importing.convert((HERE / "foreign" / name).read_bytes())


def tree(name):
    return etree.fromstring(imported(name).content)


def test_the_reference_models_are_there():
    if not MIWG:
        pytest.skip("the BPMN MIWG models aren't here: shared/miwg beside the checkout, or TENDERWAY_SHARED")
    assert len(MIWG) >= 11


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_everything_is_explained(path):
    explained = importing.explain({path.name: path.read_bytes()})
    assert all(one.finding.message for one in explained)
    if path.name != "camunda8.bpmn":
        assert any(one.by_import for one in explained)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_import_makes_nothing_worse_and_is_done_once(path):
    before = {
        (one.code, one.element_id)
        for one in definitions.check({path.name: importing.convert(path.read_bytes()).content})
    }
    explained = {
        (one.finding.code, one.finding.element_id) for one in importing.explain({path.name: path.read_bytes()})
    }
    again = importing.convert(importing.convert(path.read_bytes()).content)
    assert {code for code, _ in before} <= {code for code, _ in explained} | REFERENCES
    assert again.changes == []


REFERENCES = {
    "undrawn",
    "called-process-unknown",
    "decision-unknown",
    "variable-unwritten",
    "correlation-key-missing",
    "may-find-no-way",
    "task-for-nobody",
}
"""What can only be found in what is executed."""


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_whatever_was_drawn_is_still_drawn(path):
    before, after = etree.parse(path), etree.fromstring(importing.convert(path.read_bytes()).content)
    shapes = [set(found.xpath("//di:*/@bpmnElement", namespaces=NAMES)) for found in (before, after)]
    assert shapes[0] <= shapes[1]
    ids = set(after.xpath("//@id"))
    assert shapes[1] - shapes[0] <= ids


def test_a_camunda_8_diagram_is_taken_as_it_is():
    result = imported("camunda8.bpmn")
    assert (result.changes, result.left) == ([], [])
    found = definitions.check({"c.bpmn": (HERE / "foreign/camunda8.bpmn").read_bytes()})
    assert {finding.code for finding in found} == {"undrawn"}, "only its start is drawn"


@pytest.mark.parametrize("name", ["bizagi.bpmn", "signavio.bpmn"])
def test_drawings_become_executable(name):
    levels = [finding.level for finding in definitions.check({name: imported(name).content})]
    assert "error" not in levels


def test_what_camunda_7_says_is_said_in_the_dialect():
    root = tree("camunda7.bpmn")

    def attribute(path):
        return root.xpath(f"string({path})", namespaces=NAMES)

    assert attribute("//b:userTask//z:assignmentDefinition/@assignee") == "=reviewer"
    assert attribute("//b:userTask//z:assignmentDefinition/@candidateGroups") == "sales,management"
    assert attribute("//b:userTask//z:formDefinition/@formId") == "review_order"
    assert attribute("//z:output[@target='approved']/@source") == "=approved and amount <= limit"
    assert attribute("//b:serviceTask[@id='ship']//z:taskDefinition/@type") == "shipping"
    assert attribute("//z:loopCharacteristics/@inputCollection") == "=order.items"
    assert attribute("//b:completionCondition") == "=numberOfCompletedInstances = numberOfInstances"
    assert attribute("//z:calledElement/@processId") == "payment"
    assert attribute("//z:script/@expression") == "=amount * rate"
    assert attribute("//b:exclusiveGateway/@default") == "f4"
    assert attribute("//b:timeDuration") == "=delay"


def test_what_has_no_equal_is_listed_and_left_in_the_file():
    result = imported("camunda7.bpmn")
    assert {left.element_id for left in result.left} == {"review", "start"}
    assert "taskListener" in " ".join(left.text.en for left in result.left)
    assert b"taskListener" in result.content
    assert all(left.text.zh != left.text.en for left in result.left)


def test_comments_and_prefixes_stay():
    content = imported("camunda7.bpmn").content
    assert b"<!-- Drawn as the Camunda Modeler" in content
    assert b'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"' in content


def test_a_start_event_that_was_drawn_stands_before_its_element_inside_its_pool():
    root = tree("signavio.bpmn")
    box = {}
    for identity in ("sid-proc_start", "sid-ask", "sid-p1", "sid-l1"):
        bounds = root.xpath(f"//di:BPMNShape[@bpmnElement='{identity}']/*", namespaces=NAMES)[0]
        box[identity] = [float(bounds.get(name)) for name in ("x", "y", "width", "height")]
    start = box["sid-proc_start"]
    assert start[0] + start[2] < box["sid-ask"][0]
    assert all(box[holder][0] <= start[0] for holder in ("sid-p1", "sid-l1"))
    assert "sid-proc_start" in root.xpath("//b:lane/b:flowNodeRef/text()", namespaces=NAMES)


@pytest.mark.parametrize(
    ("text", "feel"),
    [
        ("${approved}", "=approved"),
        ("#{amount gt 5 and done}", "=amount > 5 and done"),
        ("${!approved}", "=approved != true"),
        ("${state == 'new' || state eq \"old\"}", '=state = "new" or state = "old"'),
        ("${order.items[0].price * 1.13 >= limit}", "=order.items[1].price * 1.13 >= limit"),
        ("${a ? 'x' : 'y'}", '=if a then "x" else "y"'),
        ("${execution.getVariable('total') != null}", "=total != null"),
        ("${!a == b}", "=(a != true) = b"),
        ("plain text", "plain text"),
    ],
)
def test_plain_juel_becomes_feel(text, feel):
    assert juel.to_feel(text) == feel


@pytest.mark.parametrize(
    "text",
    ["${bean.check(order)}", "${empty list}", "Hello ${name}", "${a}${b}", "${a % 2}", "${", "${}", "${a < b < c}", "${name.equals('x')}", "${a ?}"],
)  # fmt: skip
def test_juel_without_an_equal_is_left(text):
    with pytest.raises(juel.Untranslatable):
        juel.to_feel(text)


def test_the_command_lists_each_change_and_writes_the_file(tmp_path):
    result = CliRunner().invoke(imports.take_in, [str(HERE / "foreign/bizagi.bpmn"), "--output", str(tmp_path / "new")])
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert lines[0].endswith("bizagi.bpmn: Id_proc (Leave): changed: the process was marked as executable")
    assert lines[-1].endswith("9 changes, 1 left")
    assert (tmp_path / "new/bizagi.bpmn").read_bytes() == imported("bizagi.bpmn").content


@pytest.mark.parametrize("content", [b"", b"<a/>", b"<!DOCTYPE a []><a/>", b"\x00"])
def test_the_command_says_what_it_can_not_open(tmp_path, content):
    (tmp_path / "x.bpmn").write_bytes(content)
    result = CliRunner().invoke(imports.take_in, [str(tmp_path / "x.bpmn"), "--output", str(tmp_path / "new")])
    assert (result.exit_code, "error:" in result.output, "Traceback" in result.output) == (1, True, False)


@pytest.mark.browser
@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_what_was_imported_opens_in_the_editor(path, editor):
    content = importing.convert(path.read_bytes()).content.decode()
    warnings = editor.evaluate(
        """async xml => {
            const { warnings } = await document.getElementById('modeler').tenderway.modeler.importXML(xml);
            return warnings.map(warning => warning.message);
        }""",
        content,
    )
    original = editor.evaluate(
        """async xml => {
            const { warnings } = await document.getElementById('modeler').tenderway.modeler.importXML(xml);
            return warnings.map(warning => warning.message);
        }""",
        path.read_text(encoding="utf-8"),
    )
    assert [text for text in warnings if text not in original] == []


@pytest.fixture(scope="module")
def editor(chromium):
    """The studio's editor on its sample page, in a real Chromium."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("tenderway_samples_for_import", ROOT / "frontend/samples/serve.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.open_server(0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = chromium.new_page()
    page.goto(f"http://127.0.0.1:{server.server_address[1]}/modeler.html")
    page.wait_for_selector("[data-ready=yes]")
    yield page
    page.close()
    server.shutdown()
    server.server_close()


def test_every_change_is_said_in_both_languages():
    for path in ALL:
        for change in importing.convert(path.read_bytes()).changes:
            assert re.search(r"[一-鿿]", change.text.zh), change


def test_check_explains_what_would_have_to_change():
    path = HERE / "foreign/bizagi.bpmn"
    lines = list(cli.explained([path], cli.checked([path], None)))
    assert lines[0].endswith('no executable process; set isExecutable="true" on the process that is to run')
    assert lines[1].endswith("on the process that is to run (import does this)")
    assert len(lines) == 18


FOREIGN_WORDS = [
    (namespace, prefix, written)
    for namespace, prefix in spiff_foreign.ENGINES.items()
    for written in ("attribute", "element")
]


def with_word(namespace, written):
    """A diagram whose one task says ``said`` in another engine's words."""
    attribute, element = (
        ('x:said="it" ', "") if written == "attribute" else ("", "<extensionElements><x:said /></extensionElements>")
    )
    return (
        f'<definitions xmlns="{xml.BPMN}" xmlns:x="{namespace}" targetNamespace="t"><process id="p" isExecutable="true"><startEvent id="s" />'
        f'<task id="t" {attribute}>{element}</task><endEvent id="e" /><sequenceFlow id="f" sourceRef="s" targetRef="t" /><sequenceFlow id="g" sourceRef="t" targetRef="e" /></process></definitions>'
    ).encode()


@pytest.mark.parametrize(("namespace", "prefix", "written"), FOREIGN_WORDS)
def test_no_word_of_another_engine_passes_in_silence(namespace, prefix, written):
    content = with_word(namespace, written)
    warned = [one for one in definitions.check({"d.bpmn": content}) if one.code == "foreign-not-executed"]
    left = importing.convert(content).left
    assert [(one.element_id, f"{prefix}:said" in one.message) for one in warned] == [("t", True)]
    assert [(one.element_id, f"{prefix}:said" in one.text.en) for one in left] == [("t", True)]


def test_what_another_program_wrote_is_listed_once_with_how_often():
    content = with_word("http://example.org/tool", "element")
    left = importing.convert(content).left
    assert [one.text.en for one in left] == ["x:said (1 times) is another program's; nothing here reads it"]
    assert definitions.check({"d.bpmn": content}) == []


def test_how_a_diagram_looks_is_nobodys_business():
    content = with_word("http://bpmn.io/schema/bpmn/biocolor/1.0", "attribute")
    assert importing.convert(content).left == []


@pytest.mark.parametrize("engine", ["activiti", "camunda", "flowable", "operaton"])
def test_the_relatives_of_camunda_7_are_understood_alike(engine):
    namespace = next(uri for uri, prefix in spiff_foreign.ENGINES.items() if prefix == engine)
    content = with_word(namespace, "attribute").replace(b"<task ", b"<userTask ").replace(b"</task>", b"</userTask>")
    content = content.replace(
        b'x:said="it"', b'x:candidateGroups="finance" x:dueDate="PT2H" x:formKey="expense" x:async="true"'
    )
    result = importing.convert(content)
    said = etree.fromstring(result.content)
    assert result.left == []
    assert said.xpath("string(//z:assignmentDefinition/@candidateGroups)", namespaces=NAMES) == "finance"
    assert said.xpath("string(//z:taskSchedule/@dueDate)", namespaces=NAMES) == '=now() + duration("PT2H")'
    assert f"{engine}:async" in " ".join(change.text.en for change in result.changes)


@pytest.mark.parametrize(
    "text",
    [
        "${approved == 'true'}", "${'false' != done}", "${amount == '5'}", "${amount > '5.5'}", "${execution.businessKey}", "${execution.processInstanceId == 'x'}", "${task.assignee}",
        "${authenticatedUserId}", "${'a' + b}", "${a + 'b'}", "${variables.amount}",
    ],
)  # fmt: skip
def test_an_expression_that_would_mean_something_else_is_left(text):
    with pytest.raises(juel.Untranslatable):
        juel.to_feel(text)


@pytest.mark.parametrize(
    ("text", "feel"), [("${a == 'yes'}", '=a = "yes"'), ("${a == 5}", "=a = 5"), ("${a + b > 3}", "=a + b > 3")]
)
def test_an_expression_that_means_the_same_is_translated(text, feel):
    assert juel.to_feel(text) == feel


def with_owner(role, expression):
    return (
        f'<definitions xmlns="{xml.BPMN}" targetNamespace="t"><process id="p" isExecutable="true"><startEvent id="s" /><userTask id="t"><{role}><resourceAssignmentExpression>'
        f'<formalExpression>{expression}</formalExpression></resourceAssignmentExpression></{role}></userTask><endEvent id="e" /><sequenceFlow id="f" sourceRef="s" targetRef="t" />'
        '<sequenceFlow id="g" sourceRef="t" targetRef="e" /></process></definitions>'
    ).encode()


@pytest.mark.parametrize(
    ("role", "expression", "attribute", "value"),
    [
        ("potentialOwner", "management", "candidateGroups", "management"), ("potentialOwner", "user(kermit)", "assignee", "kermit"), ("potentialOwner", "group(management), group(finance)", "candidateGroups", "management, finance"),
        ("humanPerformer", "kermit", "assignee", "kermit"), ("humanPerformer", "${starter}", "assignee", "=starter"), ("potentialOwner", "${group}", "candidateGroups", "=group"),
    ],
)  # fmt: skip
def test_who_bpmn_itself_says_does_a_task_is_assigned(role, expression, attribute, value):
    result = importing.convert(with_owner(role, expression))
    said = etree.fromstring(result.content)
    assert said.xpath(f"string(//z:assignmentDefinition/@{attribute})", namespaces=NAMES) == value
    assert result.left == []


def test_a_collection_in_bpmns_own_words_is_gone_over():
    content = with_word("http://example.org/nothing", "attribute").replace(
        b'x:said="it" >',
        b'><multiInstanceLoopCharacteristics><loopDataInputRef>d</loopDataInputRef><inputDataItem id="i" name="order" /></multiInstanceLoopCharacteristics>',
    )
    content = content.replace(b'<startEvent id="s" />', b'<startEvent id="s" /><dataObject id="d" name="orders" />')
    said = etree.fromstring(importing.convert(content).content)
    assert said.xpath("string(//z:loopCharacteristics/@inputCollection)", namespaces=NAMES) == "=orders"
    assert said.xpath("string(//z:loopCharacteristics/@inputElement)", namespaces=NAMES) == "order"


STARTED = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:x="%s" xmlns:z="http://camunda.org/schema/zeebe/1.0"
 id="d" targetNamespace="t"><process id="p" isExecutable="true"><startEvent id="s" %s</startEvent><endEvent id="e" />
 <sequenceFlow id="f" sourceRef="s" targetRef="e" /></process></definitions>"""


@pytest.mark.parametrize("namespace", sorted(changes.CAMUNDA_7))
@pytest.mark.parametrize("word", ["formKey", "formRef"])
def test_the_form_of_a_plain_start_event_becomes_its_start_form(namespace, word):
    said = f'x:{word}="embedded:app:forms/order.html">'.encode()
    result = importing.convert(STARTED % (namespace.encode(), said))
    tree = etree.fromstring(result.content)
    assert tree.xpath("string(//b:startEvent//z:formDefinition/@formId)", namespaces=NAMES) == "order"
    assert result.left == []


@pytest.mark.parametrize("key", ["formKey", "externalReference"])
def test_a_key_of_camunda_8s_forms_becomes_the_forms_id(key):
    said = f'><extensionElements><z:formDefinition {key}="camunda-forms:bpmn:Order_1" /></extensionElements>'.encode()
    result = importing.convert(STARTED % (b"urn:nothing", said))
    tree = etree.fromstring(result.content)
    assert [dict(each.attrib) for each in tree.xpath("//z:formDefinition", namespaces=NAMES)] == [{"formId": "Order_1"}]
    assert len(result.changes) == 1


def test_the_form_of_a_start_event_that_waits_is_left_and_said():
    said = b'x:formKey="order"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>'
    result = importing.convert(STARTED % (next(iter(changes.CAMUNDA_7)).encode(), said))
    assert b"formDefinition" not in result.content
    assert any("formKey" in left.text.en for left in result.left)
