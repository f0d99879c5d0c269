"""A small town for the domain's tests: its organisations, its people, and projects as far as a test wants them."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stdnum.cn import uscc

sys.path.append(str(Path(__file__).parent))  # test folders are no packages; the builders stand beside the tests

import bidding
import lots
import publishing
from publishing import FACTORS, REQUIREMENTS, documents

from app.foundation import workdays
from app.foundation.actor import SYSTEM, Actor
from app.foundation.text import Text
from app.identity import organisations
from app.keeper.local import LocalKeeper
from app.procurement import bids, bonds, projects, tenders
from tests import memory


def code(number: int) -> str:
    """A unified social credit code with a right check character."""
    body = f"9151070{number:010d}"
    return body + uscc.calc_check_digit(body)


def person(id: str, organisation_id: str | None, *roles: str) -> Actor:
    groups = {*roles, *(f"{role}@{organisation_id}" for role in roles)}
    return Actor(id=id, name=id.replace("_", " ").title(), organisation_id=organisation_id, groups=frozenset(groups))


@dataclass
class Town:
    """The organisations' ids and the people who act in the tests."""

    buyer_id: str
    finance_id: str
    agency_id: str
    supplier_ids: list[str]
    handler: Actor
    reviewer: Actor
    finance: Actor
    officer: Actor
    host: Actor
    registrar: Actor
    bidders: list[Actor] = field(default_factory=list)


def organisation(session, kind, number, name, **options):
    return organisations.register(session, SYSTEM, kind=kind, uscc=code(number), name=Text(name, name), **options)


@pytest.fixture
def keeper(virtual_clock) -> LocalKeeper:
    """A keeper without a process, on the clock of the test."""
    return LocalKeeper(virtual_clock)


@pytest.fixture
def remembered(session, database, virtual_clock, keeper) -> memory.Remembered:
    """``remembered(name, make)``: what ``make()`` gives, with all it leaves behind; made once for all tests."""
    return memory.Remembered(session, database, virtual_clock, keeper)


@pytest.fixture
def town(session, remembered) -> Town:
    """江城市: a hospital, its finance department, an agency and four suppliers' organisations."""
    return remembered("town", lambda: settle(session))


def settle(session) -> Town:
    """Make the town."""
    workdays.seed(session)
    finance = organisation(session, "finance", 1, "江城市财政局", short_code="JC")
    buyer = organisation(session, "buyer", 2, "江城市第一人民医院", supervisor_id=finance.id)
    agency = organisation(session, "agency", 3, "江城公共采购代理有限公司")
    office = organisation(session, "platform", 4, "江城市公共采购平台办公室")
    suppliers = [organisation(session, "supplier", 10 + n, f"供应商{n}") for n in range(4)]
    return Town(
        buyer_id=buyer.id,
        finance_id=finance.id,
        agency_id=agency.id,
        supplier_ids=[supplier.id for supplier in suppliers],
        handler=person("handler", buyer.id, "buyer-handler"),
        reviewer=person("reviewer", buyer.id, "buyer-reviewer"),
        finance=person("finance", finance.id, "finance-officer"),
        officer=person("officer", agency.id, "agency-officer"),
        host=person("host", agency.id, "agency-host"),
        registrar=person("registrar", office.id, "registrar"),
        bidders=[
            person(f"bidder_{n}", s.id, "supplier-bidder", "supplier-signer", "supplier-admin")
            for n, s in enumerate(suppliers)
        ],
    )


@pytest.fixture
def budget_line(session, town, remembered) -> projects.BudgetLine:
    """One million yuan for medical equipment in 2026."""
    return remembered("budget line", lambda: publishing.budget(session, town))


@pytest.fixture
def apply(session, town, budget_line):
    """Applies for ultrasound devices of 600,000 yuan unless told otherwise."""
    return lambda **options: publishing.apply(session, town, budget_line, **options)


@pytest.fixture
def filed(session, town, remembered, request) -> projects.Project:
    """A project that was reviewed and filed."""
    return remembered("filed", lambda: publishing.file(session, town, request.getfixturevalue("apply")()))


@pytest.fixture
def plan(session, town):
    """Plans one lot for everything unless told otherwise."""
    return lambda project, **options: publishing.plan(session, town, project, **options)


@pytest.fixture
def planned(session, town, remembered, request) -> projects.Project:
    """A planned project whose method is the open tender."""
    return remembered("planned", lambda: publishing.plan_tender(session, town, request.getfixturevalue("filed")))


@pytest.fixture
def entrusted(session, town, remembered, request) -> projects.Project:
    """A project whose agency has every power until the end of the year."""
    return remembered("entrusted", lambda: publishing.entrust(session, town, request.getfixturevalue("planned")))


@pytest.fixture
def draft(session, town, entrusted):
    """Drafts documents (without a fault unless told otherwise) and gives the tender."""
    return lambda **options: publishing.draft(session, town, entrusted, **options)


@pytest.fixture
def publish(session, town, entrusted, keeper):
    """Drafts, checks, confirms and publishes."""
    return lambda **options: publishing.publish(session, town, entrusted, keeper, **options)


@pytest.fixture
def tender(town, remembered, request) -> tenders.Tender:
    """A published tender: notice on 2 March, deadline on 25 March 2026, 09:30 in Shanghai."""
    return remembered("tender", lambda: request.getfixturevalue("publish")())


@pytest.fixture
def change(session, town, tender, keeper):
    """Changes the published tender: what is told replaces what faultless documents say."""

    def act(*, reasons="应投标人询问", actor=None, **options):
        return tenders.change(
            session,
            actor or town.officer,
            tender_id=tender.id,
            reasons=reasons,
            keeper=keeper,
            **documents(**options),
        )

    return act


@pytest.fixture
def reworded():
    """The faultless requirements with the text of one of them replaced, or one more."""

    def act(code, text, **options):
        if all(r.code != code for r in REQUIREMENTS):
            return [*REQUIREMENTS, tenders.NewRequirement(1, code, "technical", Text("x", text), **options)]
        return [replace(r, text=Text(r.text.en, text), **options) if r.code == code else r for r in REQUIREMENTS]

    return act


@pytest.fixture
def wanted():
    """Documents as a change is asked for: what is told replaces what faultless ones say."""
    return documents


@pytest.fixture
def documents_without():
    """The faultless documents without one requirement; no factor mentions it any more."""

    def act(code):
        factors = [replace(f, standard=f.standard.replace(code, "培训要求")) for f in FACTORS]
        return {"requirements": [r for r in REQUIREMENTS if r.code != code], "factors": factors}

    return act


@pytest.fixture
def opened(session, town, tender, virtual_clock, remembered):
    """Opens bids of the first lot on the morning of the deadline (four bids unless told otherwise) and gives the lot."""

    def act(prices=lots.PRICES, **options):
        def make():
            session.commit()
            virtual_clock.turn_to(datetime(2026, 3, 25, 1, 30, tzinfo=UTC))
            lots.open_bids(session, tender, town.supplier_ids, prices, **options)
            return tender.project.lots[0]

        return remembered(f"opened {prices} {options}", make)

    return act


@pytest.fixture
def pool(session, town, remembered):
    """Nine experts for medical equipment."""
    return remembered("pool", lambda: [lots.new_expert(session, number) for number in range(1, 10)])


@pytest.fixture
def committee(session, town, opened, remembered, request):
    """Opens the bids and seats a committee of five experts: gives the lot and the members as actors."""

    def act(prices=lots.PRICES, **options):
        def make():
            request.getfixturevalue("pool")
            lot = opened(prices, **options)
            return lot, lots.seat_committee(session, town, lot.id)

        return remembered(f"committee {prices} {options}", make)

    return act


@pytest.fixture
def signer() -> bids.Signer:
    """The house's key for receipts."""
    return bids.Signer(bytes(32))


@pytest.fixture
def lot(session, town, tender, remembered):
    """The published tender's lot, with every bidder of the town registered."""

    def make():
        for bidder in town.bidders:
            bidding.register(session, town, bidder)
        return tender.project.lots[0]

    return remembered("lot", make)


@pytest.fixture
def bid(session, town, lot, signer):
    """Submits a complete bid of a bidder by number, its bond paid unless ``paid=False``."""

    def act(number=0, *, paid=True, files=(), **changes):
        bidder = town.bidders[number]
        bidding.write(session, bidder, lot.id, **changes)
        for name, data, code in files:
            bids.add_file(session, bidder, lot_id=lot.id, name=name, source=data, requirement_code=code)
        if paid and bonds.of_supplier(session, lot.id, bidder.organisation_id) is None:
            bidding.pay(session, town, bidder, lot.id)
        return bids.submit(session, bidder, lot_id=lot.id, signer=signer)

    return act
