"""Acceptance goes requirement by requirement; what isn't met is put right and reported anew (GPL 41, IR 45, O87 74)."""

import io
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader

from app.foundation import documents
from app.identity.roles import RoleMissing
from app.procurement import acceptance, contracts, projects, standings
from app.procurement.projects import LotState


def test_a_reported_delivery_is_to_be_accepted_in_the_agreed_time(deliver):
    # Wednesday 8 April: seven working days end on Friday 17 April.
    assert deliver().accept_by_on == date(2026, 4, 17)


def test_a_delivery_in_which_everything_is_met_is_accepted(session, active, deliver, accept):
    deliver()
    assert accept().accepted
    assert active.lot.state == LotState.ACCEPTED
    assert acceptance.accepted(session, active.id) is not None


def test_one_requirement_that_is_not_met_rejects_it(session, active, deliver, accept):
    deliver()
    assert not accept(missed=["T2"]).accepted
    assert active.lot.state == LotState.PERFORMING
    assert acceptance.accepted(session, active.id) is None


def test_a_rejected_delivery_is_put_right_and_reported_anew(session, active, deliver, accept):
    deliver()
    accept(missed=["T2"])
    assert deliver(note="显示器已更换").number == 2
    assert accept().accepted
    assert [d.acceptance.accepted for d in acceptance.of_contract(session, active.id)] == [False, True]


def test_ir_45_the_sheet_says_of_each_requirement_whether_it_is_met(session, deliver, accept):
    deliver()
    sheet = documents.read(session, accept(missed=["T2"]).document_zh_id)
    text = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(sheet)).pages).split())
    assert "验收不合格" in text
    assert text.count("现场测试记录") == 3


def test_ir_45_a_requirement_is_not_passed_over(deliver, accept, active):
    deliver()
    rows = [acceptance.Row(row["id"], True, "x") for row in acceptance.requirements_of(active)]
    with pytest.raises(acceptance.RowsIncomplete) as refused:
        accept(rows=rows[1:])
    assert "T1" in refused.value.sentence.en


def test_ir_45_each_judgement_has_its_evidence(deliver, accept, active):
    deliver()
    rows = [acceptance.Row(row["id"], True, " ") for row in acceptance.requirements_of(active)]
    with pytest.raises(acceptance.EvidenceMissing):
        accept(rows=rows)


def test_nothing_is_accepted_that_was_not_reported(accept):
    with pytest.raises(acceptance.NothingDelivered):
        accept()


def test_a_delivery_is_decided_on_once(deliver, accept):
    deliver()
    accept()
    with pytest.raises(acceptance.NothingDelivered):
        accept()


def test_nothing_is_reported_twice(deliver):
    deliver()
    with pytest.raises(acceptance.DeliveryOpen):
        deliver()


@pytest.mark.parametrize("day", [date(2026, 4, 7), date(2026, 4, 9)], ids=["before the contract", "tomorrow"])
def test_a_delivery_lies_between_the_contract_and_today(deliver, day):
    with pytest.raises(acceptance.DeliveryInFuture):
        deliver(delivered_on=day)


def test_nothing_is_delivered_under_a_contract_that_is_not_published(session, people, contract):
    with pytest.raises(contracts.ContractNotOpen):
        acceptance.report(session, people["bidder"], contract_id=contract.id, delivered_on=date(2026, 4, 8), note="x")


def test_the_supplier_does_not_accept_its_own_delivery(people, deliver, accept):
    deliver()
    with pytest.raises(RoleMissing):
        accept(actor=people["bidder"])


def test_the_rating_counts_once_the_contract_is_accepted(session, active, deliver, accept):
    deliver()
    accept(missed=["T2"], rating=1)
    assert standings.of(session, active.supplier_id, date(2026, 4, 8)).rating is None
    deliver()
    accept(rating=4)
    standing = standings.of(session, active.supplier_id, date(2026, 4, 8))
    assert (standing.rating, standing.rated) == (Decimal("4.0"), 1)
    assert (standing.contracts, standing.amount) == (1, Decimal("560000.00"))
    [(contract, accepted)] = acceptance.feedback_on(session, active.supplier_id)
    assert (contract, accepted.feedback) == (active, "交货及时")


def test_suppliers_are_listed_by_how_they_stand(session, active):
    found, total = standings.find(session, date(2026, 4, 8), state="active", search="供应商")
    assert (total, found[0].organisation.id) == (1, active.supplier_id)
    assert standings.find(session, date(2026, 4, 8), state="excluded") == ([], 0)


# -- the acceptance group, and the supplier's word


def member(name="刘组长", **options):
    values = {"organisation": "江城市第一人民医院", "role": "leader", "opinion": "agree", **options}
    return acceptance.NewMember(name, **values)


GROUP = (
    member(),
    member("孙专家", organisation="江城大学", role="expert", opinion="dissent", reasons="噪声未测"),
    member("钱代表", organisation="江城检测有限公司", role="third_party"),
)


def text_of(session, document_id):
    pages = PdfReader(io.BytesIO(documents.read(session, document_id))).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_the_group_s_members_stand_on_the_certificate_with_their_opinions(session, deliver, accept):
    deliver()
    accepted = accept(members=GROUP, signed_sheets=["sheet"])
    assert [(m.name, m.opinion, m.reasons) for m in accepted.members] == [
        ("刘组长", "agree", ""),
        ("孙专家", "dissent", "噪声未测"),
        ("钱代表", "agree", ""),
    ]
    said = text_of(session, accepted.document_zh_id)
    assert all(words in said for words in ("验收小组", "孙专家", "江城大学", "不同意验收结论", "噪声未测", "见签字页"))


@pytest.mark.parametrize(
    "members",
    [
        (member(role="member"),),
        (member(), member("王组长")),
        (member(), member(role="member")),
        (member(), member("李成员", role="member", opinion="dissent")),
    ],
    ids=["nobody heads it", "two heads", "one twice", "a dissent without reasons"],
)
def test_a_group_is_whole(deliver, accept, members):
    deliver()
    with pytest.raises(acceptance.GroupInvalid) as refused:
        accept(members=members, signed_sheets=["sheet"])
    assert refused.value.field == "members"


def test_nobody_of_the_supplier_is_in_the_group(active, deliver, accept):
    deliver()
    own = member("赵销售", role="member", organisation=active.supplier.name.zh)
    with pytest.raises(acceptance.GroupInvalid):
        accept(members=(member(), own), signed_sheets=["sheet"])


def test_each_member_signs(deliver, accept):
    deliver()
    with pytest.raises(acceptance.SignedSheetMissing) as refused:
        accept(members=GROUP)
    assert refused.value.field == "signed_sheets"


def test_who_accepts_alone_needs_no_sheet(deliver, accept):
    deliver()
    assert accept().members == []


def test_the_supplier_signs_the_newest_certificate_once(session, active, people, deliver, accept):
    deliver()
    accept(missed=["T2"])
    deliver(note="显示器已更换")
    newest = accept()
    act = {"contract_id": active.id, "opinion": "confirmed"}
    signed = acceptance.countersign(session, people["signer"], **act)
    assert (signed.number, signed.supplier_signed_by_name) == (newest.number, people["signer"].name)
    with pytest.raises(acceptance.NothingToSign):
        acceptance.countersign(session, people["signer"], **act)


def test_an_objection_has_its_reasons_and_changes_no_decision(session, active, people, deliver, accept):
    deliver()
    rejected = accept(missed=["T2"])
    act = {"contract_id": active.id, "opinion": "objects"}
    with pytest.raises(projects.ReasonsMissing):
        acceptance.countersign(session, people["signer"], reasons=" ", **act)
    acceptance.countersign(session, people["signer"], reasons="尺寸合格", **act)
    assert (rejected.accepted, rejected.supplier_reasons) == (False, "尺寸合格")


@pytest.mark.parametrize("who", ["bidder", "officer"])
def test_only_the_supplier_s_signer_signs_for_it(session, active, people, deliver, accept, who):
    deliver()
    accept()
    with pytest.raises(RoleMissing):
        acceptance.countersign(session, people[who], contract_id=active.id, opinion="confirmed")
