"""A tender of the web tests' town that takes bids, its supplier registered; and what the supplier's people type."""

from __future__ import annotations

from types import SimpleNamespace

from app.foundation import workdays
from app.foundation.actor import Actor
from app.identity import accounts, grants, organisations
from app.keeper.local import LocalKeeper
from app.procurement import bids, bonds, suppliers
from tests import memory
from tests.procurement import conftest as domain
from tests.procurement import publishing

ACCOUNT = "51050110462500000123"


def actor(session, login: str) -> Actor:
    """A person of the town."""
    account = accounts.by_login(session, login)
    assert account is not None, f"the town has nobody called {login}"
    return grants.actor_of(session, account)


def published(house, town, virtual_clock) -> SimpleNamespace:
    """A published tender (deadline 25 March, 09:30): the ids of tender and lot, and the keeper."""
    keeper = LocalKeeper(virtual_clock)
    world = memory.recall(house.database, virtual_clock, "a published tender", lambda: _publish(house, town, keeper))
    memory.give(keeper, world.keys)
    world.keeper = keeper
    return world


def _publish(house, town, keeper) -> SimpleNamespace:
    with house.sessions() as session:
        workdays.seed(session)
        organisations.get(session, town.buyer).supervisor_id = town.finance
        people = _people(session, town)
        tender = publishing.published(session, people, keeper)
        bonds.set_account(
            session,
            people.officer,
            holder="江城招标有限公司",
            account=ACCOUNT,
            bank_name="建设银行江城分行",
            bank_code="105651000017",
        )
        register(session, town.supplier)
        session.commit()
        lot = tender.project.lots[0]
        return SimpleNamespace(
            tender_id=tender.id,
            lot_id=lot.id,
            item_id=lot.items[0].id,
            keys=memory.keys_of(keeper),
            deadline=tender.bid_deadline_at,
            requirements={r.code: r.id for r in bids.requirements_of(tender, lot.id)},
        )


def _people(session, town) -> domain.Town:
    """The town's own people, as the domain's builders know them."""
    return domain.Town(
        buyer_id=town.buyer,
        finance_id=town.finance,
        agency_id=town.agency,
        supplier_ids=[town.supplier],
        handler=actor(session, "buyer-handler"),
        reviewer=actor(session, "buyer-reviewer"),
        finance=actor(session, "finance-officer"),
        officer=actor(session, "agency-officer"),
        host=actor(session, "agency-host"),
        registrar=actor(session, "registrar"),
    )


def register(session, supplier_id: str) -> suppliers.Registration:
    """An active registration of a supplier."""
    organisation = organisations.get(session, supplier_id)
    groups = frozenset({"supplier-admin", f"supplier-admin@{supplier_id}"})
    registration = suppliers.declare(
        session,
        Actor("declarer", "Declarer", supplier_id, groups),
        uscc=organisation.uscc,
        name=organisation.name,
        legal_representative="李明",
        scale="small",
        conditions=range(1, 7),
    )
    registrar = Actor("registrar", "Registrar", None, frozenset({"registrar"}))
    return suppliers.review(session, registrar, registration_id=registration.id, decision="approve")


def typed(world, **changes) -> dict[str, object]:
    """The editor's fields of a complete bid."""
    return {
        f"prices-{world.item_id}": "285,000",
        "price": "570000.00",
        "delivery_days": "30",
        "validity_days": "90",
        "brand": "江城",
        "sme": "small",
        "domestic": "true",
        "declarations": list(bids.DECLARATIONS),
        **{f"responses-{id_}": f"响应{code}" for code, id_ in world.requirements.items()},
        **{f"deviations-{id_}": "none" for id_ in world.requirements.values()},
        **changes,
    }


def rival(session, world, number: int, signer: bids.Signer) -> bids.Bid:
    """Another supplier of its own, with a paid bond and a submitted bid."""
    organisation = domain.organisation(session, "supplier", 40 + number, f"供应商{number}")
    register(session, organisation.id)
    bidder = domain.person(f"rival_{number}", organisation.id, "supplier-bidder", "supplier-signer")
    content = {
        "price": "560000",
        "prices": {world.item_id: "280000"},
        "responses": {id_: {"value": "满足"} for id_ in world.requirements.values()},
        "declarations": list(bids.DECLARATIONS),
        "delivery_days": "30",
        "validity_days": "90",
    }
    bids.save_draft(session, bidder, lot_id=world.lot_id, content=content)
    pay(session, bonds.request(session, bidder, lot_id=world.lot_id))
    return bids.submit(session, bidder, lot_id=world.lot_id, signer=signer)


def pay(session, bond: bonds.Bond) -> None:
    """The bank's statement shows a bond's payment."""
    credit = bonds.Credit(
        f"B{bond.reference}", bond.requested_at, bond.amount, "CNY", bond.reference, "付款人", f"62{bond.reference[4:]}"
    )
    bonds.import_credits(
        session,
        actor(session, "agency-officer"),
        statement_id=bond.reference,
        account=ACCOUNT,
        digest=bond.reference.ljust(64, "0"),
        credits=[credit],
    )
