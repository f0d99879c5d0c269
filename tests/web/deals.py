"""A contract of the town for the tests of its pages: awarded, concluded, delivered and asked to be paid."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from app.foundation import clock, workdays
from app.foundation.actor import Actor
from app.identity import accounts, grants
from app.procurement import acceptance, awards, contracts, payments
from app.procurement.awards import Award
from app.procurement.bids import Bid, BidPrice, BidResponse, BidState, OpenedBid
from app.procurement.projects import BudgetLine, Item, Lot, LotState, Project
from app.procurement.suppliers import Registration, RegistrationState
from app.procurement.tenders import Requirement, Tender
from tests import memory


def actor(session, login) -> Actor:
    """Somebody of the town as the acts see them."""
    return grants.actor_of(session, accounts.by_login(session, login))


def concluded(house, town, virtual_clock) -> str:
    """The id of a contract that is signed by both and published."""

    def act() -> str:
        with house.sessions() as session:
            contract = _conclude(session, _award(session, town), house.authority)
            session.commit()
            return contract.id

    return memory.recall(house.database, virtual_clock, "concluded", act)


def performed(house, contract_id: str, virtual_clock) -> str:
    """The same contract, delivered, accepted and asked to be paid, all today."""

    def act() -> str:
        with house.sessions() as session:
            _perform(session, contracts.get(session, contract_id))
            session.commit()
            return contract_id

    return memory.recall(house.database, virtual_clock, "performed", act)


def _award(session, town) -> Award:
    """A published award of one lot with one requirement and one item, at 200,000 yuan."""
    workdays.seed(session)
    now = clock.now(session)
    buyer, agency, finance, supplier = town.buyer, town.agency, town.finance, town.supplier
    line = BudgetLine(
        organisation_id=buyer,
        year=2026,
        code="1",
        name_zh="设备",
        category="A",
        amount=Decimal(900_000),
        funds="fiscal",
    )
    session.add(line)
    session.flush()
    project = Project(
        number="JC-2026-0001",
        buyer_id=buyer,
        finance_id=finance,
        agency_id=agency,
        budget_line_id=line.id,
        title_zh="超声设备采购",
        title_en="Ultrasound devices",
        object="goods",
        funds="fiscal",
        need="更新设备",
        estimate=Decimal(250_000),
        state="published",
        applicant_id="x",
        applied_at=now,
    )
    session.add(project)
    session.flush()
    lot = Lot(project_id=project.id, number=1, name_zh="超声设备", budget=Decimal(250_000), state=LotState.NOTIFIED)
    session.add(lot)
    session.flush()
    item = Item(
        project_id=project.id,
        lot_id=lot.id,
        position=1,
        code="A",
        name="超声诊断设备",
        quantity=Decimal(2),
        unit="台",
        unit_price=Decimal(125_000),
    )
    tender = Tender(
        project_id=project.id,
        buyer_id=buyer,
        agency_id=agency,
        method="open_tender",
        review_method="comprehensive",
        state="published",
        bid_deadline_at=now,
        performance_bond_percent=Decimal(5),
        payment_days=30,
        delivery_days=30,
        contract_terms="按采购文件执行",
    )
    session.add_all([item, tender])
    session.flush()
    requirement = Requirement(
        tender_id=tender.id, lot_id=lot.id, position=1, code="T1", kind="technical", text_zh="阵元数不少于128"
    )
    bid = Bid(
        lot_id=lot.id,
        supplier_id=supplier,
        sequence=1,
        state=BidState.WINNER,
        digest="0" * 64,
        size=1,
        document_version=1,
        account_id="x",
        received_at=now,
    )
    session.add_all([requirement, bid])
    session.flush()
    session.add(OpenedBid(bid_id=bid.id, price=Decimal(200_000), content={}, opened_at=now))
    session.flush()
    made = Award(
        lot_id=lot.id,
        bid_id=bid.id,
        supplier_id=supplier,
        price=Decimal(200_000),
        state=awards.AwardState.PUBLISHED,
        decided_by="x",
        decided_at=now,
        notice_due_on=date(2026, 3, 1),
        published_at=now,
        notice_ends_on=date(2026, 3, 1),
        query_until_on=date(2026, 3, 1),
    )
    registration = Registration(
        organisation_id=supplier,
        legal_representative="王芳",
        scale="small",
        bank_name="工商银行",
        bank_account="622200001111",
        state=RegistrationState.ACTIVE,
        declared_by="x",
        declared_at=datetime(2026, 1, 1, tzinfo=UTC),
        valid_until=date(2029, 1, 1),
    )
    price = BidPrice(bid_id=bid.id, item_id=item.id, unit_price=Decimal(100_000))
    response = BidResponse(bid_id=bid.id, requirement_id=requirement.id, value="192阵元")
    session.add_all([made, registration, price, response])
    session.flush()
    return made


def _conclude(session, made: Award, authority):
    """The contract of an award, drafted, signed by both and published."""
    contract = contracts.draft(session, actor(session, "buyer-contract-officer"), lot_id=made.lot_id)
    for login in ("supplier-signer", "buyer-contract-officer"):
        contracts.sign(session, actor(session, login), contract_id=contract.id, signer=authority)
    return contracts.publish(session, actor(session, "buyer-contract-officer"), contract_id=contract.id)


def _perform(session, contract):
    """Delivered, accepted and asked to be paid, all today."""
    today = workdays.local_day(clock.now(session))
    acceptance.report(
        session, actor(session, "supplier-bidder"), contract_id=contract.id, delivered_on=today, note="已到货"
    )
    rows = [acceptance.Row(row["id"], True, "现场测试") for row in acceptance.requirements_of(contract)]
    officer = actor(session, "buyer-contract-officer")
    acceptance.accept(session, officer, contract_id=contract.id, rows=rows, rating=4, feedback="交货及时")
    return payments.request(
        session,
        actor(session, "supplier-signer"),
        contract_id=contract.id,
        number="25510000",
        invoiced_on=today,
        amount=Decimal(200_000),
        account="工商银行 622200001111",
        attachments=[],
    )
