"""Suppliers on the site: they register, take documents, ask, pay bonds, write, seal, replace and withdraw bids, and see the opening."""

import io
import json
import re

import lxml.html
import pytest
from sqlalchemy import select

from app.foundation import outbox
from app.identity import accounts, resets
from app.procurement import bids, bonds, projects, suppliers, tenders
from app.procurement.bids import BidState
from app.web.supplier import progress
from tests import seals
from tests.procurement import bank
from tests.web import tendering
from tests.web.conftest import CODES

USCC = "91510700MA6C1C3105"


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def world(house, town, virtual_clock):
    return tendering.published(house, town, virtual_clock)


@pytest.fixture
def writer(sign_in, world):
    """A bid writer's browser."""
    return sign_in("supplier-bidder")


@pytest.fixture
def signer(sign_in, world):
    """A signer's browser: who binds the company by a bid."""
    return sign_in("supplier-signer")


@pytest.fixture
def draft(writer, world):
    """Types a complete bid, unless told otherwise, and goes on to the check; gives the check's page."""

    def act(client=writer, **changes):
        fields = tendering.typed(world, **changes)
        answer = client.submit(f"/supplier/lots/{world.lot_id}/bid", _check="1", **fields)
        assert answer.status_code == 303
        return client.get(answer.location)

    return act


@pytest.fixture
def key_of(signer, world):
    """The key of the form that seals."""

    def act():
        page = signer.get(f"/supplier/lots/{world.lot_id}/bid/check").text
        return re.search(r'name="_key" value="([^"]+)"', page).group(1)

    return act


@pytest.fixture
def seal(writer, signer, world, draft, key_of):
    """The writer writes and checks, the signer seals; gives the receipt's page."""

    def act(**changes):
        draft(**changes)
        key = key_of()
        answer = signer.submit(f"/supplier/lots/{world.lot_id}/bid/submit", _key=key)
        assert answer.status_code == 303, answer.text
        return writer.get(answer.location)

    return act


@pytest.fixture
def standing(house, world, town):
    """The supplier's bid as the database has it."""

    def act():
        with house.sessions() as session:
            return bids.of_supplier(session, world.lot_id, town.supplier)

    return act


def at_deadline(world, virtual_clock, *clients):
    """Turn to the deadline; the sessions of three weeks ago are over, so everybody signs in again."""
    virtual_clock.turn_to(world.deadline)
    for client, login in clients:
        client.sign_in(login)


# -- registration


COMPANY = {
    "uscc": USCC,
    "name_zh": "明和医疗科技有限公司",
    "legal_representative": "明建国",
    "scale": "small",
    "welfare": "none",
    "person": "明月",
    "login": "ming",
    "email": "ming@example.org",
}


def test_anybody_registers_and_sets_a_password_by_the_mailed_link(client, house):
    answer = client.submit("/register", conditions=["1", "2", "3", "4", "5", "6"], **COMPANY)
    assert "Your registration has been submitted" in answer.text
    with house.sessions() as session:
        mail = session.scalars(select(outbox.Outgoing)).one()
    assert mail.content["to"] == ["ming@example.org"]
    sent = resets.Links("for tests", "").filled(mail)
    assert client.get(re.search(r"/set-password/\S+", sent.content["body"])[0]).status_code == 200


def test_the_link_itself_is_not_shown_where_mails_are_sent(client):
    answer = client.submit("/register", conditions=["1", "2", "3", "4", "5", "6"], **COMPANY)
    assert "/set-password/" not in answer.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"uscc": "91510700MA6C1C3106"}, "unified social credit code"),
        ({"conditions": ["1"]}, "All six declarations"),
        ({"name_zh": ""}, "Enter the company"),
        ({"scale": ""}, "size of the company"),
        ({"person": ""}, "Enter the person"),
        ({"email": ""}, "mail address"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, change, said):
    values = {"conditions": ["1", "2", "3", "4", "5", "6"], **COMPANY, **change}
    answer = client.submit("/register", **values)
    assert (answer.status_code >= 400, said in answer.text) == (True, True)
    assert "明建国" in answer.text


def registered(client, **changes):
    """What a stranger reads who registers, without what they typed and the form's token."""
    values = {**COMPANY, "conditions": list("123456"), **changes}
    answer = client.submit("/register", **values)
    return answer.status_code, re.sub(r'(nonce|content|value)="[^"]*"', "", answer.text)


@pytest.mark.parametrize("kind", CODES)
def test_the_page_tells_nobody_whether_a_code_or_a_name_is_known(client, sign_in, town, kind):
    is_new = registered(client)
    assert registered(client, uscc=CODES[kind], login="somebody") == is_new
    assert registered(client, uscc="91110000600037341L", login="registrar") == is_new


def test_who_registers_a_known_code_is_told_by_mail_and_so_is_its_administrator(client, house, town):
    registered(client, uscc=CODES["supplier"])
    with house.sessions() as session:
        sent = {mail.content["to"][0]: mail.content["body"] for mail in session.scalars(select(outbox.Outgoing))}
        assert accounts.by_login(session, "ming") is None
    assert "registered already" in sent["ming@example.org"]
    assert "ming@example.org" in sent["supplier-admin@example.org"]


def test_a_taken_sign_in_name_gets_a_number_which_the_mail_says(client, house, town):
    registered(client, login="registrar")
    with house.sessions() as session:
        (mail,) = session.scalars(select(outbox.Outgoing))
        assert accounts.by_login(session, "registrar-2").email == "ming@example.org"
    assert "registrar-2" in mail.content["body"]


def test_a_code_that_fails_its_check_is_registered_with_a_paper(client, house, sign_in, app):
    odd = {**COMPANY, "uscc": "91350203M0001QKT19", "conditions": list("123456")}
    assert "its check character is wrong" in client.submit("/register", **odd).text
    assert client.submit("/register", **odd, code_is_right="true").status_code == 200
    registrar = sign_in("registrar")
    address = re.search(r'href="(/registrations/\w+)"', registrar.get("/registrations?state=declared").text)[1]
    assert registrar.submit(address, decision="approve").status_code == 422
    own = app.test_client().sign_in("ming")
    data = {"csrf_token": own.token(), "paper": (io.BytesIO(b"%PDF-1.7"), "执照.pdf")}
    assert own.post("/supplier/company/paper", data=data).status_code == 303
    assert registrar.get(f"{address}/paper").data == b"%PDF-1.7"
    assert registrar.submit(address, decision="approve").status_code == 303


def test_the_registrar_accepts_and_the_certificate_can_be_had(client, sign_in, house):
    client.submit("/register", conditions=list("123456"), **COMPANY)
    registrar = sign_in("registrar")
    address = re.search(r'href="(/registrations/\w+)"', registrar.get("/registrations?state=declared").text)[1]
    assert "明建国" in registrar.get(address).text
    assert registrar.submit(address, decision="approve").status_code == 303
    assert registrar.get(f"{address}/certificate.pdf").data.startswith(b"%PDF-")
    assert sealed(house, registrar.get(f"{address}/certificate.pdf?lang=zh").data) == ["平台管理办公室"]


def test_a_returned_registration_is_declared_again_under_my_company(house, town, sign_in, world):
    with house.sessions() as session:
        suppliers.of_organisation(session, town.supplier).state = "returned"
        session.commit()
    administrator = sign_in("supplier-admin")
    values = {key: COMPANY[key] for key in ("name_zh", "legal_representative", "scale", "welfare")}
    assert administrator.submit("/supplier/company", conditions=["1"], **values).status_code == 422
    assert administrator.submit("/supplier/company", conditions=list("123456"), **values).status_code == 303
    assert "Your registration is being reviewed" in administrator.get("/supplier/company").text


def test_a_return_needs_reasons(client, sign_in):
    client.submit("/register", conditions=list("123456"), **COMPANY)
    registrar = sign_in("registrar")
    address = re.search(r'href="(/registrations/\w+)"', registrar.get("/registrations").text)[1]
    assert registrar.submit(address, decision="return", reasons="").status_code == 422
    assert registrar.submit(address).status_code == 422


# -- tenders


def test_open_tenders_are_found_and_documents_taken_without_anybody_told(writer, house, world):
    page = writer.get("/supplier/tenders?q=Ultrasound").text
    assert f"/supplier/tenders/{world.tender_id}" in page
    writer.submit(f"/supplier/tenders/{world.tender_id}/documents")
    with house.sessions() as session:
        assert session.scalars(select(tenders.DocumentAccess)).one().tender_id == world.tender_id
    assert "You got them on" in writer.get(f"/supplier/tenders/{world.tender_id}").text


def test_a_question_stands_without_its_asker(writer, sign_in, world, monkeypatch):
    # No procedure runs for this tender; that the agency gets its task is shown in tests/workflow/test_bidding.py.
    monkeypatch.setattr("app.workflow.questions.messages.send", lambda *_, **__: None)
    writer.submit(f"/supplier/tenders/{world.tender_id}/questions", text="Is training included?")
    assert "yours" in writer.get(f"/supplier/tenders/{world.tender_id}").text
    other = sign_in("agency-officer").get(f"/tenders/{world.tender_id}/questions").text
    assert ("Is training included?" in other, "Hengxin" in other) == (True, False)


def test_an_empty_question_is_refused_on_the_page(writer, world):
    assert writer.submit(f"/supplier/tenders/{world.tender_id}/questions", text=" ").status_code == 422


def test_a_tender_that_isnt_published_isnt_there(writer, house, world):
    with house.sessions() as session:
        tenders.get(session, world.tender_id).published_at = None
        session.commit()
    assert writer.get(f"/supplier/tenders/{world.tender_id}").status_code == 404
    assert writer.get(f"/supplier/lots/{world.lot_id}/bid").status_code == 404


# -- the editor


def test_what_is_typed_saves_itself(writer, world):
    answer = writer.submit(f"/supplier/lots/{world.lot_id}/bid/draft", **tendering.typed(world, brand="新品牌"))
    assert answer.json["saved_at"]
    assert "新品牌" in writer.get(f"/supplier/lots/{world.lot_id}/bid").text


def test_the_checklist_is_not_green_while_evidence_or_bond_is_missing(writer, world):
    answer = writer.submit(f"/supplier/lots/{world.lot_id}/bid/draft", **tendering.typed(world)).json
    summary = answer["parts"]["summary"]
    assert "Complete, but check 2 points" in re.sub(r"\s+", " ", summary)
    assert re.findall(r'href="([^"]+)">[^<]+</a><span class="tw-tag tw-tag--soon">', summary) == [
        f"/supplier/lots/{world.lot_id}/bid#f-file-T2",
        f"/supplier/lots/{world.lot_id}/bond",
    ]


@pytest.mark.parametrize("spoiled", [{}, {"sme": "small", "price": "x"}, {"domestic": "true", "domestic_share": "1"}])
def test_whatever_is_missing_leads_to_a_field_of_the_page(writer, house, world, spoiled):
    editor = f"/supplier/lots/{world.lot_id}/bid"
    writer.submit(f"{editor}/draft", **spoiled)
    page = writer.get(editor).text
    with house.sessions() as session:
        gaps = bids.gaps(session, tendering.actor(session, "supplier-bidder"), lot_id=world.lot_id)
        lot = projects.lot(session, world.lot_id)
        with writer.application.test_request_context():
            places = [progress.where(gap, lot) for gap in gaps]
    anchors = [place.partition("#")[2] for place in places if place.startswith(f"{editor}#")]
    assert len(anchors) > len(world.requirements)
    assert [anchor for anchor in anchors if f'id="{anchor}"' not in page] == []


def test_files_are_kept_as_they_come_and_can_be_taken_away(writer, world):
    def send():
        data = {"csrf_token": writer.token(), "file": (io.BytesIO(b"%PDF-1.7 brochure"), "彩页.pdf")}
        return writer.post(f"/supplier/lots/{world.lot_id}/bid/files?code=T2", data=data)

    kept = send().json
    assert writer.get(f"/supplier/bid-files/{kept['id']}").data == b"%PDF-1.7 brochure"
    writer.submit(f"/supplier/lots/{world.lot_id}/bid/files/remove", file=kept["id"])
    assert writer.get(f"/supplier/bid-files/{kept['id']}").status_code == 404


def test_without_a_script_files_come_with_the_form(writer, world):
    fields = tendering.typed(world)
    data = {"csrf_token": writer.token(), **fields, "file-T2": (io.BytesIO(b"%PDF-1.7"), "彩页.pdf"), "_save": "1"}
    answer = writer.post(f"/supplier/lots/{world.lot_id}/bid", data=data, content_type="multipart/form-data")
    assert "彩页.pdf" in writer.get(answer.location).text


def test_nobody_else_reaches_the_draft(writer, house, app, world):
    data = {"csrf_token": writer.token(), "file": (io.BytesIO(b"x"), "a.txt")}
    file_id = writer.post(f"/supplier/lots/{world.lot_id}/bid/files", data=data).json["id"]
    with house.sessions() as session:
        from app.foundation.actor import SYSTEM
        from app.foundation.text import Text
        from app.identity import accounts, grants, organisations

        other = organisations.register(session, SYSTEM, kind="supplier", uscc=USCC, name=Text("Other", "其他"))
        person = accounts.create(session, SYSTEM, login="other", name="Other", email="other@example.org")
        grants.grant(session, SYSTEM, account_id=person.id, role="supplier-bidder", organisation_id=other.id)
        session.commit()
    stranger = app.test_client().sign_in("other")
    assert stranger.get(f"/supplier/bid-files/{file_id}").status_code == 404
    assert "a.txt" not in stranger.get(f"/supplier/lots/{world.lot_id}/bid").text


def test_the_check_says_what_is_missing_and_offers_no_seal(draft):
    page = draft(price="", **{}).text
    assert "Enter the total price" in page
    assert "Seal and submit</button>" not in page


def test_the_check_says_what_sealing_protects_against_and_what_not(draft):
    page = draft().text
    assert "key service" in page
    assert "protect against" in page


# -- sealed


def sealed(house, pdf):
    with house.sessions() as session:
        return seals.of_file(session, pdf)


def test_a_sealed_bid_has_a_receipt_that_anybody_can_verify(seal, writer, client, standing):
    page = seal().text
    bid = standing()
    assert bid.digest in page
    receipt = writer.get(f"/supplier/bids/{bid.id}/receipt.json")
    assert json.loads(receipt.data)["content"]["sha256"] == bid.digest
    assert writer.get(f"/supplier/bids/{bid.id}/receipt.pdf").data.startswith(b"%PDF-")
    assert "This receipt is genuine" in client.submit("/portal/verify", receipt=receipt.text).text


def test_the_chinese_receipt_on_paper_bears_the_agencys_seal(seal, writer, house, standing):
    seal()
    paper = writer.get(f"/supplier/bids/{standing().id}/receipt.pdf?lang=zh")
    assert sealed(house, paper.data) == ["江城招标有限公司"]


def test_a_changed_or_foreign_text_is_told_apart(seal, writer, client, standing):
    seal()
    receipt = writer.get(f"/supplier/bids/{standing().id}/receipt.json").text
    changed = client.submit("/portal/verify", receipt=receipt.replace('"sequence": 1', '"sequence": 2'))
    assert "changed after it was signed" in changed.text
    assert "cannot be read" in client.submit("/portal/verify", receipt="hello").text


def test_the_key_of_receipts_is_published(client, house):
    assert client.get("/verify/receipt-key.json").json["key"] == house.signer.public_key


@pytest.mark.parametrize(
    "act", ["lots/{lot}/bid/submit", "bids/{bid}/confirm", "bids/{bid}/withdraw"], ids=["seal", "confirm", "withdraw"]
)
def test_who_is_no_signer_can_not_bind_the_company(seal, draft, writer, world, standing, act):
    seal()
    draft()
    before = standing().digest
    answer = writer.submit("/supplier/" + act.format(lot=world.lot_id, bid=standing().id), _key="")
    assert (answer.status_code, standing().digest) == (403, before)


def test_a_bid_writer_hands_the_finished_bid_to_the_signers(draft, writer, signer, world, house):
    assert "Seal and submit</button>" not in draft().text
    answer = writer.submit(f"/supplier/lots/{world.lot_id}/bid/hand-on")
    assert "asked to seal this bid" in writer.get(answer.location).text
    with house.sessions() as session:
        mails = session.scalars(select(outbox.Outgoing).where(outbox.Outgoing.key.startswith("draft:"))).all()
        assert [world.lot_id in str(mail.content) for mail in mails] == [False]
    assert f"/supplier/lots/{world.lot_id}/bid/check" in signer.get("/supplier").text


def test_an_unfinished_bid_is_not_handed_on(draft, writer, world):
    draft(price="")
    assert writer.submit(f"/supplier/lots/{world.lot_id}/bid/hand-on").status_code == 422


def test_sending_the_same_form_twice_seals_once(signer, world, draft, key_of, house):
    draft()
    key = key_of()
    first, second = (signer.submit(f"/supplier/lots/{world.lot_id}/bid/submit", _key=key) for _ in range(2))
    assert first.location == second.location
    with house.sessions() as session:
        assert session.query(bids.Bid).count() == 1


def test_a_bid_that_cannot_be_sealed_stays_a_draft_and_can_be_sent_again(
    signer, world, draft, key_of, standing, monkeypatch
):
    draft()
    key = key_of()
    with monkeypatch.context() as broken:
        broken.setattr("app.sealer.seal", _broken)
        refused = signer.submit(f"/supplier/lots/{world.lot_id}/bid/submit", _key=key)
    assert (refused.status_code, "Your draft is unchanged" in refused.text, standing()) == (503, True, None)
    assert signer.submit(f"/supplier/lots/{world.lot_id}/bid/submit", _key=key_of()).status_code == 303


def _broken(order, pieces):
    raise bids.SealingFailed


def test_a_bid_is_replaced_from_its_copy(seal, writer, world, draft, standing):
    draft(brand="第一次")
    copy = writer.get(f"/supplier/lots/{world.lot_id}/bid/copy").data
    seal()
    data = {"csrf_token": writer.token(), "copy": (io.BytesIO(copy), "copy.tar")}
    writer.post(f"/supplier/lots/{world.lot_id}/bid/copy", data=data)
    assert "第一次" in writer.get(f"/supplier/lots/{world.lot_id}/bid").text
    seal(price="560000", **{f"prices-{world.item_id}": "280000"})
    assert standing().sequence == 2


def test_a_withdrawn_bid_is_gone(seal, writer, signer, standing):
    seal()
    bid = standing()
    signer.submit(f"/supplier/bids/{bid.id}/withdraw")
    assert standing() is None
    assert "Withdrawn" in writer.get(f"/supplier/bids/{bid.id}").text


def test_after_a_change_the_bid_waits_to_be_confirmed(seal, writer, signer, house, town, world, standing):
    from tests.procurement import publishing

    seal()
    with house.sessions() as session:
        tenders.change(
            session,
            tendering.actor(session, "agency-officer"),
            tender_id=world.tender_id,
            reasons="应投标人询问",
            keeper=world.keeper,
            **publishing.documents(more={"delivery_place": "门诊楼"}),
        )
        session.commit()
    bid = standing()
    assert "Must be confirmed" in writer.get("/supplier").text
    signer.submit(f"/supplier/bids/{bid.id}/confirm")
    assert standing().document_version == 2


def test_at_the_deadline_nothing_is_taken_in(draft, key_of, writer, signer, world, virtual_clock, standing):
    draft()
    key = key_of()
    at_deadline(world, virtual_clock, (writer, "supplier-bidder"), (signer, "supplier-signer"))
    answer = signer.submit(f"/supplier/lots/{world.lot_id}/bid/submit", _key=key)
    assert (answer.status_code, standing()) == (422, None)
    assert "deadline has passed" in answer.text
    assert "Not submitted" in writer.get("/supplier").text


def test_another_suppliers_bid_isnt_there(house, world, writer, signer):
    with house.sessions() as session:
        other = tendering.rival(session, world, 1, house.signer)
        session.commit()
    for part in ("", "/receipt.json", "/receipt.pdf"):
        assert writer.get(f"/supplier/bids/{other.id}{part}").status_code == 404
    assert signer.submit(f"/supplier/bids/{other.id}/withdraw").status_code == 404


def test_no_page_of_the_agency_names_a_bidder_before_the_deadline(seal, sign_in, house, world):
    seal()
    with house.sessions() as session:
        tendering.rival(session, world, 1, house.signer)
        session.commit()
    officer = sign_in("agency-officer")
    for address in (f"/tenders/{world.tender_id}", "/bonds", f"/bonds/lots/{world.lot_id}", "/inbox", "/cases"):
        text = officer.get(address).text
        assert not any(name in text for name in ("Hengxin", "恒信", "供应商1")), address


# -- the opening


@pytest.fixture
def opened(seal, writer, house, world, virtual_clock, town):
    """The supplier's bid and two others, opened."""
    with house.sessions() as session:
        for number in (1, 2):
            tendering.rival(session, world, number, house.signer)
        bidder = tendering.actor(session, "supplier-bidder")
        tendering.pay(session, bonds.request(session, bidder, lot_id=world.lot_id))
        session.commit()
    seal()
    at_deadline(world, virtual_clock, (writer, "supplier-bidder"))
    with house.sessions() as session:
        from app.foundation.actor import SYSTEM

        bids.open_all(session, SYSTEM, lot_id=world.lot_id, keeper=world.keeper)
        session.commit()
        return bids.of_supplier(session, world.lot_id, town.supplier)


def test_bidders_see_what_was_read_and_may_object_until_the_record_is_signed(opened, writer, house, world):
    page = writer.get(f"/supplier/bids/{opened.id}").text
    assert "供应商1" in lxml.html.fromstring(page).text_content()
    assert "560,000.00" in page
    assert writer.submit(f"/supplier/bids/{opened.id}/objection", words="").status_code == 422
    writer.submit(f"/supplier/bids/{opened.id}/objection", words="The price was read wrongly")
    assert "The price was read wrongly" in writer.get(f"/supplier/bids/{opened.id}").text
    with house.sessions() as session:
        host = tendering.actor(session, "agency-host")
        bids.sign_opening_record(session, host, lot_id=world.lot_id)
        session.commit()
    assert writer.get(f"/supplier/bids/{opened.id}/opening-record/zh").data.startswith(b"%PDF-")
    assert "Ask about the opening" not in writer.get(f"/supplier/bids/{opened.id}").text


@pytest.mark.parametrize("state", [BidState.UNQUALIFIED, BidState.CANDIDATE, BidState.WINNER])
def test_o87_66_how_the_evaluation_goes_is_not_told_before_the_award(opened, writer, house, state):
    with house.sessions() as session:
        bid = session.get(bids.Bid, opened.id)
        bid.state = state
        from app.procurement import projects

        projects.lot(session, bid.lot_id).state = "decided"
        session.commit()
    assert "Being evaluated" in writer.get(f"/supplier/bids/{opened.id}").text


# -- bonds


def test_the_payment_reference_is_given_once_and_shown_with_the_account(writer, world, house, town):
    writer.submit(f"/supplier/lots/{world.lot_id}/bond")
    with house.sessions() as session:
        bond = bonds.of_supplier(session, world.lot_id, town.supplier)
    page = writer.get(f"/supplier/lots/{world.lot_id}/bond").text
    assert (bond.reference in page, tendering.ACCOUNT in page) == (True, True)
    assert bond.reference in writer.get("/supplier/bonds").text


def guarantee(writer, world, **changes):
    data = {
        "csrf_token": writer.token(),
        "number": "BH-1",
        "issuer": "工商银行",
        "amount": "12,000",
        "valid_until": "2026-06-30",
        "letter": (io.BytesIO(b"%PDF-1.7"), "保函.pdf"),
        **changes,
    }
    return writer.post(f"/supplier/lots/{world.lot_id}/bond/guarantee", data=data)


def test_a_letter_of_guarantee_is_taken_in(writer, world):
    assert guarantee(writer, world).status_code == 303
    assert "Received" in writer.get(f"/supplier/lots/{world.lot_id}/bond").text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "11999"}, "must cover"),
        ({"valid_until": "2026-06-01"}, "must be valid until"),
        ({"number": ""}, "number"),
    ],
)
def test_a_letter_that_isnt_enough_is_said_to_be(writer, world, change, said):
    answer = guarantee(writer, world, **change)
    assert (answer.status_code, said in answer.text) == (422, True)


@pytest.fixture
def officer(sign_in, world):
    return sign_in("agency-officer")


def upload(officer, data):
    form = {"csrf_token": officer.token(), "file": (io.BytesIO(data), "statement.xml")}
    return officer.post("/bonds/statements", data=form)


def test_o87_28_before_the_deadline_the_agency_learns_only_the_sum_of_the_banks_file(
    writer, officer, world, house, town
):
    writer.submit(f"/supplier/lots/{world.lot_id}/bond")
    with house.sessions() as session:
        bond = bonds.of_supplier(session, world.lot_id, town.supplier)
    data = bank.statement(bank.entry(remittance=bond.reference, booked="<DtTm>2026-03-02T11:47:13</DtTm>"))
    assert upload(officer, data).status_code == 303
    listed = officer.get("/bonds").text
    address = re.search(r'href="(/bonds/statements/\w+)"', listed)[1]
    shown = listed + officer.get(address).text
    assert "Not shown before the bid deadline" in listed
    assert not [said for said in ("健源", "Matched to a bid bond", "11:47", "1 credit") if said in shown]
    assert "Received" in writer.get(f"/supplier/lots/{world.lot_id}/bond").text


def test_a_file_that_is_no_statement_is_refused_in_words(officer):
    answer = upload(officer, b"<a/>")
    assert (answer.status_code, "camt.053" in answer.text) == (422, True)


def test_after_the_deadline_bonds_are_seen_and_sent_back(opened, officer, house, world):
    with house.sessions() as session:
        from app.foundation.actor import SYSTEM

        bonds.schedule_all(session, SYSTEM, lot_id=world.lot_id, cause="lost", from_on=opened.received_at.date())
        session.commit()
        waiting = [bond.id for bond in bonds.due_back(session, world.lot_id)]
    page = officer.get(f"/bonds/lots/{world.lot_id}").text
    assert "供应商1" in page
    assert officer.submit(f"/bonds/lots/{world.lot_id}/return").status_code == 422
    assert officer.submit(f"/bonds/lots/{world.lot_id}/return", bonds=waiting).status_code == 303
    file = re.search(r'href="(/documents/\w+)">TW\w+\.pain', officer.get(f"/bonds/lots/{world.lot_id}").text)[1]
    assert b"pain.001.001.09" in officer.get(file).data


def test_a_letter_of_guarantee_is_read_by_the_agency_after_the_deadline(
    writer, officer, world, house, town, virtual_clock
):
    guarantee(writer, world)
    with house.sessions() as session:
        bond = bonds.of_supplier(session, world.lot_id, town.supplier)
    assert officer.get(f"/bonds/bonds/{bond.id}/letter").status_code == 409
    at_deadline(world, virtual_clock, (officer, "agency-officer"))
    assert officer.get(f"/bonds/bonds/{bond.id}/letter").data == b"%PDF-1.7"


def test_the_account_for_bonds_is_checked(officer):
    answer = officer.submit("/bonds/account", holder="江城招标", account="12", bank_name="银行")
    assert (answer.status_code, "5 to 34" in answer.text) == (422, True)


# -- messages


def test_messages_are_what_was_mailed_to_the_person(seal, writer, standing):
    seal()
    assert standing().digest in writer.get("/supplier/messages").text


@pytest.mark.parametrize(
    "address",
    ["/supplier", "/supplier/tenders", "/supplier/bonds", "/supplier/company", "/supplier/messages", "/register"],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_stands_in_both_languages(writer, address, language):
    answer = writer.get(f"{address}?lang={language}")
    assert (answer.status_code, 'lang="zh-Hans"' in answer.text[:400]) == (200, language == "zh")
