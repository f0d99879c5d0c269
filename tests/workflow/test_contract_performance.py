"""From the award to the money, through the real diagram: contract, delivery, acceptance, payment, and what goes wrong."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.demonstration import lives, town
from app.engine import instances, tasks
from app.engine.inbox import Filters
from app.engine.records import OpenTaskRow
from app.foundation import clock, documents
from app.foundation.actor import SYSTEM
from app.foundation.outbox import Outgoing
from app.foundation.workdays import end_of, local_day
from app.identity import organisations
from app.procurement import acceptance, awards, bonds, contracts, payments, projects, tenders
from app.procurement.bids import Bid, BidPrice, BidResponse, BidState, OpenedBid
from app.procurement.bonds import Bond, BondState
from app.procurement.contracts import ContractState
from app.procurement.payments import InvoiceState
from app.procurement.projects import LotState
from tests import memory, seals

PRICE = Decimal("445000.00")


@pytest.fixture
def reached(play, case):
    """Brings a case that begins with Minghe's award, on the day it became final, to a step; gives the contract's id.

    The contract is drawn up (``award``), signed and published (``publish``), its delivery is accepted (``accept``),
    its payment is asked for and approved (``approve``).
    """

    def act(step):
        steps = (award, publish, accept, approve)
        taken = steps[: [each.__name__ for each in steps].index(step) + 1]
        memory.played(play, case, (*lives.FIRST_HALF, *taken))
        with play.looking() as session:
            return contracts.of_lot(session, lives._tender(play, session).project.lots[0].id).id

    return act


@pytest.fixture
def contract_id(reached):
    """A contract that waits to be signed."""
    return reached("award")


def award(play, case):
    with play.acting("qian") as (session, actor):
        tender = lives._tender(play, session)
        instances.cancel(play.house.engine, session, actor, play.instance_id, "begun anew at the award")
        award = awarded(session, tender, town.actor(session, "ming").organisation_id)
        with_account(session, town.actor(session, "sun"))
        parties = {
            "project_id": tender.project_id,
            "lot_id": award.lot_id,
            "buyer_id": tender.buyer_id,
            "agency_id": tender.agency_id,
            "finance_id": tender.project.finance_id,
            "supplier_id": award.supplier_id,
        }
        row = instances.start(
            play.house.engine, session, SYSTEM, "contract_performance", parties, tender.project.number
        )
        play.instance_id, play._told = row.id, 0


def publish(play, case):
    sign_and_publish(play)


def accept(play, case):
    deliver_and_accept(play)


def approve(play, case):
    ask_for_payment(play)
    check_and_approve(play)


def with_account(session, agent):
    bonds.set_account(
        session, agent, holder="江城公共采购代理有限公司", account="51050110462500000123", bank_name="建设银行"
    )


def awarded(session, tender, supplier_id):
    """The rows that opening, evaluation and award leave behind."""
    lot, now = tender.project.lots[0], clock.now(session)
    bid = Bid(
        lot_id=lot.id,
        supplier_id=supplier_id,
        sequence=1,
        state=BidState.WINNER,
        digest="0" * 64,
        size=1,
        document_version=1,
        account_id="x",
        received_at=now,
    )
    session.add(bid)
    session.flush()
    session.add(OpenedBid(bid_id=bid.id, price=PRICE, content={}, opened_at=now))
    session.flush()
    for item, unit_price in zip(lot.items, ("265000.00", "45000.00"), strict=True):
        session.add(BidPrice(bid_id=bid.id, item_id=item.id, unit_price=Decimal(unit_price)))
    for requirement in tender.requirements:
        session.add(BidResponse(bid_id=bid.id, requirement_id=requirement.id, value="满足"))
    session.add(
        Bond(
            lot_id=lot.id,
            supplier_id=supplier_id,
            reference="RF18MING",
            kind="transfer",
            amount=Decimal(12000),
            state=BondState.HELD,
            requested_at=now,
            arrived_at=now,
            payer_name="明和医疗科技有限公司",
            payer_account="6222000033334444",
            payer_bank="102651000000",
        )
    )
    lot.state = LotState.NOTIFIED
    yesterday = local_day(now) - timedelta(days=1)
    award = awards.Award(
        lot_id=lot.id,
        bid_id=bid.id,
        supplier_id=supplier_id,
        price=PRICE,
        state=awards.AwardState.PUBLISHED,
        decided_by="x",
        decided_at=now,
        notice_due_on=yesterday,
        published_at=now - timedelta(days=9),
        notice_ends_on=yesterday,
        query_until_on=yesterday,
    )
    session.add(award)
    session.flush()
    return award


def looked_up(play, find):
    with play.looking() as session:
        return find(session)


def contract_of(play, contract_id):
    return looked_up(play, lambda session: contracts.get(session, contract_id))


def sign_and_publish(play, **published):
    play.do("jia", "sign_contract_supplier", {"agreed": True})
    play.do("wu", "sign_contract_buyer", {"agreed": True})
    play.do("wu", "publish_contract", published)


def secure(play):
    """The winner lodges its performance bond, unless it did before."""
    with play.looking() as session:
        lot_id = session.scalars(select(contracts.Contract.lot_id)).one()
    lives.secure(play, lot_id)


def deliver_and_accept(play, *, missed=()):
    """Reports the delivery; the buyer judges each requirement, those at the places ``missed`` as not met."""
    secure(play)
    play.do("ming", "report_delivery", {"note": "已完成全年维保服务"})
    judge(play, missed=missed)


def judge(play, *, missed=()):
    """The buyer judges each requirement of what was delivered."""

    def judged(shown):
        rows = [
            {**row, "result": "not_met" if place in missed else "met", "evidence": "维保记录"}
            for place, row in enumerate(shown.values["rows"])
        ]
        return {"rows": rows, "rating": "4", "feedback": "响应及时"}

    play.do("wu", "accept_delivery", judged)


def ask_for_payment(play, number="25512000000000000001", element_id="request_payment", **options):
    with play.acting("jia") as (session, actor):
        invoice = documents.add(
            session, actor, name="发票.pdf", source=b"%PDF-1.7", case=None, kind="invoice", access="private"
        )
    play.do("jia", element_id, {"invoice_number": number, "attachments": [invoice.id], **options})


def check_and_approve(play):
    play.do("zheng", "check_payment", {"decision": "pass"})
    play.do("liu", "approve_payment", {"agreed": True})


@pytest.fixture
def overdue(play, reached):
    """A delivery that the buyer should have judged by yesterday: the contract's id."""
    contract_id = reached("publish")
    secure(play)
    play.do("ming", "report_delivery", {"note": "已完成全年维保服务"})
    delivery = looked_up(play, lambda session: acceptance.latest(session, contract_id))
    play.turn_to(end_of(delivery.accept_by_on) + timedelta(hours=9))
    return contract_id


def test_smepay_10_a_smaller_enterprise_applies_and_is_paid_while_the_acceptance_is_overdue(play, overdue):
    assert play.open() == ["accept_delivery", "apply_early"]
    ask_for_payment(play, element_id="apply_early")
    check_and_approve(play)
    play.do("bai", "pay", {"bank_reference": "B-1"})
    assert (play.state, play.open()) == ("active", ["accept_delivery"])
    judge(play)
    assert play.state == "completed"


def test_who_didnt_apply_before_a_late_acceptance_applies_after_it(play, overdue):
    judge(play)
    assert play.open() == ["request_payment"]


def test_smepay_10_a_late_acceptance_is_escalated_to_the_buyers_reviewer(play, overdue):
    told = looked_up(
        play, lambda session: session.query(Outgoing).filter(Outgoing.key.startswith("acceptance-overdue:")).all()
    )
    assert {address for mail in told for address in mail.content["to"]} >= {"zhou@jiangcheng.example"}


def test_a_delivery_accepted_at_once_is_paid_and_the_case_ends(play, reached):
    contract_id = reached("approve")
    play.do("bai", "pay", {"bank_reference": "B-1"})
    contract = contract_of(play, contract_id)
    assert play.state == "completed"
    assert contract.state == ContractState.COMPLETED
    assert looked_up(play, lambda s: projects.lot(s, contract.lot_id).state) == LotState.PAID
    assert play.stages >= {"contract", "acceptance", "payment"}


def test_each_step_of_a_contract_is_due_when_its_period_ends(play, contract_id):
    def due_of(element_id):
        query = select(OpenTaskRow.due_at).where(OpenTaskRow.element_id == element_id)
        return looked_up(play, lambda s: local_day(s.scalars(query).one()))

    assert due_of("sign_contract_supplier") == contract_of(play, contract_id).sign_by_on
    play.do("jia", "sign_contract_supplier", {"agreed": True})
    assert due_of("sign_contract_buyer") == contract_of(play, contract_id).sign_by_on
    play.do("wu", "sign_contract_buyer", {"agreed": True})
    assert due_of("publish_contract") == contract_of(play, contract_id).publish_by_on
    play.do("wu", "publish_contract", {})
    assert due_of("report_delivery") == contract_of(play, contract_id).delivery_due_on
    secure(play)
    play.do("ming", "report_delivery", {"note": "已完成全年维保服务"})
    assert due_of("accept_delivery") == looked_up(play, lambda s: acceptance.latest(s, contract_id).accept_by_on)


def test_without_its_performance_bond_no_delivery_is_reported(play, reached):
    contract_id = reached("publish")
    assert "Performance bond not submitted" in facts_of(play, "ming", "report_delivery")
    with pytest.raises(contracts.PerformanceBondMissing):
        play.do("ming", "report_delivery", {"note": "已完成全年维保服务"})
    secure(play)
    assert looked_up(play, lambda session: contracts.is_lodged(contracts.get(session, contract_id)))
    play.do("ming", "report_delivery", {"note": "已完成全年维保服务"})


def test_the_signed_file_holds_and_the_notice_is_drawn(play, contract_id):
    sign_and_publish(play, secret_clauses=["requirements"], reasons="涉及商业秘密")
    with play.looking() as session:
        contract = contracts.get(session, contract_id)
        assert [check.holds for check in contracts.checks(session, contract)] == [True, True]
        notice = tenders.get(session, contract.tender_id).notices[-1]
        assert documents.get(session, notice.document_zh_id).access == "public"
        assert contract.secret_clauses == ["requirements"]


def test_the_winners_bond_goes_back_with_the_signed_contract(play, reached):
    contract_id = reached("publish")
    contract = contract_of(play, contract_id)
    bond = looked_up(play, lambda s: bonds.of_supplier(s, contract.lot_id, contract.supplier_id))
    assert (bond.state, bond.return_cause) == (BondState.RETURNED, "won")


def test_the_supplier_seals_its_payment_application_and_the_agency_the_list_of_the_bond(play, reached):
    contract = contract_of(play, reached("approve"))
    with play.looking() as session:
        supplier, agency = (
            organisations.get(session, place).name.zh for place in (contract.supplier_id, _agency(session, contract))
        )
        [invoice] = payments.of_contract(session, contract.id)
        [batch] = bonds.batches_of(session, contract.lot_id)
        assert seals.of_document(session, invoice.document_zh_id) == [supplier]
        assert seals.of_document(session, batch.list_zh_id) == [agency]


def _agency(session, contract):
    return tenders.of_lot(session, contract.lot_id).agency_id


def test_a_rejected_delivery_comes_back_until_it_is_accepted(play, reached):
    contract_id = reached("publish")
    deliver_and_accept(play, missed=[0])
    assert play.open() == ["report_delivery"]
    shown = facts_of(play, "ming", "report_delivery")
    assert any(name.startswith("Not met:") for name in shown)
    deliver_and_accept(play)
    rounds = looked_up(play, lambda s: [d.acceptance.accepted for d in acceptance.of_contract(s, contract_id)])
    assert rounds == [False, True]
    assert play.open() == ["request_payment"]


def facts_of(play, login, element_id):
    with play.looking() as session:
        actor = town.actor(session, login)
        [task] = tasks.inbox(session, actor, Filters(element_id=element_id)).rows
        return {name.en: words.en for name, words in tasks.show(play.house.engine, session, actor, task.id).facts}


def notes_of(play, login, element_id):
    with play.looking() as session:
        actor = town.actor(session, login)
        [task] = tasks.inbox(session, actor, Filters(element_id=element_id)).rows
        return {name.en: words.en for name, words in tasks.show(play.house.engine, session, actor, task.id).notes}


def test_a_returned_application_is_made_again(play, reached):
    contract_id = reached("accept")
    ask_for_payment(play)
    play.do("zheng", "check_payment", {"decision": "return", "reasons": "发票抬头有误"})
    assert notes_of(play, "jia", "request_payment")["Returned"] == "发票抬头有误"
    ask_for_payment(play, "25512000000000000002")
    check_and_approve(play)
    play.do("bai", "pay", {"bank_reference": "B-1"})
    states = looked_up(play, lambda s: [each.state for each in payments.of_contract(s, contract_id)])
    assert states == [InvoiceState.RETURNED, InvoiceState.PAID]
    assert play.state == "completed"


def test_a_part_payment_leaves_the_rest_to_be_asked_for(play, reached):
    reached("accept")
    ask_for_payment(play, amount=Decimal("45000.00"))
    check_and_approve(play)
    play.do("bai", "pay", {"bank_reference": "B-1"})
    assert play.open() == ["request_payment"]
    ask_for_payment(play, "25512000000000000002")
    check_and_approve(play)
    play.do("bai", "pay", {"bank_reference": "B-2"})
    assert play.state == "completed"


def test_smepay_17_a_late_payment_is_recorded_and_still_paid_with_interest(play, reached):
    contract_id = reached("approve")
    invoice = looked_up(play, lambda s: payments.of_contract(s, contract_id)[0])
    play.turn_to(end_of(invoice.due_on))
    late = looked_up(play, lambda s: payments.get(s, invoice.id))
    assert late.overdue_at == end_of(invoice.due_on)
    assert play.open() == ["pay"]
    play.turn_to(end_of(invoice.due_on) + timedelta(days=3, hours=1))
    play.do("bai", "pay", {"bank_reference": "B-1"})
    paid = looked_up(play, lambda s: payments.get(s, invoice.id))
    assert paid.interest == PRICE * Decimal("0.0005") * 4
    assert play.state == "completed"


def test_the_payment_task_is_due_when_the_law_says(play, reached):
    contract_id = reached("approve")
    with play.looking() as session:
        invoice = payments.of_contract(session, contract_id)[0]
        [task] = tasks.inbox(session, town.actor(session, "bai"), Filters(element_id="pay")).rows
        assert task.due_at == end_of(invoice.due_on)


def test_each_step_is_offered_to_its_role_and_nobody_else(play, contract_id):
    assert play.has("jia", "sign_contract_supplier")
    assert not play.has("wu", "sign_contract_supplier")
    assert not play.has("kang", "sign_contract_supplier")
    play.do("jia", "sign_contract_supplier", {"agreed": True})
    assert play.has("wu", "sign_contract_buyer")
    assert not play.has("chen", "sign_contract_buyer")


@pytest.mark.parametrize("element_id", ["sign_contract_supplier"])
def test_who_signs_sees_the_contract_and_its_term(play, contract_id, element_id):
    shown = facts_of(play, "jia", element_id)
    assert "four hundred and forty-five thousand yuan" in shown["Price"]
    assert shown["To be signed by"].endswith("(Government Procurement Law, article 46)")
