"""The life of a procurement as scripts: who does what, in order, until a stage is over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demonstration import town
from app.demonstration.cases import Case, Offer
from app.demonstration.players import Play
from app.engine import timers
from app.engine.records import InstanceRow
from app.engine.states import InstanceState
from app.engine.tasks import Shown
from app.foundation import documents
from app.foundation.workdays import ONE_DAY
from app.identity import accounts, grants, organisations
from app.procurement import awards, bids, bonds, contracts, projects, suppliers, tenders
from app.procurement.tenders import Tender
from app.workflow import questions
from app.workflow.documents_form import as_rows

Script = Callable[[Play, Case], None]


def apply(play: Play, case: Case) -> None:
    """The handler applies for the project."""
    play.begin("chen")
    play.do("chen", "apply", case.applied(line_of(play, case)))


def line_of(play: Play, case: Case) -> str:
    """The hospital's budget line of this year for a case."""
    with play.looking() as session:
        code = f"{town.today(session).year}-{case.line}"
        statement = select(projects.BudgetLine.id).where(
            projects.BudgetLine.organisation_id == town.place(session, "hospital").id, projects.BudgetLine.code == code
        )
        return session.scalars(statement).one()


def approve(play: Play, _case: Case) -> None:
    """The reviewer approves, the finance department files."""
    play.later(hours=2)
    play.do("zhou", "review_application", {"decision": "approve"})
    play.next_day()
    play.do("liu", "file_application", {"decision": "file"})


def plan(play: Play, case: Case) -> None:
    """The handler plans, chooses the method, and settles dates that the calendar leaves open."""
    play.next_day()
    play.do("chen", "plan", lambda shown: case.planned(shown.values))
    play.do("chen", "confirm_method", {"method": case.method})
    if play.has("chen", "confirm_timetable"):
        wanted = {name: case.terms[name] for name in ("bid_deadline_at",) if name in case.terms}
        play.do("chen", "confirm_timetable", {"source": "按法定节假日从严推算，采购人确认。", **wanted})


def entrust(play: Play, _case: Case) -> None:
    """Buyer and agency agree and sign."""
    play.later(hours=3)
    play.do("chen", "choose_agency", lambda _shown: {"agency": agency_of(play), "fee": 8000, "fee_payer": "buyer"})
    play.next_day()
    play.do("sun", "sign_agreement_agency", {"decision": "sign"})
    play.do("zhou", "sign_agreement_buyer", {"agreed": True})


def agency_of(play: Play) -> str:
    with play.looking() as session:
        return town.place(session, "agency").id


def draft(play: Play, case: Case) -> None:
    """The agency prepares the documents; they are checked."""
    play.next_day()
    play.do("sun", "prepare_documents", documents_of(case))


def documents_of(case: Case) -> Mapping[str, Any]:
    """What a case's documents say over the template's."""
    return as_rows(case.requirements, case.factors) | dict(case.terms) if case.requirements else {}


def publish(play: Play, _case: Case) -> None:
    """The buyer confirms; with that the notice is published."""
    play.next_day(hour=15)
    play.do("chen", "confirm_documents", {"decision": "confirm"})


def tender_of(play: Play) -> tuple[str, datetime]:
    """The id of the case's tender, and its deadline."""
    with play.looking() as session:
        found = _tender(play, session)
        assert found.bid_deadline_at is not None
        return found.id, found.bid_deadline_at


def _tender(play: Play, session: Session) -> Tender:
    statement = select(projects.Project.id).where(projects.Project.number == number_of(play))
    return tenders.of_project(session, session.scalars(statement).one())


def running(session: Session) -> list[str]:
    """The ids of the cases that are under way."""
    return list(
        session.scalars(
            select(InstanceRow.id).where(InstanceRow.state == InstanceState.ACTIVE).order_by(InstanceRow.id)
        )
    )


def number_of(play: Play) -> str:
    """The number of the case's project."""
    with play.looking() as session:
        key = session.get_one(InstanceRow, play.instance_id).business_key
    assert key is not None, "a case has its number from the application on"
    return key


def ask(play: Play, _case: Case) -> None:
    """A supplier asks, the agency answers to all."""
    play.next_day(2, hour=10)
    put_question(play, "hua", "T3所列备件是否可以由设备制造商直接供应？")
    play.next_day()
    play.do("sun", "answer_question", {"answer": "可以。备件来源须在备件清单中写明。", "effect": "explains"})


def put_question(play: Play, login: str, text: str) -> None:
    """A supplier asks about the documents."""
    tender_id, _ = tender_of(play)
    with play.acting(login) as (session, actor):
        questions.ask(play.house.engine, session, actor, tender_id=tender_id, text=text)


# -- bids


def bid(play: Play, case: Case) -> None:
    """Each supplier asks where to pay its bond, pays, writes its bid and seals it."""
    play.next_day(2)
    for offer in case.offers:
        pay_bond(play, offer)
        play.later(hours=1)
        submit(play, case, offer)


def pay_bond(play: Play, offer: Offer) -> None:
    """A supplier asks for its reference; the agency reads the payment from its bank's statement."""
    lot_id = lots_of(play)[offer.lot]
    with play.acting(offer.login) as (session, actor):
        bond = bonds.request(session, actor, lot_id=lot_id)
        assert actor.organisation_id is not None
        supplier = organisations.get(session, actor.organisation_id)
        registration = suppliers.of_organisation(session, supplier.id)
        paid = bonds.Credit(
            bank_reference=f"BANK{bond.reference}",
            booked_at=bond.requested_at + timedelta(minutes=20),
            amount=bond.amount,
            currency=bond.currency,
            remittance=bond.reference,
            payer_name=supplier.name_zh,
            payer_account=registration.bank_account if registration else "",
            payer_bank="102651000000",
        )
    play.later(minutes=30)
    with play.acting("sun") as (session, actor):
        assert actor.organisation_id is not None
        account = bonds.require_account(session, actor.organisation_id)
        bonds.import_credits(
            session,
            actor,
            statement_id=f"STATEMENT-{paid.remittance}",
            account=account.account,
            digest=hashlib.sha256(paid.remittance.encode()).hexdigest(),
            credits=[paid],
        )


def submit(play: Play, _case: Case, offer: Offer) -> None:
    """A supplier writes its bid for a lot, with the files that are asked for, and seals it."""
    lot_id = lots_of(play)[offer.lot]
    with play.acting(offer.login) as (session, actor):
        bids.save_draft(session, actor, lot_id=lot_id, content=content_of(session, lot_id, offer))
        for requirement in bids.requirements_of(tenders.of_lot(session, lot_id), lot_id):
            if requirement.evidence:
                bids.add_file(
                    session,
                    actor,
                    lot_id=lot_id,
                    name=f"{requirement.code} {requirement.evidence.strip('《》')}.txt",
                    source=f"{requirement.code}：{requirement.evidence}，{actor.name}".encode(),
                    requirement_code=requirement.code,
                )
    seal(play, offer.login, lot_id)


def seal(play: Play, writer: str, lot_id: str) -> None:
    """The bid that somebody wrote is sealed by a signer of their company."""
    with play.looking() as session:
        [signer, *_] = bids.signers_of(session, town.actor(session, writer).organisation_id or "")
    with play.acting(signer.login) as (session, actor):
        bids.submit(session, actor, lot_id=lot_id, signer=play.house.signer)


def content_of(session: Session, lot_id: str, offer: Offer) -> dict[str, Any]:
    """What a supplier types for its bid."""
    lot, tender = projects.lot(session, lot_id), tenders.of_lot(session, lot_id)
    prices = {item.id: Decimal(price) for item, price in zip(lot.items, offer.unit_prices, strict=True)}
    total = sum((item.quantity * prices[item.id] for item in lot.items), Decimal(0))
    registration = suppliers.of_organisation(session, town.actor(session, offer.login).organisation_id or "")
    scale = registration.scale if registration else "none"
    return {
        "price": f"{total:.2f}",
        "prices": {item: f"{price:.2f}" for item, price in prices.items()},
        "responses": {
            requirement.id: {"value": offer.answers.get(requirement.code, f"完全响应：{requirement.text_zh}")}
            for requirement in bids.requirements_of(tender, lot_id)
        },
        "declarations": list(bids.DECLARATIONS),
        "delivery_days": str(tender.delivery_days),
        "validity_days": str(tender.validity_days),
        "sme": scale if scale in bids.SME_KINDS else "none",
        "domestic": True,
    }


def lots_of(play: Play) -> dict[int, str]:
    """The ids of the case's lots, by number."""
    with play.looking() as session:
        return {lot.number: lot.id for lot in _tender(play, session).project.lots}


# -- from the opening to the award


def open_bids(play: Play, _case: Case) -> None:
    """The deadline passes: bids are opened, the host signs the record; who bid for a lot that fails has the bond back."""
    play.turn_to(tender_of(play)[1])
    while play.has("he", "sign_opening_record"):
        play.later(minutes=20)
        play.do("he", "sign_opening_record", {"agreed": True})
    while play.has("sun", "return_all_bonds"):
        play.do("sun", "return_all_bonds", {"agreed": True})


def form_committee(play: Play, _case: Case) -> None:
    """The buyer names its representative, the agency draws the experts, everybody who is called comes."""
    play.later(minutes=10)
    while play.has("zhou", "appoint_representative"):
        play.do("zhou", "appoint_representative", lambda _shown: {"account": _account(play, "zheng")})
        play.do("sun", "set_draw_criteria", {"specialities": ["C04"]})
    while calls := play.holders("answer_call"):
        play.later(minutes=5)
        play.do(login_of(play, calls[0]), "answer_call", {"decision": "accept", "agreed": True})


def login_of(play: Play, account_id: str) -> str:
    """A person's sign-in name."""
    with play.looking() as session:
        return accounts.get(session, account_id).login


def _account(play: Play, login: str) -> str:
    with play.looking() as session:
        return town.actor(session, login).id


def evaluate(play: Play, case: Case) -> None:
    """The bids are reviewed; the members score and sign the report."""
    review(play, case)
    _each_member(play, "score_bids", lambda shown: points_of(shown, case))
    _each_member(play, "sign_report", lambda _shown: {"decision": "agree"})


def review(play: Play, _case: Case) -> None:
    """The agency checks the qualification, the members check the conformity."""
    while play.has("sun", "review_qualification"):
        play.later(minutes=30)
        play.do("sun", "review_qualification", _all_met)
    _each_member(play, "review_conformity", _all_met)


def _each_member(play: Play, element_id: str, values: Callable[[Shown], Mapping[str, Any]]) -> None:
    while waiting := play.holders(element_id):
        play.later(minutes=8)
        play.do(login_of(play, waiting[0]), element_id, values)


def _all_met(shown: Shown) -> dict[str, Any]:
    return {"rows": [{**row, "result": "met"} for row in shown.values["rows"]]}


def points_of(shown: Shown, case: Case) -> dict[str, Any]:
    """The points a member gives, by what the bid says."""
    return {"rows": [{**row, "points": case.points(row)} for row in shown.values["rows"]]}


def award(play: Play, _case: Case) -> None:
    """The buyer confirms the first candidate; the award is published and the losers' bonds go back."""
    play.next_day()
    while play.has("zhou", "confirm_winner"):
        play.do("zhou", "confirm_winner")
    play.next_day()
    while play.has("sun", "return_bonds"):
        play.do("sun", "return_bonds", {"agreed": True})


def let_the_query_window_end(play: Play, _case: Case) -> None:
    """Nobody raises a query until the window ends."""
    with play.looking() as session:
        ends = [timer.due_at for timer in timers.upcoming(session) if timer.element_id == "query_window_ends"]
    for instant in ends:
        play.turn_to(instant)
    play.next_day()


# -- from the contract to the payment


def conclude(play: Play, _case: Case) -> None:
    """The winner signs, the buyer signs, the contract is published and filed."""
    for lot_id in _waiting(play, "sign_contract_supplier"):
        signer = winner_of(play, lot_id, "supplier-signer")
        play.do(signer, "sign_contract_supplier", {"agreed": True}, where=_of(lot_id))
        play.next_day()
        play.do("wu", "sign_contract_buyer", {"agreed": True}, where=_of(lot_id))
        play.later(hours=1)
        play.do("wu", "publish_contract", where=_of(lot_id))


def secure(play: Play, lot_id: str) -> None:
    """The winner lodges the performance bond that its contract asks for, by a letter of guarantee."""
    with play.acting(winner_of(play, lot_id, "supplier-signer")) as (session, actor):
        contract = contracts.of_lot(session, lot_id)
        if contract is None or contracts.is_lodged(contract):
            return
        assert contract.delivery_due_on is not None, "both have signed"
        contracts.lodge(
            session,
            actor,
            contract_id=contract.id,
            form="guarantee",
            amount=contract.performance_bond,
            number=f"LYBH-{contract.number}",
            issuer="江城银行滨江支行",
            valid_until=contract.delivery_due_on + 90 * ONE_DAY,
        )


def deliver(play: Play, _case: Case) -> None:
    """The winner delivers and says so."""
    for lot_id in _waiting(play, "report_delivery"):
        play.next_day(10, hour=14)
        secure(play, lot_id)
        writer = winner_of(play, lot_id, "supplier-bidder")
        play.do(writer, "report_delivery", {"note": "首季度服务已完成，服务报告见附件。"}, where=_of(lot_id))


def accept(play: Play, _case: Case) -> None:
    """The buyer accepts each requirement."""
    for lot_id in _waiting(play, "accept_delivery"):
        play.next_day()
        play.do("wu", "accept_delivery", accepted, where=_of(lot_id))


def accepted(shown: Shown) -> dict[str, Any]:
    """Every requirement is met."""
    rows = [{**row, "result": "met", "evidence": "现场核验及服务记录"} for row in shown.values["rows"]]
    return {"rows": rows, "rating": "5", "feedback": "响应及时，服务规范。"}


def pay(play: Play, _case: Case) -> None:
    """The winner asks for its money; it is checked, approved and paid."""
    for lot_id in _waiting(play, "request_payment"):
        signer = winner_of(play, lot_id, "supplier-signer")
        play.later(hours=2)
        with play.acting(signer) as (session, actor):
            invoice = documents.add(
                session, actor, name="发票.pdf", source=b"%PDF-1.7", case=None, kind="invoice", access="private"
            )
        number = f"2551{int(lot_id[-12:], 16) % 10**16:016d}"
        play.do(signer, "request_payment", {"invoice_number": number, "attachments": [invoice.id]}, where=_of(lot_id))
        play.next_day()
        play.do("zheng", "check_payment", {"decision": "pass"}, where=_of(lot_id))
        play.later(hours=4)
        play.do("liu", "approve_payment", {"agreed": True}, where=_of(lot_id))
        play.next_day()
        play.do("bai", "pay", {"bank_reference": f"TREASURY{number[-8:]}"}, where=_of(lot_id))


def _waiting(play: Play, element_id: str) -> list[str]:
    """The lots for which a task waits."""
    waiting = {variables.get("lot_id") for variables in play.seen(element_id)}
    return [lot_id for lot_id in lots_of(play).values() if lot_id in waiting]


def _of(lot_id: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda variables: variables.get("lot_id") == lot_id


def winner_of(play: Play, lot_id: str, role: str) -> str:
    """The sign-in name of who holds a role at a lot's winner."""
    with play.looking() as session:
        award = awards.of_lot(session, lot_id)
        assert award is not None, "a contract follows an award"
        return grants.holders(session, role, award.supplier_id)[0].login


FIRST_HALF: tuple[Script, ...] = (apply, approve, plan, entrust, draft, publish)
"""From the application to the notice."""
AWARDING: tuple[Script, ...] = (ask, bid, open_bids, form_committee, evaluate, award, let_the_query_window_end)
"""From the notice to the award that nobody can question any more."""
PERFORMING: tuple[Script, ...] = (conclude, deliver, accept, pay)
"""From the award to the payment."""
WHOLE = FIRST_HALF + AWARDING + PERFORMING


def play_all(play: Play, case: Case, scripts: tuple[Script, ...]) -> None:
    """Play scripts one after the other."""
    for script in scripts:
        script(play, case)
