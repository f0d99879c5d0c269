"""The way of a change through the studio, in a real browser: drawn, checked, saved, proposed, approved."""

from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import expect

from app import feel
from app.engine.records import InstanceRow
from app.identity import grants
from tests.browser import late

pytestmark = pytest.mark.browser
DIST = Path(__file__).parents[2] / "app/static/dist"


@pytest.fixture
def analysts(site):
    """Two analysts of the town."""
    with site.extensions["tenderway"].sessions() as session:
        return [person.login for person in grants.holders(session, "analyst")][:2]


def test_an_analyst_changes_a_diagram_and_another_lets_it_count(browser_page, analysts, site):
    page = browser_page(analysts[0], "/studio")
    page.click("tr:has-text('tender_lot') button:has-text('Edit')")
    page.wait_for_selector("[data-element-id=open_bids]")
    page.evaluate(
        """() => { const m = document.getElementById('modeler').tenderway.modeler;
        const e = m.get('elementRegistry').get('open_bids'); m.get('modeling').updateProperties(e, {name: 'Open all bids'}); }"""
    )
    page.click("[data-studio=save]")
    expect(page.locator("[data-studio-status]")).not_to_be_empty()
    page.click("[data-studio=propose]")
    page.wait_for_selector("#f-why")
    page.fill("#f-why", "a clearer name")
    page.click("main button.govuk-button")
    page.wait_for_selector(
        "text=The draft has been sent to a second person", timeout=120_000
    )  # its scenarios are played first
    other = browser_page(analysts[1], "/studio")
    other.click("a:has-text('Open tender')  >> nth=0")
    other.wait_for_selector("text=Open all bids")
    late.scripted(other).click("button[value=approve]")
    other.click("dialog[open] button.govuk-button >> nth=0")
    other.wait_for_selector("text=Deployed. New cases use it.")


@pytest.fixture
def editor(browser_page, analysts):
    """``editor(language, width)``: a new draft of the lot's procedure, open on the canvas."""

    def open_editor(language="en", width=1280):
        page = browser_page(analysts[0], "/studio", language=language, width=width)
        page.click("tr:has-text('tender_lot') form button")
        page.wait_for_selector("[data-element-id=open_bids]")
        return page

    return open_editor


def rename(page, name):
    page.evaluate(
        """name => { const m = document.getElementById('modeler').tenderway.modeler;
        m.get('modeling').updateLabel(m.get('elementRegistry').get('open_bids'), name); }""",
        name,
    )


def saved(page):
    """The file as the studio would save it."""
    return page.evaluate("document.getElementById('modeler').tenderway.session.editor.xml()")


def names_in(xml):
    element = etree.fromstring(xml.encode()).xpath("//*[@id='open_bids']")[0]
    given = {one.get("name"): one.get("value") for one in element.iter("{*}property")}
    return element.get("name"), given.get("name:en"), given.get("name:zh")


def select(page, element):
    """Choose an element on the canvas, so that the panel shows it."""
    page.evaluate(
        """id => { const m = document.getElementById('modeler').tenderway.modeler;
        m.get('selection').select(m.get('elementRegistry').get(id)); }""",
        element,
    )


@pytest.mark.parametrize(("language", "name"), [("en", "Open the bids"), ("zh", "开标")])
def test_an_operation_is_shown_by_its_name(editor, language, name):
    page = editor(language)
    select(page, "open_bids")
    expect(page.locator(".bio-properties-panel-header-type")).to_have_text(name)


@pytest.mark.parametrize("width", [1440, 1920])
def test_the_canvas_fills_the_window_and_findings_leave_it_alone(editor, width):
    page = editor(width=width)
    canvas = page.locator("#modeler")
    before = canvas.bounding_box()
    page.evaluate(
        """() => { const session = document.getElementById('modeler').tenderway.session; session.found({findings:
        Array.from({length: 30}, () => ({level: 'error', element: 'open_bids', name: 'Open', message: 'word '.repeat(30)}))}); }"""
    )
    expect(page.locator("#findings li")).to_have_count(30)
    assert (before["width"] > width - 360, canvas.bounding_box()) == (True, before)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_name_is_changed_in_the_language_of_the_page(editor, language):
    page = editor(language)
    plain, english, chinese = names_in(saved(page))
    shown = page.evaluate(
        "document.getElementById('modeler').tenderway.modeler.get('elementRegistry').get('open_bids').businessObject.name"
    )
    rename(page, "Renamed")
    wanted = ("Renamed", "Renamed", chinese) if language == "en" else (plain, english, "Renamed")
    assert (shown, names_in(saved(page))) == ({"en": english, "zh": chinese}[language], wanted)
    page.evaluate("document.getElementById('modeler').tenderway.modeler.get('commandStack').undo()")
    assert names_in(saved(page)) == (plain, english, chinese)
    page.evaluate(
        "document.getElementById('modeler').tenderway.session.kept = document.getElementById('modeler').tenderway.session.changes"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_saving_leaves_the_names_of_lanes_and_pools_as_they_were(editor, language):
    page = editor(language)
    read = page.evaluate("fetch(document.getElementById('modeler').dataset.xmlUrl).then(answer => answer.text())")
    before, after = (
        {one.get("id"): one.get("name") for one in etree.fromstring(xml.encode()).iter("{*}lane", "{*}participant")}
        for xml in (read, saved(page))
    )
    assert (bool(before), after) == (True, before)


def test_the_editor_completes_the_functions_of_the_engine(editor):
    page = editor()
    assert page.evaluate("JSON.parse(document.getElementById('modeler').dataset.functions)") == {
        name: list(signatures) for name, signatures in feel.built_in_functions().items()
    }
    bundles = [path.read_text(encoding="utf-8") for path in DIST.rglob("*.js")]
    assert not any(foreign in bundle for bundle in bundles for foreign in ("fromAi", "Camunda Extension"))


def test_an_element_is_drawn_by_keyboard_alone(editor):
    page = editor()
    count = "document.getElementById('modeler').tenderway.modeler.get('elementRegistry').filter(e => e.type === 'bpmn:Task').length"
    entries = page.locator(".djs-palette .entry")
    assert entries.count() == page.locator(".djs-palette .entry[tabindex='0'][role=button]").count() > 10
    before = page.evaluate(count)
    page.locator(".djs-palette [data-action='create.task']").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(count) == before + 1


# -- the canvas by keyboard: real key presses only

FOCUS = """(a => [a.tagName, a.getAttribute('class'), a.getAttribute('aria-label') || a.innerText || a.id,
    a.closest('.bio-properties-panel-group-header')?.innerText].join(' '))(document.activeElement)"""


class Keys:
    """A person without a pointer."""

    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words):
        self.page.keyboard.type(words)

    @property
    def focus(self):
        return self.page.evaluate(FOCUS)

    @property
    def said(self):
        """What a reader heard last of the canvas."""
        return self.page.inner_text("#modeler [role=status]")

    def tab_to(self, words, key="Tab", most=120):
        """Press Tab until the focus is on something with these words; how often."""
        for presses in range(1, most + 1):
            self.press(key)
            if words in self.focus:
                return presses
        raise AssertionError(f"{words} isn't reached by {most} presses of {key}: {self.focus}")

    def choose(self, words):
        """Choose an entry of the open list by typing or by going down to it."""
        self.page.wait_for_selector(".djs-popup")
        if "INPUT" in self.focus:
            self.type(words)
        entry = self.page.locator(".djs-popup [aria-selected=true], .djs-popup .selected").first
        for _ in range(20):
            if words.lower() in entry.inner_text().lower():
                break
            self.press("ArrowDown")
        self.press("Enter")
        self.page.wait_for_selector(".djs-popup", state="detached")

    def name(self, words):
        self.page.wait_for_selector(".djs-direct-editing-parent")
        self.type(words)
        self.press("Enter")


@pytest.fixture
def new_procedure(browser_page, analysts):
    """``new_procedure(language)``: a new procedure on the canvas, reached by keys."""

    def begin(language="en"):
        page = browser_page(analysts[0], "/studio/new", language=language)
        keys = Keys(page)
        keys.tab_to("f-key")
        keys.type(f"by_keys_{language}")
        keys.press("Tab")
        keys.type("By keys")
        keys.press("Tab")
        keys.type("键盘")
        keys.press("Enter")
        page.wait_for_url("**/drafts/*")
        keys.tab_to(".bpmn")
        keys.press("Enter")
        page.wait_for_selector("#modeler[data-ready=yes]")
        keys.tab_to("svg")
        return keys

    return begin


def elements(page):
    return page.evaluate(
        """document.getElementById('modeler').tenderway.modeler.get('elementRegistry').getAll()
        .filter(one => one.parent && !one.waypoints && !one.labelTarget).map(one => one.businessObject.name || one.type.slice(5)).sort()"""
    )


def test_a_procedure_is_drawn_checked_and_kept_by_keys_alone(new_procedure):
    keys = new_procedure()
    keys.press(".", ".", ".", "Delete", ".", ".", "Delete")
    assert elements(keys.page) == ["StartEvent"]
    keys.press("Home", "a")
    keys.choose("User task")
    keys.name("Write it")
    keys.press("Enter")
    keys.tab_to("SELECT")
    keys.type("Buyer")
    keys.press("Escape", "Escape")
    keys.tab_to("Create end event")
    keys.press("Enter")
    keys.tab_to("svg", "Shift+Tab")
    keys.press("Home", ".", ".", "c")
    keys.choose("End event")
    assert keys.said == "Sequence flow: Write it → End event"
    keys.tab_to("Save draft", "Shift+Tab")
    keys.press("Enter")
    keys.tab_to("Check", "Shift+Tab")
    keys.press("Enter")
    expect(keys.page.locator("#findings .tw-findings__head")).to_have_text("No findings")
    assert elements(keys.page) == ["EndEvent", "StartEvent", "Write it"]


def test_an_element_is_moved_deleted_and_brought_back_by_keys(new_procedure):
    keys = new_procedure()
    where = "(one => [one.x, one.y])(document.getElementById('modeler').tenderway.modeler.get('elementRegistry').get('work'))"
    keys.press(".", ".", ".")
    x, y = keys.page.evaluate(where)
    keys.press("ArrowRight", "Shift+ArrowDown")
    assert keys.page.evaluate(where) == [x + 10, y + 50]
    keys.press("Delete")
    assert (keys.said, len(elements(keys.page))) == ("Deleted", 2)
    keys.press("Control+z")
    assert (keys.said, len(elements(keys.page))) == ("Undone", 3)


@pytest.mark.parametrize(("way", "moved"), [("To the right of it", "end"), ("To the left of it", "work")])
def test_room_is_made_by_keys(new_procedure, way, moved):
    keys = new_procedure()
    where = f"document.getElementById('modeler').tenderway.modeler.get('elementRegistry').get('{moved}').x"
    keys.press(".", ".", ".")
    before = keys.page.evaluate(where)
    keys.press("s")
    keys.choose(way)
    assert keys.page.evaluate(where) == before + 100


@pytest.mark.parametrize("key", ["l", "Shift+."])
def test_several_elements_are_selected_by_keys(new_procedure, key):
    keys = new_procedure()
    keys.press(".", key)
    if key == "l":
        keys.choose("Work")
    selected = "document.getElementById('modeler').tenderway.modeler.get('selection').get().length"
    assert keys.page.evaluate(selected) == 2


@pytest.mark.parametrize(
    ("tool", "title"), [("connect", "Connect to other element"), ("space", "Make room"), ("lasso", "Select another")]
)
def test_a_tool_that_needs_two_places_is_a_list_when_it_is_chosen_by_a_key(new_procedure, tool, title):
    keys = new_procedure()
    keys.press(".")
    keys.tab_to(tool)
    keys.press("Enter")
    expect(keys.page.locator(".djs-popup-title")).to_contain_text(title)
    keys.press("Escape")
    expect(keys.page.locator("#modeler svg[role=application]")).to_be_focused()


def test_a_list_is_left_by_escape_before_it_was_painted(new_procedure):
    keys = new_procedure()
    keys.press(".")
    keys.tab_to("space")
    left = keys.page.evaluate(
        """() => {
            const press = key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
            press('Enter');
            const opened = !!document.querySelector('.djs-popup');
            press('Escape');
            return [ opened, !document.querySelector('.djs-popup'), document.activeElement.getAttribute('role') ];
        }"""
    )
    assert left == [True, True, "application"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_properties_are_opened_and_left_by_keys_and_nothing_keeps_the_focus(new_procedure, language):
    keys = new_procedure(language)
    keys.press(".", ".", ".", "Enter")
    expect(keys.page.locator("#bio-properties-panel-name")).to_be_focused()
    keys.press("Escape")
    assert "svg" in keys.focus
    keys.tab_to("BODY", most=200)
    keys.tab_to("svg", most=200)
    keys.tab_to("govuk-skip-link", "Shift+Tab", most=60)


def test_the_panel_has_a_button_for_the_list_of_what_to_connect_to(new_procedure):
    keys = new_procedure()
    keys.press(".", "Enter")
    keys.tab_to("Names, stage and law")
    keys.press("Enter")
    keys.tab_to("Connect to other element")
    keys.press("Enter")
    keys.choose("End event")
    assert keys.said == "Sequence flow: Start event → End event"


def test_the_canvas_is_accessible_and_says_its_keys(new_procedure, assert_accessible):
    keys = new_procedure("zh")
    expect(keys.page.locator(".tw-canvas-keys")).to_be_visible()
    expect(keys.page.locator(".tw-canvas-keys")).to_contain_text("追加")
    keys.press(".", ".", ".")
    assert keys.said == "办理 (用户任务)"
    assert_accessible(keys.page)


# -- what is accessible


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("address", ["/studio", "/studio/new"])
def test_the_studios_pages_are_accessible(browser_page, assert_accessible, analysts, address, language):
    assert_accessible(browser_page(analysts[0], address, language=language))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "address",
    ["/portal", "/portal?show=all", "/portal/results", "/portal/contracts", "/portal/breaches", "/portal/open-data",
     "/portal/verify", "/portal/about"],
)  # fmt: skip
def test_the_portals_pages_are_accessible(browser_page, assert_accessible, address, language):
    assert_accessible(browser_page(None, address, language=language))


# -- the FEEL editor


@pytest.fixture
def feel_field(editor):
    """``feel_field(language)``: the due date of a user task, as an expression, with the cursor in it."""

    def open_field(language="en"):
        page = editor(language)
        select(page, "sign_opening_record")
        page.click("[data-entry-id=taskScheduleDueDate] .bio-properties-panel-feel-icon")
        page.click("[data-entry-id=taskScheduleDueDate] .cm-content")
        return page

    return open_field


def completions(page):
    """What the editor offers for what was typed: the labels, and what is said beside the first."""
    page.wait_for_selector(".cm-completionInfo")
    return page.locator(".cm-completionLabel").all_inner_texts(), page.locator(".cm-completionInfo").inner_text()


SIGNED = {f"{name}({signature})" for name, signatures in feel.built_in_functions().items() for signature in signatures}


@pytest.mark.parametrize("typed", ["sub", "dat", "get", "list", "from", "dur"])
def test_typing_offers_the_functions_of_the_engine_with_their_signatures_and_no_others(feel_field, typed):
    page = feel_field()
    page.keyboard.type(typed, delay=20)
    offered, said = completions(page)
    calls = {label.partition("(")[0] for label in offered if "(" in label}
    assert (bool(calls), calls - set(feel.built_in_functions())) == (True, set())
    assert set(said.strip().splitlines()) <= SIGNED


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_violated_while_an_expression_is_typed(feel_field, language):
    page = feel_field(language)
    page.keyboard.type("sub", delay=20)
    completions(page)
    page.keyboard.press("Enter")
    page.keyboard.type('"a" + ', delay=20)
    page.hover(".cm-content")
    page.wait_for_selector(".cm-lintRange, .cm-lint-marker, .bio-properties-panel-error", state="attached")
    page.hover(".cm-lintRange >> nth=0")
    page.wait_for_selector(".cm-tooltip-lint, .cm-tooltip-hover", state="attached")
    page.evaluate("(s => { s.kept = s.changes })(document.getElementById('modeler').tenderway.session)")


def test_nothing_is_violated_in_the_window_for_long_expressions(feel_field):
    page = feel_field()
    page.click("[data-entry-id=taskScheduleDueDate] .bio-properties-panel-open-feel-popup")
    page.locator(".bio-properties-panel-feel-popup .cm-content").focus()
    page.keyboard.type("str", delay=20)
    completions(page)
    page.evaluate("(s => { s.kept = s.changes })(document.getElementById('modeler').tenderway.session)")


def test_nothing_is_violated_while_a_decision_is_typed(browser_page, analysts):
    page = browser_page(analysts[0], "/studio")
    page.click("tr:has-text('procurement_method') form button")
    page.wait_for_selector("[data-ready=yes] .tjs-container td.input-cell")
    page.click("td.input-cell >> nth=0")
    page.click("td.input-cell >> nth=0")
    page.keyboard.type(" sub", delay=20)
    page.keyboard.press("Tab")
    page.click(".open-drd, .dms-view-drd-button, .view-drd button")
    page.wait_for_selector("#dmn .djs-container svg", state="attached")
    page.evaluate("(s => { s.kept = s.changes })(document.getElementById('dmn').tenderway.session)")


# -- a case's diagram


@pytest.fixture
def case_page(browser_page, site):
    """``case_page(language)``: the longest-standing case of the town, as an auditor sees it."""

    def open_case(language="en"):
        with site.extensions["tenderway"].sessions() as session:
            row = session.query(InstanceRow).filter_by(state="active").order_by(InstanceRow.id).first()
            auditor = grants.holders(session, "auditor")[0].login
        page = browser_page(auditor, f"/cases/{row.id}?part=diagram", language=language)
        page.wait_for_selector("#monitor[data-ready=yes]")
        return page

    return open_case


@pytest.mark.parametrize(("language", "called"), [("en", "Diagram: "), ("zh", "流程图：")])
def test_a_diagram_is_a_named_picture_with_a_way_to_its_words(case_page, assert_accessible, language, called):
    page = case_page(language)
    picture = page.get_by_role("img", name=called)
    expect(picture).to_have_count(1)
    steps = page.locator("#monitor").evaluate(
        "box => document.getElementById(box.getAttribute('aria-describedby')).innerText"
    )
    assert steps
    page.locator("#in-words a").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("tr[id^=step-]")
    assert page.get_by_role("rowheader").count() > 20
    assert_accessible(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_label_of_a_flow_is_broken_within_a_word(case_page, language):
    page = case_page(language)
    words = page.eval_on_selector_all(
        ".djs-label .djs-label, .djs-element.djs-shape text.djs-label",
        "all => all.map(one => [...one.children].map(line => line.textContent))",
    )
    names = page.evaluate(
        """async () => { const xml = new DOMParser().parseFromString(await (await fetch(document.getElementById('monitor').dataset.xmlUrl)).text(), 'text/xml');
        return [...xml.querySelectorAll('sequenceFlow[name]')].map(flow => flow.getAttribute('name')); }"""
    )
    lines = {line for label in words for line in label}
    assert names
    if language == "en":
        assert [word for name in names for word in name.split() if not any(word in line for line in lines)] == []


LONG = "W" * 120


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(("login", "address"), [("chen", "/inbox"), ("chen", "/cases"), ("qian", "/operations")])
def test_a_title_without_a_space_stays_in_its_page(browser_page, login, address, width):
    page = browser_page(login, address, width=width)
    page.evaluate(
        "long => { for (const cell of document.querySelectorAll('.tw-list tbody tr')) cell.querySelectorAll('.tw-list__main, td:nth-child(2):has(> .tw-list__sub)').forEach(one => { (one.firstChild.nodeType === 3 ? one.firstChild : one).textContent = long; }); }",
        LONG,
    )
    assert page.locator(".tw-list tbody tr").first.inner_text().count("W") > 100
    assert page.evaluate("document.documentElement.scrollWidth") <= width


TARGETS = """() => [...document.querySelectorAll('a, button, summary, select, [role=button]')].filter(one => {
  const box = one.getBoundingClientRect();
  if (!box.width || !box.height || one.closest('.govuk-visually-hidden, .govuk-skip-link, p, li, dd, figcaption, .govuk-hint')) return false;
  return box.width < 23.9 || box.height < 23.9;
}).map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("address", ["/inbox", "/cases", "/operations", "/people", "/studio", "/experts"])
def test_what_is_pressed_is_24_pixels_high_unless_it_is_in_a_text(browser_page, address):
    assert browser_page("qian", address).evaluate(TARGETS) == []


def test_what_is_pressed_on_a_diagram_is_24_pixels_high(case_page):
    page = case_page()
    sizes = page.eval_on_selector_all(
        "#monitor :is(.tw-door, button)",
        "all => all.map(one => one.getBoundingClientRect()).map(box => Math.min(box.width, box.height))",
    )
    assert sizes
    assert min(sizes) >= 24


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_form_of_a_start_event_is_picked_from_the_list(editor, language):
    page = editor(language)
    start = page.evaluate(
        """() => document.getElementById('modeler').tenderway.modeler.get('elementRegistry')
        .find(one => one.type === 'bpmn:StartEvent' && one.businessObject.$parent.$type === 'bpmn:Process').id"""
    )
    select(page, start)
    picked = page.locator("#bio-properties-panel-picked-start-form")
    picked.select_option("file_application")
    named = etree.fromstring(saved(page).encode()).xpath(
        f"//*[@id='{start}']//*[local-name()='formDefinition']/@formId"
    )
    page.evaluate(
        "document.getElementById('modeler').tenderway.session.kept = document.getElementById('modeler').tenderway.session.changes"
    )
    assert named == ["file_application"]
