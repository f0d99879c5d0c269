"""Whatever is sent to a route that takes files: a sentence in either language, in time and memory, and nothing lost."""

import io
import re
import time
from types import SimpleNamespace

import pytest

from app.engine import definitions
from app.foundation.foreign import kinds
from app.procurement import breaches
from app.web import files
from tests import hostile
from tests.foundation.test_foreign import MEMORY, SECONDS, forget_peak, peak
from tests.web import tendering, test_start_forms, work

SAID = {"en": re.compile("cannot be|is not a"), "zh": re.compile("无法|不是")}


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def place(house, town, sign_in, virtual_clock):
    """Somewhere for each route: its address, who sends, the field, and what else the form says."""
    world = tendering.published(house, town, virtual_clock)
    lot = f"/supplier/lots/{world.lot_id}"
    work.deploy(house, work.two_steps(), files=work.FORM)
    work.deploy(house, test_start_forms.BODY, "begun", work.FORM)
    before = house.engine.acts
    work.declare(house, prepare=lambda _context: {"values": {"scores": work.SCORES}})
    task = work.start(house)[1][0]
    with house.sessions() as session:
        officer = tendering.actor(session, "agency-officer")
        breach = breaches.report(
            session, officer, supplier_id=town.supplier, ground="counterfeit", facts="x", evidence=[], lot_id=None
        )
        finance = tendering.actor(session, "finance-officer")
        breaches.notify(session, finance, breach_id=breach.id, intended="禁止参加采购活动二年")
        session.commit()
        breach_id = breach.id
    analyst = sign_in("analyst")
    with house.sessions() as session:
        source = definitions.latest(session, "toy").deployment_id
    draft = analyst.submit("/studio/drafts", deployment=source).location.split("/drafts/")[1].split("/")[0]

    def at(login, address, field, **more):
        return SimpleNamespace(login=login, address=address, field=field, more=more)

    report = {"supplier": town.supplier, "ground": "counterfeit", "facts": "探头系翻新件"}
    yield {
        "breaches.report": at("agency-officer", "/breaches/report", "evidence", **report),
        "breaches.reply": at("supplier-admin", f"/breaches/{breach_id}/reply", "attachments", statement="x"),
        "documents.upload": at("buyer-handler", f"/documents/upload?task={task}&field=attachments", "file"),
        "queries.send": at("supplier-bidder", f"/lots/{world.lot_id}/query", "files", contact="王某"),
        "supplier.lodge_guarantee": at("supplier-bidder", f"{lot}/bond/guarantee", "letter", number="BH-1"),
        "supplier.save": at("supplier-bidder", f"{lot}/bid", "file-T2", price="123"),
        "supplier.add_file": at("supplier-bidder", f"{lot}/bid/files?code=T2", "file"),
        "supplier.load_copy": at("supplier-bidder", f"{lot}/bid/copy", "copy"),
        "supplier.attach_paper": at("supplier-admin", "/supplier/company/paper", "paper"),
        "bonds.import_statement": at("agency-officer", "/bonds/statements", "file"),
        "starts.start": at("buyer-handler", "/start/begun", "attachments", title="彩超", _save="1"),
        "studio.new": at("analyst", "/studio/new", "files", upload="1"),
        "studio.add": at("analyst", f"/studio/drafts/{draft}/files", "files"),
        "tasks.submit": at("buyer-handler", f"/tasks/{task}", "attachments", title="彩超", _save="1"),
        "tenders.publish_change": at("agency-officer", f"/tenders/{world.tender_id}/change", "attachments-0-file"),
        "data.load": at("administrator", "/data/tables/organisations/import", "file"),
        "portal.verify": at("auditor", "/portal/verify", "file"),
    }
    house.engine.acts = before


def test_every_route_that_takes_files_is_tried(app, place):
    taking = {endpoint for endpoint, view in app.view_functions.items() if getattr(view, "takes_files", None)}
    assert taking == set(place)


THOROUGHLY = ("documents.upload", "supplier.load_copy", "bonds.import_statement", "portal.verify", "studio.add")
"""One route for each way of reading; all others read as one of these does."""


def cases(endpoint, accepted):
    """What may do harm there, under names that the route takes; and what is taken nowhere."""
    parts = {".xml": hostile.XMLS, ".bpmn": hostile.XMLS, ".json": hostile.JSONS, ".tar": hostile.TARS}
    for ending in accepted:
        chosen = {**parts, ".zip": hostile.ZIPS, ".docx": {"lying": hostile.endless()}}.get(ending, {})
        some = list(chosen.values())[: None if endpoint in THOROUGHLY else 1]
        yield from ((f"x{ending}", content) for content in some)
    yield from (("x.exe", next(iter(part.values()))) for part in parts.values())
    yield from hostile.PROGRAMS.items()


def test_what_does_harm_is_refused_everywhere(app, place, sign_in):
    for endpoint, at in place.items():
        client = sign_in(at.login)
        token = client.token()
        with app.test_request_context():
            accepted = files.accept(endpoint).split(",")
        for number, (name, content) in enumerate(cases(endpoint, accepted)):
            language = ("en", "zh")[number % 2]
            data = {"csrf_token": token, **at.more, at.field: (io.BytesIO(content), name)}
            mark = "&" if "?" in at.address else "?"
            before, began = forget_peak(), time.perf_counter()
            answer = client.post(f"{at.address}{mark}lang={language}", data=data)
            took, more = time.perf_counter() - began, peak() - before
            assert 400 <= answer.status_code < 500, (endpoint, name, answer.status_code)
            text = answer.json["message"] if answer.is_json else answer.text
            assert SAID[language].search(text) or answer.status_code == 413, (endpoint, name, text[:3000])
            assert (took < SECONDS, more < MEMORY) == (True, True), (endpoint, name, took, more)


def test_what_was_typed_beside_a_refused_file_is_kept(place, sign_in):
    at = place["supplier.save"]
    client = sign_in(at.login)
    data = {"csrf_token": client.token(), "price": "4321", "file-T2": (io.BytesIO(b"MZ"), "setup.exe")}
    assert 'value="4321"' in client.post(at.address, data=data).text
    assert 'value="4321"' in client.get(at.address).text


def test_a_page_lets_only_those_files_be_chosen_that_are_taken(place, sign_in):
    page = sign_in("supplier-bidder").get(place["supplier.save"].address).text
    assert f'accept="{kinds.accept(kinds.ATTACHMENTS)}"' in page
