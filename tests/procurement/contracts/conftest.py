"""Contracts for the domain's tests: an award as it stands in the tables, and a contract as far as a test wants it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import lots
import pytest

from app.foundation import clock
from app.foundation.actor import SYSTEM
from app.identity.certificates import DemonstrationAuthority
from app.procurement import acceptance, awards, contracts, payments, projects
from app.procurement.bids import BidPrice, BidState
from app.procurement.projects import LotState
from app.procurement.suppliers import Registration, RegistrationState
from tests.procurement.conftest import person

SIGNING_DAY = datetime(2026, 4, 8, 2, 0, tzinfo=UTC)
"""Wednesday 8 April 2026, ten in the morning in Shanghai: the day after the query window ended."""


@pytest.fixture
def authority():
    """The demonstration authority."""
    return DemonstrationAuthority("a secret of the installation")


@pytest.fixture
def people(town):
    """The people who conclude, perform and pay: the buyer's officers, and those of the supplier that won."""
    winner = town.supplier_ids[0]
    return {
        "officer": person("contract_officer", town.buyer_id, "buyer-contract-officer"),
        "checker": person("payment_checker", town.buyer_id, "payment-officer"),
        "payer": person("payment_officer", town.buyer_id, "payment-officer"),
        "signer": person("signer", winner, "supplier-signer"),
        "bidder": person("bidder", winner, "supplier-bidder"),
    }


@pytest.fixture
def award(session, town, tender, virtual_clock, remembered):
    """The first lot's award to the first supplier, a small enterprise: published on 25 March 2026, at 560,000 yuan."""
    return remembered("award", lambda: win(session, town, tender, virtual_clock))


def win(session, town, tender, virtual_clock):
    """Let the first supplier win."""
    lot = tender.project.lots[0]
    lot_id = lot.id
    session.commit()
    virtual_clock.turn_to(tender.bid_deadline_at + timedelta(hours=1))
    bid = lots.open_bids(session, tender, town.supplier_ids, ("560000.00", "570000.00", "575000.00"))[0]
    bid.state = BidState.WINNER
    item = tender.project.items[0]
    session.add(BidPrice(bid_id=bid.id, item_id=item.id, unit_price=Decimal("280000.00")))
    now = clock.now(session)
    session.add(
        Registration(
            organisation_id=bid.supplier_id,
            legal_representative="王芳",
            scale="small",
            bank_name="工商银行江城支行",
            bank_account="6222000011112222",
            state=RegistrationState.ACTIVE,
            declared_by="x",
            declared_at=now,
            valid_until=date(2029, 3, 1),
        )
    )
    lot = projects.lot(session, lot_id)
    for state in (LotState.EVALUATING, LotState.DECIDED, LotState.NOTIFIED):
        projects.move_lot(session, lot, state)
    made = awards.Award(
        lot_id=lot_id,
        bid_id=bid.id,
        supplier_id=bid.supplier_id,
        price=Decimal("560000.00"),
        state=awards.AwardState.PUBLISHED,
        decided_by="reviewer",
        decided_at=now,
        notice_due_on=date(2026, 3, 27),
        published_at=now,
        notice_ends_on=date(2026, 3, 26),
        query_until_on=date(2026, 4, 7),
    )
    session.add(made)
    session.commit()
    return made


@pytest.fixture
def draft_contract(session, award, virtual_clock):
    """Drafts the contract on the day it may be signed."""

    def act():
        session.commit()
        virtual_clock.turn_to(SIGNING_DAY)
        return contracts.draft(session, SYSTEM, lot_id=award.lot_id)

    return act


@pytest.fixture
def contract(draft_contract, remembered):
    """The drafted contract."""
    return remembered("contract", draft_contract)


@pytest.fixture
def concluded(session, contract, people, authority, remembered):
    """The contract signed by both on 8 April."""

    def make():
        contracts.sign(session, people["signer"], contract_id=contract.id, signer=authority)
        contracts.sign(session, people["officer"], contract_id=contract.id, signer=authority)
        return contract

    return remembered("concluded", make)


@pytest.fixture
def active(session, contract, remembered):
    """A contract that is concluded and published, without its files' signatures: for what comes after."""
    return remembered("active", lambda: activate(session, contract))


def activate(session, contract):
    """Take a contract as concluded and published."""
    contract.state, contract.signed_at = contracts.ContractState.ACTIVE, clock.now(session)
    contract.published_at = contract.filed_at = clock.now(session)
    contract.delivery_due_on = date(2026, 5, 8)
    projects.move_lot(session, contract.lot, LotState.CONTRACTED)
    projects.move_lot(session, contract.lot, LotState.PERFORMING)
    session.flush()
    return contract


@pytest.fixture
def turn(session, virtual_clock):
    """Commits, and turns the clock to noon of a day in Shanghai."""

    def act(day: date):
        session.commit()
        virtual_clock.turn_to(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))

    return act


@pytest.fixture
def deliver(session, people, active):
    """Reports a delivery today."""

    def act(**options):
        values = {"contract_id": active.id, "delivered_on": date(2026, 4, 8), "note": "两台设备已到货安装", **options}
        return acceptance.report(session, values.pop("actor", people["bidder"]), **values)

    return act


@pytest.fixture
def accept(session, people, active):
    """Accepts the delivery; ``missed`` are codes of requirements that aren't met."""

    def act(*, missed=(), **options):
        rows = [
            acceptance.Row(row["id"], row["code"] not in missed, "现场测试记录")
            for row in acceptance.requirements_of(active)
        ]
        values = {"contract_id": active.id, "rows": rows, "rating": 4, "feedback": "交货及时", **options}
        return acceptance.accept(session, values.pop("actor", people["officer"]), **values)

    return act


@pytest.fixture
def ask(session, people, active):
    """Applies for the payment of everything."""

    def act(**options):
        values = {
            "contract_id": active.id,
            "number": "25512000000000000001",
            "invoiced_on": date(2026, 4, 8),
            "amount": Decimal("560000.00"),
            "account": "工商银行江城支行 6222000011112222",
            "attachments": ["invoice"],
            **options,
        }
        return payments.request(session, values.pop("actor", people["signer"]), **values)

    return act


@pytest.fixture
def invoice(deliver, accept, ask):
    """An application for the whole price, made on the day of delivery and acceptance, 8 April 2026."""
    deliver()
    accept()
    return ask()


@pytest.fixture
def approved(session, town, people, invoice):
    """The application checked and approved."""
    payments.check(session, people["checker"], invoice_id=invoice.id, decision="pass")
    return payments.approve(session, town.finance, invoice_id=invoice.id)
