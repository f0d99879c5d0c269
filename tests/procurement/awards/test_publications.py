"""The award made public: the notice, the letters, the periods, the bonds, the committee's names (O87 69, IR 43, N46 13)."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from lots import award as make_award
from lots import conform, evaluate, qualify, score
from pypdf import PdfReader

from app.foundation import documents
from app.foundation.actor import SYSTEM
from app.foundation.outbox import Outgoing
from app.identity import accounts, grants
from app.procurement import awards, bonds, evaluation, experts
from app.procurement.bids import BidState
from app.procurement.bonds import BondState
from app.procurement.projects import LotState
from app.workflow import drawing


@pytest.fixture
def published(session, town, committee, remembered):
    def act(**options):
        def make():
            lot, members = committee(**options)
            return lot, make_award(session, town, lot.id, members)

        return remembered(f"published {options}", make)

    return act


def test_o87_69_the_notice_says_what_it_must(session, tender, published):
    _, award = published(sme=["small", None, None, None])
    (notice,) = [notice for notice in tender.notices if notice.kind == "award"]
    assert notice.content["price"] == "500000.00"
    assert len(notice.content["experts"]) == 5
    assert (notice.content["sme"], notice.content["documents"]["version"]) == ("small", 1)
    assert notice.ends_on == award.notice_ends_on


def test_the_query_window_is_seven_working_days_after_one_of_notice(published):
    _, award = published()
    # Published on Wednesday 25 March: notice to Thursday 26, then seven working days; Monday 6 April is Qingming's.
    assert (award.notice_ends_on, award.query_until_on) == (date(2026, 3, 26), date(2026, 4, 7))


def test_o87_69_the_committee_is_no_longer_secret(session, published):
    lot, _ = published()
    assert experts.verify(experts.record(session, lot.id)) == []


def test_the_lot_goes_on_and_the_bids_have_their_ends(session, published):
    lot, _ = published()
    assert lot.state == LotState.NOTIFIED
    states = {bid.state for bid in evaluation.bids_in(session, lot.id, *BidState)}
    assert states == {BidState.WINNER, BidState.LOST}


def test_o87_69_losers_are_told_their_own_score_and_rank_and_no_other(session, town, published):
    lot, _ = published()
    letter = awards.letter_of(session, town.bidders[1], lot.id)
    assert (letter.won, letter.total, letter.rank) == (False, Decimal("98.46"), 2)
    assert awards.letter_of(session, town.handler, lot.id) is None


def test_o87_69_who_was_rejected_is_told_why(session, town, committee):
    lot, members = committee()
    bids = evaluation.bids_in(session, lot.id, BidState.OPENED)
    qualify(session, town, lot.id, missed=[bids[3].id])
    for member in members:
        conform(session, member, lot.id)
    evaluation.settle_conformity(session, SYSTEM, lot_id=lot.id)
    for member in members:
        score(session, member, lot.id)
    evaluation.total(session, SYSTEM, lot_id=lot.id)
    for member in members:
        evaluation.sign_report(session, member, lot_id=lot.id, decision="agree")
    evaluation.deliver(session, SYSTEM, lot_id=lot.id)
    awards.confirm(session, town.reviewer, lot_id=lot.id, bid_id=bids[0].id)
    awards.publish(session, SYSTEM, lot_id=lot.id)
    letter = awards.letter_of(session, town.bidders[3], lot.id)
    assert (letter.total, letter.rank) == (None, None)
    assert "Licence to sell medical devices" in letter.reasons["en"]
    assert "未提供证明" in letter.reasons["zh"]


def test_every_bidder_has_a_letter_as_a_paper_in_both_languages(session, town, published):
    lot, award = published()
    assert len(award.letters) == 4
    winner = awards.letter_of(session, town.bidders[0], lot.id)
    paper = documents.get(session, winner.document_zh_id)
    assert paper.name.startswith("中标通知书")
    assert paper.organisation_id == town.supplier_ids[0]
    assert documents.read(session, winner.document_en_id).startswith(b"%PDF")


def test_no_two_letters_have_the_same_name(session, town, published):
    _, award = published()
    ids = [document for letter in award.letters for document in (letter.document_zh_id, letter.document_en_id)]
    assert len({documents.get(session, document).name for document in ids}) == 2 * len(award.letters)


def test_the_report_is_kept_as_a_paper(session, town, committee):
    lot, members = committee(brand=["海光", "海光", "", ""], sme=["small", None, None, None])
    report = evaluate(session, town, lot.id, members)
    assert documents.read(session, report.document_zh_id).startswith(b"%PDF")
    assert documents.get(session, report.document_en_id).kind == "evaluation_report"


def test_the_bidders_are_told_by_mail(session, town, committee):
    account = accounts.create(session, SYSTEM, login="seller", name="seller", email="seller@example.com", language="en")
    grants.grant(session, SYSTEM, account_id=account.id, role="supplier-bidder", organisation_id=town.supplier_ids[0])
    lot, members = committee()
    make_award(session, town, lot.id, members)
    (mail,) = session.query(Outgoing).filter(Outgoing.key.startswith("award:"))
    assert mail.content["subject"].startswith("Award: ")


def test_the_losers_bonds_wait_to_go_back_and_the_winner_s_stays(session, town, published):
    lot, _ = published()
    states = {bond.supplier_id: (bond.state, bond.return_due_on) for bond in bonds.of_lot(session, lot.id)}
    assert states[town.supplier_ids[0]] == (BondState.HELD, None)
    assert states[town.supplier_ids[1]] == (BondState.DUE_BACK, date(2026, 4, 1))


def test_publishing_again_changes_nothing(session, published):
    lot, award = published()
    assert awards.publish(session, SYSTEM, lot_id=lot.id) is award
    assert len(award.letters) == 4


def test_ir_54_no_contract_while_the_result_is_queried(session, published, virtual_clock):
    lot, _ = published()
    awards.pause(session, lot_id=lot.id, cause="query", cause_id="q1")
    session.commit()
    virtual_clock.turn_to(datetime(2026, 4, 8, tzinfo=UTC))
    with pytest.raises(awards.SigningPaused):
        awards.require_concludable(session, lot.id)
    awards.resume(session, cause="query", cause_id="q1")
    assert awards.require_concludable(session, lot.id).lot_id == lot.id


def test_no_contract_before_the_query_window_ends(session, published, virtual_clock):
    lot, _ = published()
    session.commit()
    virtual_clock.turn(timedelta(days=1))
    with pytest.raises(awards.WindowOpen):
        awards.require_concludable(session, lot.id)


def test_a_changed_award_is_published_anew(session, town, published):
    lot, _ = published()
    awards.revoke(session, SYSTEM, lot_id=lot.id, reason="质疑成立")
    awards.confirm(session, town.reviewer, lot_id=lot.id, bid_id=awards.left(session, lot.id)[0].bid_id)
    second = awards.publish(session, SYSTEM, lot_id=lot.id)
    assert awards.letter_of(session, town.bidders[1], lot.id).won
    assert (awards.of_lot(session, lot.id), len(awards.all_of_lot(session, lot.id))) == (second, 2)


def read(session, document_id):
    """The text of a kept paper without its line breaks and spaces."""
    pages = PdfReader(io.BytesIO(documents.read(session, document_id))).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_a_ranked_loser_is_not_told_that_its_bid_was_rejected(session, town, published):
    lot, _ = published()
    letter = awards.letter_of(session, town.bidders[1], lot.id)
    text = read(session, letter.document_zh_id)
    assert "未中标原因" in text
    assert "审查" not in text
    assert "24时前" in text


def test_a_mail_of_the_result_is_a_letter(session, town, committee):
    account = accounts.create(session, SYSTEM, login="loser", name="loser", email="loser@example.com")
    grants.grant(session, SYSTEM, account_id=account.id, role="supplier-bidder", organisation_id=town.supplier_ids[1])
    lot, members = committee()
    make_award(session, town, lot.id, members)
    (mail,) = session.query(Outgoing).filter(Outgoing.key.startswith("award:"))
    body = mail.content["body"]
    assert body.startswith("供应商")
    assert "（含当日）前" in body
    assert f"项目编号：{lot.project.number}" in body
    assert "http" in body
    assert not re.search(r"\d{4}-\d{2}-\d{2}(?!\d)", body)


def test_the_report_is_the_committees_and_holds_its_members_score_sheets(session, town, committee):
    lot, members = committee()
    report = evaluate(session, town, lot.id, members)
    text = read(session, report.document_zh_id)
    assert "评标委员会成员个人评分" in text
    assert text.count("成员：") == len(members)
    assert "开标记录和投标人名单" in text


def test_the_award_notice_is_a_paper_from_the_same_datum_as_the_page(session, town, tender, published):
    _, award = published()
    notice = next(each for each in tender.notices if each.id == award.notice_id)
    drawing.notice(session, town.officer, notice, tender)
    text = read(session, notice.document_zh_id)
    said = (
        "中标人",
        "代理服务收费",
        "评审专家名单",
        "规格型号、服务要求",
        "招标文件摘要",
        "质疑截止日期（含当日）",
        "采购代理机构信息",
    )
    assert [words for words in said if words not in text] == []
    assert notice.content["agency_fee"]["amount"] in text.replace(",", "")
