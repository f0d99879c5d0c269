"""Attachments of tender documents in the pages: entered in a table's row, published with the documents, corrected."""

import io
import re
import zipfile

import pytest

from app.foundation import documents
from app.foundation.documents import Document
from app.foundation.text import Text
from app.procurement import tenders
from app.procurement.disclosure import invitations, parts
from app.procurement.tenders import NewAttachment
from app.web.documents import is_drawn_for_all
from tests.procurement import publishing
from tests.web import tendering

PDF = b"%PDF-1.7 plan"


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def tender(house, town, virtual_clock):
    """A published tender whose documents have a floor plan."""
    world = tendering.published(house, town, virtual_clock)
    with house.sessions() as session:
        officer = tendering.actor(session, "agency-officer")
        kept = documents.add(
            session, officer, name="plan.pdf", source=PDF, case=None, kind="prepare_documents.x", access="private"
        )
        plan = NewAttachment("drawing", Text("Floor plan", "平面图"), kept.id, 1)
        tenders.change(
            session,
            officer,
            tender_id=world.tender_id,
            reasons="补充平面图",
            keeper=world.keeper,
            **publishing.documents(attachments=[plan]),
        )
        session.commit()
        world.plan = kept.id
    return world


def test_everybody_finds_what_is_attached_on_the_public_page(tender, client):
    page = client.get(f"/portal/tenders/{tender.tender_id}?lang=en").text
    assert "Attachment 1: Floor plan" in page
    assert "drawing, lot 1 · plan.pdf" in page
    assert client.get(f"/documents/{tender.plan}").data == PDF


def test_the_archive_of_all_has_each_versions_attachments(tender, client):
    answer = client.get(f"/portal/tenders/{tender.tender_id}/documents.zip?lang=en")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        name = "Tender documents, version 2/Attachments/Attachment 1 plan.pdf"
        assert archive.read(name) == PDF


def test_what_an_agency_attached_is_never_opened_in_the_browser(house, tender, client):
    answer = client.get(f"/documents/{tender.plan}?view=1")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with house.sessions() as session:
        assert not is_drawn_for_all(documents.get(session, tender.plan))


def test_a_supplier_gets_it_with_the_documents(tender, sign_in):
    client = sign_in("supplier-bidder")
    client.submit(f"/supplier/tenders/{tender.tender_id}/documents")
    assert tender.plan in client.get(f"/supplier/tenders/{tender.tender_id}").text


def test_the_open_data_name_it_by_its_kind(house, tender):
    with house.sessions() as session:
        section = invitations.tender(session, tenders.get(session, tender.tender_id), parts.Parties(session))
    kinds = [each["documentType"] for each in section["documents"] if each["id"] == tender.plan]
    assert kinds == ["technicalSpecifications"]


# -- the form that corrects


def filled(page):
    """What the form that a page shows would post as it stands."""
    form = page[page.index('enctype="multipart/form-data"') :]
    said = {}
    for field in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field)
        is_kept = ('type="checkbox"' not in field and 'type="radio"' not in field) or " checked" in field
        if name and is_kept and 'type="file"' not in field and "__i__" not in name[1]:
            said[name[1]] = value[1] if value else ""
    for name, words in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)</textarea>', form):
        said[name] = words
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        said[name] = chosen[1] if chosen else ""
    return {name: value for name, value in said.items() if "__i__" not in name}


def corrects(client, tender, **changes):
    address = f"/tenders/{tender.tender_id}/change"
    said = filled(client.get(address).text) | {"reasons": "更正平面图"} | changes
    return client.post(f"{address}?lang=en", data=said)


def test_a_replaced_file_is_published_beside_the_old_one(house, tender, sign_in):
    client = sign_in("agency-officer")
    answer = corrects(client, tender, **{"attachments-0-file": (io.BytesIO(b"%PDF-1.7 other"), "plan2.pdf")})
    assert answer.status_code == 303, answer.text[:3000]
    page = client.get(f"/tenders/{tender.tender_id}/versions?lang=en").text
    assert "<del>plan.pdf</del>" in page
    assert "<ins>plan2.pdf</ins>" in page
    with house.sessions() as session:
        found = tenders.get(session, tender.tender_id)
        shown = [tenders.of_version(session, found, version) for version in found.versions]
        assert [[each.document.name for each in version] for version in shown] == [[], ["plan.pdf"], ["plan2.pdf"]]


def test_a_file_is_kept_while_its_correction_is_previewed(house, tender, sign_in):
    client = sign_in("agency-officer")
    new = {"attachments-0-file": (io.BytesIO(b"%PDF-1.7 other"), "plan2.pdf"), "_preview": "1"}
    page = corrects(client, tender, **new).text
    with house.sessions() as session:
        kept = session.query(Document).filter_by(name="plan2.pdf").one()
        assert kept.access == "private"
    assert f'name="attachments-0-file" value="{kept.id}"' in page
    assert "attachment 1, file" in page


def test_a_row_that_is_removed_takes_the_file_that_came_with_it(tender, sign_in):
    client = sign_in("agency-officer")
    new = {"attachments-1-file": (io.BytesIO(b"%PDF-1.7 other"), "new.pdf"), "_remove": "attachments-1"}
    assert "new.pdf" not in corrects(client, tender, **new).text


def test_a_file_of_a_row_is_removed_by_its_button(tender, sign_in):
    client = sign_in("agency-officer")
    page = corrects(client, tender, _drop=f"attachments-0-file:{tender.plan}").text
    assert tender.plan not in page


def test_an_attachment_without_its_file_is_missed_beside_its_place(tender, sign_in):
    client = sign_in("agency-officer")
    answer = corrects(client, tender, **{"attachments-0-file": ""})
    assert answer.status_code == 422
    assert "Add a file under “File”." in answer.text


def test_another_organisations_file_is_not_published(house, tender, sign_in):
    with house.sessions() as session:
        handler = tendering.actor(session, "buyer-handler")
        theirs = documents.add(session, handler, name="x.pdf", source=PDF, case=None, kind="x", access="private")
        session.commit()
        theirs_id = theirs.id
    answer = corrects(sign_in("agency-officer"), tender, **{"attachments-0-file": theirs_id})
    assert answer.status_code == 422
    with house.sessions() as session:
        assert documents.get(session, theirs_id).access == "private"
