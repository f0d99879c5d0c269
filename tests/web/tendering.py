"""A tender of the web tests' town that takes bids, its supplier registered; and what the supplier's people type."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from app.foundation import workdays
from app.foundation.actor import SYSTEM, Actor
from app.foundation.text import Text
from app.identity import accounts, grants, organisations
from app.keeper.local import LocalKeeper
from app.procurement import agreements, bids, bonds, projects, suppliers, tenders
from tests import memory
from tests.procurement import conftest as domain

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
        project = _planned(session)
        _entrust(session, town, project)
        officer, handler = actor(session, "agency-officer"), actor(session, "buyer-handler")
        tenders.draft_documents(session, officer, project_id=project.id, **domain.documents())
        tenders.check(session, SYSTEM, project_id=project.id)
        tenders.confirm_documents(session, handler, project_id=project.id, decision="confirm")
        tender = tenders.publish(session, SYSTEM, project_id=project.id, keeper=keeper)
        bonds.set_account(
            session,
            officer,
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
    bidder = domain.person(f"rival_{number}", organisation.id, "supplier-bidder")
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


def _planned(session) -> projects.Project:
    handler = actor(session, "buyer-handler")
    line = projects.BudgetLine(
        organisation_id=handler.organisation_id,
        year=2026,
        code="2100201",
        name_zh="医疗设备购置",
        name_en="Medical equipment",
        category="A0332",
        amount=Decimal(1_000_000),
        funds="fiscal",
    )
    session.add(line)
    session.flush()
    project = projects.apply(
        session,
        handler,
        budget_line_id=line.id,
        title=Text("Ultrasound devices", "超声诊断设备采购"),
        object="goods",
        funds="fiscal",
        need="更新超声诊断设备",
        items=[domain.ULTRASOUND],
    )
    projects.review(session, actor(session, "buyer-reviewer"), project_id=project.id, decision="approve")
    projects.file(session, actor(session, "finance-officer"), project_id=project.id, decision="file")
    projects.plan(
        session,
        handler,
        project_id=project.id,
        review_method="comprehensive",
        grounds="none",
        notice_on=date(2026, 3, 3),
        lots=[projects.PlannedLot(1, Text("Ultrasound", "超声设备"), Decimal(600_000), Decimal(580_000))],
        items={item.id: 1 for item in project.items},
        contract_plan="固定总价合同，验收合格后支付",
    )
    return projects.record_method(session, handler, project_id=project.id, method="open_tender", legal_ground="GPL 26")


def _entrust(session, town, project) -> None:
    agreement = agreements.propose(
        session,
        actor(session, "buyer-handler"),
        project_id=project.id,
        agency_id=town.agency,
        scope="公开招标全过程",
        powers=list(agreements.POWERS),
        term_until=date(2026, 12, 31),
        fee=Decimal(8000),
        fee_payer="winner",
    )
    agreements.sign(session, actor(session, "agency-officer"), agreement_id=agreement.id)
    agreements.sign(session, actor(session, "buyer-reviewer"), agreement_id=agreement.id)
