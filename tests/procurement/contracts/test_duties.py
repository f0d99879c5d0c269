"""Whoever had a part in a procurement doesn't do what must be apart from it, for every pair of the table (GPL 61, IR 45)."""

from datetime import date

import pytest

from app.foundation import clock
from app.foundation.actor import SYSTEM
from app.identity import accounts
from app.procurement import contracts, duties, payments, tenders
from app.procurement.duties import INCOMPATIBLE, DutiesApart, Part
from app.procurement.experts import Committee, Member
from tests.procurement.conftest import person

PAIRS = [(act, part) for act, parts in INCOMPATIBLE.items() for part in parts]
ROLES = {
    "contracts.sign": "buyer-contract-officer",
    "contracts.publish": "buyer-contract-officer",
    "acceptance.accept": "buyer-contract-officer",
    "payments.approve": "finance-officer",
    "payments.pay": "payment-officer",
}


@pytest.fixture
def doer(session):
    """An account that will hold every role asked for."""
    return accounts.create(session, SYSTEM, login="doer", name="张三", email="doer@example.com").id


@pytest.fixture
def did(session, contract, doer):
    """Lets the person have had a part in the contract's case."""

    def committee(tender):
        now = clock.now(session)
        made = Committee(lot_id=contract.lot_id, seed="00", seed_commitment="00", appointed_by="x", appointed_at=now)
        session.add(made)
        session.flush()
        session.add(
            Member(
                committee_id=made.id,
                account_id=doer,
                name="张三",
                position=0,
                state="accepted",
                called_at=now,
            )
        )

    def act(part):
        tender = tenders.get(session, contract.tender_id)
        invoices = payments.of_contract(session, contract.id)
        if part == Part.APPLIED:
            tender.project.applicant_id = doer
        elif part == Part.PLANNED:
            tender.project.planner_id = doer
        elif part == Part.CONFIRMED:
            tender.confirmed_by = doer
        elif part == Part.EVALUATED:
            committee(tender)
        elif part == Part.CHECKED:
            invoices[0].checked_by = doer
        else:
            invoices[0].approved_by = doer
        session.flush()

    return act


@pytest.fixture
def reached(request, session, contract, people, authority):
    """Brings the contract to where an act is next, and gives the act as a function of its actor."""

    def sign():
        contracts.sign(session, people["signer"], contract_id=contract.id, signer=authority)
        return lambda actor: contracts.sign(session, actor, contract_id=contract.id, signer=authority)

    def publish():
        sign()(people["officer"])
        return lambda actor: contracts.publish(session, actor, contract_id=contract.id)

    def accept():
        request.getfixturevalue("deliver")()
        return lambda actor: request.getfixturevalue("accept")(actor=actor)

    def approve():
        invoice = request.getfixturevalue("invoice")
        payments.check(session, people["checker"], invoice_id=invoice.id, decision="pass")
        return lambda actor: payments.approve(session, actor, invoice_id=invoice.id)

    def pay():
        invoice = request.getfixturevalue("approved")
        return lambda actor: payments.pay(
            session, actor, invoice_id=invoice.id, paid_on=date(2026, 4, 8), bank_reference="B1"
        )

    return {
        "contracts.sign": sign,
        "contracts.publish": publish,
        "acceptance.accept": accept,
        "payments.approve": approve,
        "payments.pay": pay,
    }


def placed(town, act, doer):
    """The person, with the role the act asks for."""
    place = town.finance.organisation_id if act == "payments.approve" else town.buyer_id
    return person(doer, place, ROLES[act])


@pytest.mark.parametrize(("act", "part"), PAIRS, ids=[f"{act}, {part}" for act, part in PAIRS])
def test_gpl_61_who_had_a_part_does_not_do_what_is_apart_from_it(town, reached, did, doer, act, part):
    attempt = reached[act]()
    did(part)
    with pytest.raises(DutiesApart):
        attempt(placed(town, act, doer))


@pytest.mark.parametrize("act", INCOMPATIBLE)
def test_who_had_no_part_does_it(town, reached, doer, act):
    assert reached[act]()(placed(town, act, doer))


def test_every_part_has_its_name_and_its_doers():
    assert set(duties.NAMES) == set(Part)
    assert set(Part) - set(duties.DOERS) == {Part.CHECKED, Part.APPROVED}
