"""Signs of collusion: shown to the committee, decided by nobody but people (O87 37)."""

import io
import zipfile
from decimal import Decimal

import pytest

from app.foundation import documents
from app.foundation.actor import SYSTEM
from app.identity import organisations
from app.procurement import bonds, evaluation
from app.procurement.bids import BidFile, BidState
from app.procurement.bids.authors import described
from tests import hostile

IRREGULAR = ("500000.00", "521000.00", "547000.00", "560000.00")


@pytest.fixture
def signs(session, opened):
    def act(prices=IRREGULAR, **options):
        lot = opened(prices, **options)
        return lot, {sign.kind for sign in evaluation.signs(session, lot.id)}

    return act


def test_ordinary_bids_show_no_sign(signs):
    assert signs()[1] == set()


def test_o87_37_6_bonds_from_one_account(session, town, signs):
    lot, _ = signs()
    for bond in bonds.of_lot(session, lot.id)[:2]:
        bond.payer_account = "same"
    session.flush()
    (sign,) = evaluation.signs(session, lot.id)
    assert (sign.kind, set(sign.supplier_ids)) == ("bond_account", set(town.supplier_ids[:2]))


def test_a_bond_of_a_company_that_has_withdrawn_is_compared_with_no_other(session, signs):
    lot, _ = signs()
    for bond in bonds.of_lot(session, lot.id)[:2]:
        bond.payer_account = "same"
    evaluation.bids_in(session, lot.id, "opened")[0].state = BidState.WITHDRAWN
    session.flush()
    assert evaluation.signs(session, lot.id) == []


def test_o87_37_3_the_same_contact(session, town, signs):
    lot, _ = signs()
    for supplier_id in town.supplier_ids[:2]:
        organisations.get(session, supplier_id).contact_phone = "13800000000"
    session.flush()
    (sign,) = evaluation.signs(session, lot.id)
    assert (sign.kind, set(sign.supplier_ids)) == ("contact", set(town.supplier_ids[:2]))


def test_o87_37_4_answers_alike_word_for_word(session, signs):
    lot, _ = signs()
    for bid in evaluation.bids_in(session, lot.id, "opened")[:2]:
        bid.opened.responses[0].value = "我公司承诺提供七乘二十四小时上门服务并在两小时内到达现场"
    session.flush()
    assert [sign.kind for sign in evaluation.signs(session, lot.id)] == ["alike"]


@pytest.mark.parametrize(
    ("prices", "regular"),
    [
        (["100", "110", "120"], True),
        (["100", "110", "121"], True),
        (["100", "110", "125"], False),
        (["100", "110"], False),
        (["100", "100", "100"], False),
    ],
)
def test_o87_37_4_prices_in_regular_steps(prices, regular):
    offered = {str(place): Decimal(price) for place, price in enumerate(prices)}
    assert bool(evaluation.regular_prices(offered)) is regular


def office_file(author):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("docProps/core.xml", f"<x><dc:creator>{author}</dc:creator></x>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "authors"),
    [
        (b"%PDF-1.7\n1 0 obj << /Author (Wang) >>", ["Wang"]),
        (office_file("李某"), ["李某"]),
        (b"plain", []),
    ],
)
def test_the_authors_a_file_names(content, authors):
    assert described(content) == {"authors": authors}


CRAFTED = {
    "locked": hostile.packed(("word/document.xml", b"<a/>"), ("docProps/core.xml", b"<a/>"), flags=1),
    "of an unknown method": hostile.packed(("docProps/core.xml", b"<a/>"), method=99),
    "corrupt": hostile.corrupt(),
    "lying": hostile.endless(),
    "cut off": hostile.packed(("docProps/core.xml", b"<a/>"))[:-30],
}


@pytest.mark.parametrize("content", CRAFTED.values(), ids=CRAFTED)
def test_a_file_that_cant_be_read_is_said_to_be_so_and_stops_nothing(session, signs, content):
    lot, _ = signs()
    bid = evaluation.bids_in(session, lot.id, "opened")[0]
    session.add(BidFile(bid_id=bid.id, name="标书.docx", document_id="", described=described(content)))
    session.flush()
    session.expire_all()
    (sign,) = evaluation.signs(session, lot.id)
    assert (sign.kind, sign.supplier_ids) == ("unreadable", (bid.supplier_id,))
    assert sign.seen.zh.startswith("标书.docx（")


def test_no_file_is_read_at_a_look(session, signs, monkeypatch):
    lot, _ = signs()
    bid = evaluation.bids_in(session, lot.id, "opened")[0]
    session.add(BidFile(bid_id=bid.id, name="a.pdf", document_id="", described=described(b"%PDF-1.7")))
    session.flush()
    monkeypatch.setattr(documents, "read", lambda *_: pytest.fail("a file was read"))
    assert evaluation.signs(session, lot.id) == []


def test_o87_37_1_files_by_one_author(session, signs):
    lot, _ = signs()
    for bid in evaluation.bids_in(session, lot.id, "opened")[:2]:
        document = documents.add(
            session, SYSTEM, name="标书.docx", source=office_file("李某"), case=None, kind="bid", access="private"
        )
        session.add(BidFile(bid_id=bid.id, name="标书.docx", document_id=document.id))
    session.flush()
    session.expire_all()
    assert [sign.kind for sign in evaluation.signs(session, lot.id)] == ["author"]
