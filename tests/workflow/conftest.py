"""A house on the test's database and clock, the town in it, and a play to act in."""

import pytest

from app import bootstrap
from app.demonstration import cases, lives, town
from app.demonstration.players import Play
from app.foundation import clock
from app.procurement import bids, bonds, projects, suppliers, tenders
from config import Config
from tests import memory


@pytest.fixture
def house(database, virtual_clock):
    settings = Config(database_url="sqlite://", secret_key="for tests")
    made = bootstrap.build(database, settings, clock=virtual_clock)
    memory.found(made, virtual_clock, settings.processes_folder)
    return made


@pytest.fixture
def play(house, virtual_clock):
    return Play(house, virtual_clock)


@pytest.fixture
def case():
    return cases.MAINTENANCE


ACCOUNT = "51050110462500000123"


@pytest.fixture
def lot_id(play, case):
    """The lot of a tender whose notice is published, whose agency has named its account for bonds."""
    memory.played(play, case, (*lives.FIRST_HALF, name_account))
    with play.looking() as session:
        return tenders.get(session, lives.tender_of(play)[0]).project.lots[0].id


def name_account(play, case):
    with play.acting("sun") as (session, actor):
        bonds.set_account(session, actor, holder="江城公共采购代理有限公司", account=ACCOUNT, bank_name="建设银行")


@pytest.fixture
def submit(play, lot_id):
    """A supplier pays the bond and submits a complete bid; its ``total`` is what its unit prices make unless told otherwise."""

    def act(login, price, total=None):
        with play.acting(login) as (session, actor):
            lot, tender = projects.lot(session, lot_id), tenders.of_lot(session, lot_id)
            unit = price // sum(int(item.quantity) for item in lot.items)
            content = {
                "price": str(total or sum(unit * int(item.quantity) for item in lot.items)),
                "prices": {item.id: str(unit) for item in lot.items},
                "responses": {r.id: {"value": "满足"} for r in bids.requirements_of(tender, lot_id)},
                "declarations": list(bids.DECLARATIONS),
                "delivery_days": str(tender.delivery_days),
                "validity_days": str(tender.validity_days),
                "sme": suppliers.of_organisation(session, actor.organisation_id).scale,
            }
            bids.save_draft(session, actor, lot_id=lot_id, content=content)
            reference = bonds.request(session, actor, lot_id=lot_id).reference if tender.bond_percent else None
        lives.seal(play, login, lot_id)
        if reference is not None:
            pay(play, login, lot_id)

    return act


def pay(play, login, lot_id):
    with play.acting("sun") as (session, actor):
        bond = bonds.of_supplier(session, lot_id, town.actor(session, login).organisation_id)
        bonds.import_credits(
            session,
            actor,
            statement_id=login,
            account=ACCOUNT,
            digest=login.ljust(64, "0"),
            credits=[
                bonds.Credit(
                    login, clock.now(session), bond.amount, "CNY", bond.reference, login, f"6222{login}", "102651000000"
                )
            ],
        )
