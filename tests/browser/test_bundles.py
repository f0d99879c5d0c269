"""The built bundles in a real Chromium, on the sample pages and under the policy of the real site."""

import importlib.util
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.browser import axe, late

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "app/static/dist"
Visit = Callable[..., Page]


def sample_server() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tenderway_samples", ROOT / "frontend/samples/serve.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def samples() -> Iterator[tuple[ModuleType, str]]:
    module = sample_server()
    server = module.open_server(0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield module, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(chromium: Browser, samples: tuple[ModuleType, str]) -> Iterator[Visit]:
    """Open a sample page; whatever the console says fails the test at its end."""
    module, address = samples
    module.saved.clear()
    module.sent.clear()
    said: list[str] = []
    context = chromium.new_context()

    def open_page(path: str, width: int = 1440) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{address}/{path}")
        if path.startswith(("components", "portal")):
            return late.scripted(page)
        page.wait_for_selector("[data-ready=yes]")
        return page

    yield open_page
    context.close()
    assert said == []


def choose(page: Page, element: str) -> None:
    page.locator(f"[data-element-id={element}] .djs-hit").first.click()
    page.wait_for_selector(".bio-properties-panel-header-type")


def select(page: Page, element: str) -> None:
    """Choose an element through the editor itself: a context pad may lie over it."""
    page.evaluate(
        """async id => {
            const modeler = document.getElementById('modeler').tenderway.modeler;
            document.activeElement.blur();
            modeler.get('selection').select(modeler.get('elementRegistry').get(id));
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        element,
    )


def open_group(page: Page, group: str) -> None:
    header = page.locator(f"[data-group-id=group-{group}] .bio-properties-panel-group-header")
    if "open" not in (header.get_attribute("class") or "").split():
        header.click()


def xml(page: Page) -> str:
    text: str = page.evaluate(
        "document.getElementById('modeler').tenderway.modeler.saveXML({format: true}).then(r => r.xml)"
    )
    return text


@pytest.mark.parametrize("path", ["components.html", "portal.html", "modeler.html", "dmn.html", "monitor.html"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_has_no_accessibility_violation(visit: Visit, path: str, width: int) -> None:
    page = visit(path, width)
    assert axe.violations(page) == []


@pytest.mark.parametrize("path", ["components.html", "portal.html"])
def test_nothing_scrolls_sideways_on_a_small_phone(visit: Visit, path: str) -> None:
    page = visit(path, 360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("path", ["modeler.html", "dmn.html", "monitor.html"])
def test_the_mark_of_the_diagram_library_is_visible_and_uncovered(visit: Visit, path: str) -> None:
    page = visit(path)
    mark = page.locator(".bjs-powered-by:visible")
    box = mark.bounding_box()
    assert box
    assert min(box["width"] / 40, box["height"] / 15) > 1
    middle = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    assert page.evaluate("p => Boolean(document.elementFromPoint(p.x, p.y).closest('.bjs-powered-by'))", middle)


def test_a_form_chosen_from_the_list_is_what_is_saved(visit: Visit, samples: tuple[ModuleType, str]) -> None:
    page = visit("modeler.html")
    choose(page, "compare")
    open_group(page, "form")
    page.select_option("select[name=picked-form]", "confirm")
    page.click("[data-studio=save]")
    page.wait_for_selector("[data-studio-status]:has-text('Draft saved')")
    task = re.search(r'<bpmn:userTask id="compare".*?</bpmn:userTask>', samples[0].saved["/small_purchase.bpmn"], re.S)
    assert task
    assert '<zeebe:formDefinition formId="confirm" />' in task[0]


def test_a_chinese_name_becomes_a_property_and_undo_takes_it_back(visit: Visit) -> None:
    page = visit("modeler.html")
    before = xml(page)
    choose(page, "quote")
    open_group(page, "house")
    page.fill("input[name=name-zh]", "供应商报价")
    page.locator("input[name=name-zh]").blur()
    page.wait_for_selector("[data-studio-status][data-state=unsaved]")
    after = xml(page)
    page.evaluate("document.getElementById('modeler').tenderway.modeler.get('commandStack').undo()")
    assert '<zeebe:property name="name:zh" value="供应商报价" />' in after
    assert xml(page) == before


def test_a_diagram_opened_and_saved_keeps_every_extension(visit: Visit) -> None:
    page = visit("modeler.html")
    original = (ROOT / "frontend/samples/small_purchase.bpmn").read_text(encoding="utf-8")

    def tags(text: str) -> list[str]:
        return sorted(" ".join(tag.split()) for tag in re.findall(r"<zeebe:[^>]*?/?>", text))

    assert tags(xml(page)) == tags(original)


def test_saving_asks_first_when_parts_of_the_file_would_be_lost(visit: Visit, samples: tuple[ModuleType, str]) -> None:
    original = (ROOT / "frontend/samples/small_purchase.bpmn").read_text(encoding="utf-8")
    samples[0].saved["/small_purchase.bpmn"] = original.replace(
        "<zeebe:userTask />", "<zeebe:userTask /><zeebe:futureThing />", 1
    )
    page = visit("modeler.html")
    page.click("[data-studio=save]")
    page.wait_for_selector("dialog:has-text('zeebe:futureThing')")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert "futureThing" in samples[0].saved["/small_purchase.bpmn"]


def test_a_finding_stands_on_its_element_and_leads_to_it(visit: Visit) -> None:
    page = visit("modeler.html")
    page.click("[data-studio=check]")
    page.click(".tw-findings__item--error")
    page.wait_for_selector(".bio-properties-panel-header-label:has-text('Compare the quotes')")
    assert page.locator(".tw-mark--error").count() == 1
    assert page.inner_text("[data-studio-status]") == "1 error, 1 warning"


def test_what_the_dialect_refuses_is_not_offered(visit: Visit) -> None:
    page = visit("modeler.html")
    choose(page, "describe")
    page.keyboard.press("a")
    page.wait_for_selector(".djs-popup .entry")
    offered = page.eval_on_selector_all(".djs-popup .entry", "entries => entries.map(entry => entry.dataset.id)")
    assert len(offered) > 30
    assert [entry for entry in offered if re.search("ad-hoc|complex", entry)] == []


def test_an_operation_is_offered_as_a_template(visit: Visit) -> None:
    page = visit("modeler.html")
    choose(page, "send_invitations")
    page.click(".bio-properties-panel-select-template-button")
    page.click(".element-template-chooser >> text=Invite suppliers")
    page.wait_for_selector("[data-studio-status][data-state=unsaved]")
    assert 'zeebe:modelerTemplate="operation:notices.invite"' in xml(page)


def test_a_feel_field_is_styled_under_the_policy(visit: Visit) -> None:
    page = visit("modeler.html")
    choose(page, "quote")
    open_group(page, "multiInstance")
    editor = page.locator("[data-group-id=group-multiInstance] .cm-editor").first
    editor.wait_for()
    assert editor.evaluate("element => getComputedStyle(element).display") == "flex"
    assert "suppliers" in editor.inner_text()


def test_the_chinese_editor_speaks_only_chinese(visit: Visit) -> None:
    page = visit("modeler.html?lang=zh")
    for element in [
        "asked",
        "describe",
        "method",
        "open_tender",
        "call",
        "send_invitations",
        "quote",
        "quotes_due",
        "done",
    ]:
        select(page, element)
        page.eval_on_selector_all(
            ".bio-properties-panel-group-header:not(.open)", "headers => headers.forEach(header => header.click())"
        )
    page.keyboard.press("Escape")
    assert page.evaluate("[...document.getElementById('modeler').tenderway.missing]") == []


def test_leaving_with_changes_asks_first(visit: Visit) -> None:
    page = visit("modeler.html")
    select(page, "quote")
    open_group(page, "general")
    page.fill("[data-group-id=group-general] [name=name]", "Give a price")
    page.wait_for_selector("[data-studio-status][data-state=unsaved]")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.reload()
    assert asked == ["beforeunload"]


def test_a_decision_cell_is_edited_and_saved(visit: Visit, samples: tuple[ModuleType, str]) -> None:
    page = visit("dmn.html?lang=zh")
    page.click("td[data-element-id=r3o]")
    page.keyboard.press("Control+A")
    page.keyboard.type('"direct"')
    page.click("td[data-element-id=r1o]")
    page.click("[data-studio=save]")
    page.wait_for_selector("[data-studio-status][data-state=saved]")
    assert '<text>"direct"</text>' in samples[0].saved["/method.dmn"]
    assert page.evaluate("[...document.getElementById('dmn').tenderway.missing]") == []


def test_the_monitor_shows_what_was_what_is_and_what_may_come(visit: Visit) -> None:
    page = visit("monitor.html")
    marked = page.evaluate(
        "['describe', 'quote', 'confirm'].map(id => document.querySelector(`[data-element-id=${id}]`).getAttribute('class'))"
    )
    assert ["tw-done" in marked[0], "tw-at-task" in marked[1], "tw-to-come" in marked[2]] == [True, True, True]
    assert page.locator(".tw-token--incident").inner_text() == "1 of 3 failed"


def test_the_monitor_gives_the_facts_of_a_step_by_keyboard(visit: Visit) -> None:
    page = visit("monitor.html")
    page.locator(".tw-step").first.focus()
    page.keyboard.press("Enter")
    assert "Hengxin Lighting, Yuanda Electric" in page.inner_text("#facts")


def test_the_monitor_names_the_steps_in_the_language_of_the_page(visit: Visit) -> None:
    page = visit("monitor.html?lang=zh")
    assert page.locator(".tw-step strong").first.inner_text() == "提交报价"
    assert "填写采购需求" in page.locator("[data-element-id=describe]").text_content().replace(" ", "")  # type: ignore[union-attr]


def test_a_conditional_field_is_shown_when_its_rule_holds(visit: Visit) -> None:
    page = visit("components.html")
    hidden = page.locator("#why").is_hidden() and page.locator("#why").is_disabled()
    page.check("#d2")
    assert hidden
    assert [page.locator("#why").is_visible(), page.locator("#why").is_enabled()] == [True, True]


def test_rows_come_and_go(visit: Visit) -> None:
    page = visit("components.html")
    page.click("[data-row-add]")
    page.fill("[name=rows-2-text]", "cable")
    page.locator("[data-row-remove]").first.click()
    names = page.eval_on_selector_all("[data-row-list] input[name$=text]", "fields => fields.map(field => field.name)")
    assert names == ["rows-1-text", "rows-2-text"]


def test_a_draft_saves_itself_and_says_so(visit: Visit) -> None:
    page = visit("components.html")
    page.fill("[name=budget]", "12,500,000.00")
    page.wait_for_selector("[data-draft-status][data-state=saved]:has-text('Draft saved')")
    assert page.get_attribute("[data-draft-status]", "data-state") == "saved"


def test_an_act_that_cannot_be_undone_asks_first_and_is_sent_once(
    visit: Visit, samples: tuple[ModuleType, str]
) -> None:
    page = visit("components.html")
    page.click("[data-confirm]")
    asked = page.inner_text("dialog h2")
    page.click("dialog .govuk-button")
    page.wait_for_url("**/sent")
    assert asked == "Sign the opening record?"
    assert len(samples[0].sent) == 1


def test_a_second_press_does_not_send_again(visit: Visit, samples: tuple[ModuleType, str]) -> None:
    page = visit("components.html")
    page.evaluate("{ const form = document.getElementById('task'); form.requestSubmit(); form.requestSubmit(); }")
    page.wait_for_url("**/sent")
    assert len(samples[0].sent) == 1


def test_refusing_the_question_sends_nothing(visit: Visit, samples: tuple[ModuleType, str]) -> None:
    page = visit("components.html")
    page.click("[data-confirm]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.url.endswith("/components.html")
    assert samples[0].sent == []


def test_a_file_is_sent_by_itself_and_its_id_joins_the_form(visit: Visit) -> None:
    page = visit("components.html")
    page.set_input_files("#file", {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.wait_for_selector("input[type=hidden][name=documents]", state="attached")
    assert page.get_attribute("input[type=hidden][name=documents]", "value") == "f1"


def test_the_keys_of_the_list_choose_a_row(visit: Visit) -> None:
    page = visit("components.html")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.inner_text(".tw-list__row--on .tw-list__main") == "Sign the opening record"


def test_the_countdown_runs_on_the_servers_clock(visit: Visit) -> None:
    page = visit("components.html")
    assert page.inner_text(".tw-countdown__left") in ("19 h 28 min", "19 h 27 min")
    assert page.get_attribute(".tw-countdown", "data-state") == "soon"


def test_no_built_file_names_an_address_to_load_from() -> None:
    sheets = "".join(path.read_text(encoding="utf-8") for path in DIST.glob("*.css"))
    assert re.findall(r"url\((?!['\"]?(?:data:|\./assets/|assets/))[^)]+\)", sheets) == []


def test_the_licence_of_every_bundled_package_is_given() -> None:
    text = (DIST / "LICENSES.txt").read_text(encoding="utf-8")
    wanted = ["bpmn-js 18.31.1", "dmn-js 17.10.2", "govuk-frontend 6.6.0", "@fontsource-variable/ibm-plex-sans 5.3.0"]
    assert [name for name in wanted if name not in text] == []
    assert "bpmn.io project watermark" in text


def test_the_lock_file_names_no_registry() -> None:
    lock = (ROOT / "frontend/package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
