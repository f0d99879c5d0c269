"""The qualification review by buyer or agency, and the conformity review by the committee (O87 44, 50, 61)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.errors import Conflict, Invalid, NotFound, Refusal, RuleBroken, refuse_all
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import roles
from app.procurement import bids, experts, projects, rules, suppliers, tenders
from app.procurement.bids import Bid, BidState
from app.procurement.evaluation import corrections
from app.procurement.evaluation.lots import bids_in, evaluated_lot, note
from app.procurement.evaluation.rankings import Entry, count_by_brand, lowest_of_each_brand
from app.procurement.evaluation.records import ConformityOpinion, PriceDoubt, QualificationFinding
from app.procurement.evaluation.rejections import GENERAL, GENERAL_ID, Fault, reject
from app.procurement.projects import Lot, ReasonsMissing
from app.procurement.tenders import Requirement, Tender

DECLARED = {"qualification": "eligible", "conformity": "accepts"}
"""The declaration of a bid that answers each review's general condition."""


class BidUnknown(NotFound):
    """There is no such bid in this evaluation."""

    text = Text("There is no such bid.", "没有该投标。")


class RowsIncomplete(Invalid):
    """Every bid is reviewed for every condition, once."""

    text = Text("Give one result for every bid and every requirement.", "请对每份投标文件的每项要求逐一作出结论。")


class AlreadyReviewed(Conflict):
    """The review was recorded in the meantime."""

    text = Text("This review has already been recorded.", "该审查结论已提交。")


class OpinionsMissing(Conflict):
    """A member hasn't reviewed yet."""

    text = Text("Not every member has reviewed the bids yet.", "尚有评标委员会成员未完成审查。")


class ExcludedCannotPass(RuleBroken):
    """A supplier that is excluded from procurement meets no qualification (GPL 22, 77)."""

    text = Text("%(name)s is excluded until %(until)s.", "%(name)s在%(until)s前被禁止参加政府采购活动。")
    statute = "GPL 77"


class BondUnproved(RuleBroken):
    """A bond was asked for, but no bank statement shows that it arrived."""

    text = Text(
        "No bank statement shows the bid bond of %(name)s yet. Import the statement first.",
        "银行对账单尚未显示%(name)s的投标保证金到账，请先导入对账单。",
    )


@dataclass(frozen=True)
class Row:
    """One conclusion about one bid; ``requirement_id`` is GENERAL_ID for the general condition."""

    bid_id: str
    requirement_id: str
    met: bool
    reason: str = ""


@dataclass(frozen=True)
class Cell:
    """What is to be reviewed: a bid, a condition in words, and what the bid says or declares to it."""

    bid: Bid
    requirement: Requirement | None
    condition: Text
    response: Text

    @property
    def key(self) -> tuple[str, str]:
        """``(bid id, requirement id)``."""
        return self.bid.id, self.requirement.id if self.requirement else GENERAL_ID


def qualification_cells(session: Session, lot_id: str, opened: Iterable[Bid] | None = None) -> list[Cell]:
    """What the qualification review looks at: each opened bid for each qualification condition, and the general one."""
    return _cells(session, lot_id, "qualification", opened)


def conformity_cells(session: Session, lot_id: str, opened: Iterable[Bid] | None = None) -> list[Cell]:
    """What each member looks at: each qualified bid for each starred requirement, and the general condition."""
    return _cells(session, lot_id, "conformity", opened)


def _cells(session: Session, lot_id: str, review: str, opened: Iterable[Bid] | None) -> list[Cell]:
    """``opened``: the lot's opened bids, where they were read before; of these only such as nothing has put out."""
    tender = tenders.of_lot(session, lot_id)
    found = bids_in(session, lot_id, BidState.OPENED) if opened is None else opened
    asked = [r for r in tender.requirements if r.lot_id == lot_id and _belongs(r, review)]
    cells = []
    for bid in (each for each in found if each.state == BidState.OPENED):
        responses = {r.requirement_id: r for r in (bid.opened.responses if bid.opened else ())}
        cells.append(Cell(bid, None, GENERAL[review], _declared(bid, DECLARED[review])))
        for requirement in asked:
            said = responses.get(requirement.id)
            words = said.value if said else ""
            cells.append(Cell(bid, requirement, requirement.text, Text(words, words)))
    return cells


def _declared(bid: Bid, name: str) -> Text:
    """What a bid declares to a general condition, if it does."""
    content = bid.opened.content if bid.opened else {}
    return bids.DECLARATIONS[name] if name in content.get("declarations", ()) else Text("", "")


def _belongs(requirement: Requirement, review: str) -> bool:
    if review == "qualification":
        return requirement.kind == "qualification"
    return requirement.kind != "qualification" and requirement.starred


def review_qualification(session: Session, actor: Actor, *, lot_id: str, rows: Sequence[Row]) -> bool:
    """Record whether each bid meets each condition; says whether enough bidders are qualified (O87 44).

    By the agency, or by the buyer itself, never by the committee. A condition not met needs its reason, which the bidder is
    told with the result. Raises RowsIncomplete, ReasonsMissing, ExcludedCannotPass, BondUnproved, AlreadyReviewed or
    RoleMissing.
    """
    lot, tender = evaluated_lot(session, lot_id)
    if not actor.has_role("buyer-handler", tender.buyer_id):
        roles.require(actor, "agency-officer", tender.agency_id)
    cells = qualification_cells(session, lot_id)
    _refuse_reviewed(session, cells)
    _refuse_incomplete(rows, cells)
    _refuse_unpassable(session, bids.bonds_stand(session, tender, lot_id), rows, {c.bid.id: c.bid for c in cells})
    now = clock.now(session)
    for row in rows:
        session.add(
            QualificationFinding(
                bid_id=row.bid_id,
                requirement_id=row.requirement_id,
                met=row.met,
                reason=row.reason.strip(),
                reviewed_by=actor.id,
                reviewed_at=now,
            )
        )
    for bid in {cell.bid.id: cell.bid for cell in cells}.values():
        missed = [row for row in rows if row.bid_id == bid.id and not row.met]
        faults = [Fault("qualification", row.requirement_id, row.reason.strip()) for row in missed]
        if faults:
            reject(session, bid, BidState.UNQUALIFIED, faults)
    session.flush()
    left = bids_in(session, lot_id, BidState.OPENED)
    enough = _enough(session, tender, [bid.supplier_id for bid in left])
    if not enough:
        lot.failure_reason = "few_qualified"
    note(session, actor, lot_id, "evaluation.review_qualification", {"qualified": len(left), "enough": enough})
    return enough


def _refuse_reviewed(session: Session, cells: Sequence[Cell]) -> None:
    ids = {cell.bid.id for cell in cells}
    known = select(QualificationFinding.id).where(QualificationFinding.bid_id.in_(ids)).limit(1)
    if not ids or session.scalar(known):
        raise AlreadyReviewed


def _refuse_incomplete(rows: Sequence[Row], cells: Sequence[Cell]) -> None:
    keys = [(row.bid_id, row.requirement_id) for row in rows]
    if len(keys) != len(set(keys)) or set(keys) != {cell.key for cell in cells}:
        raise RowsIncomplete(field="rows")
    refuse_all(
        ReasonsMissing(field=f"rows-{place}-reason")
        for place, row in enumerate(rows)
        if not row.met and not row.reason.strip()
    )


def _refuse_unpassable(
    session: Session, stands: Mapping[str, str], rows: Sequence[Row], reviewed: Mapping[str, Bid]
) -> None:
    """Refuse to pass an excluded supplier, or a bidder whose bond no bank statement shows yet."""
    refuse_all(
        _unpassable(session, reviewed[row.bid_id], stands[row.bid_id], f"rows-{place}-result")
        for place, row in enumerate(rows)
        if row.requirement_id == GENERAL_ID and row.met
    )


def _unpassable(session: Session, bid: Bid, bond: str, field: str) -> Refusal | None:
    exclusion = suppliers.exclusion_on(session, bid.supplier_id, local_day(clock.now(session)))
    if exclusion is not None:
        return ExcludedCannotPass(field=field, name=bid.supplier.name, until=exclusion.valid_until)
    if bond == "unproved":
        return BondUnproved(field=field, name=bid.supplier.name, under=projects.law_of_lot(session, bid.lot_id))
    return None


def _enough(session: Session, tender: Tender, competitors: Sequence[object]) -> bool:
    return len(competitors) >= least_bids(session, tender)


def least_bids(session: Session, tender: Tender) -> int:
    """How many bids must remain for a lot to go on (GPL 36, O87 44)."""
    return rules.law(session, tender.project).least_offers()


def record_conformity(
    session: Session,
    actor: Actor,
    *,
    lot_id: str,
    rows: Sequence[Row],
    doubted: Sequence[str] = (),
    doubt_reasons: str = "",
) -> None:
    """A member records for each bid and substantive requirement whether it is met, with the reason where it isn't (O87 50).

    ``doubted`` are bids whose price the member thinks too low to perform at (O87 60), with the reason. Raises
    RowsIncomplete, ReasonsMissing, AlreadyReviewed or NotAMember.
    """
    evaluated_lot(session, lot_id)
    member = experts.require_member(session, actor, lot_id)
    cells = conformity_cells(session, lot_id)
    ids = {cell.bid.id for cell in cells}
    if opinions_of(session, ids, member.account_id):
        raise AlreadyReviewed
    _refuse_incomplete(rows, cells)
    if set(doubted) - ids:
        raise BidUnknown(field="doubted")
    if doubted and not doubt_reasons.strip():
        raise ReasonsMissing(field="doubt_reasons")
    now = clock.now(session)
    session.add_all(
        ConformityOpinion(
            bid_id=row.bid_id,
            requirement_id=row.requirement_id,
            member_id=member.account_id,
            met=row.met,
            reason=row.reason.strip(),
            given_at=now,
        )
        for row in rows
    )
    session.add_all(
        PriceDoubt(bid_id=bid_id, member_id=member.account_id, reason=doubt_reasons.strip()) for bid_id in set(doubted)
    )
    session.flush()
    note(session, actor, lot_id, "evaluation.record_conformity", {"bids": len(ids)})


def opinions_of(session: Session, bid_ids: Iterable[str], member_id: str | None = None) -> list[ConformityOpinion]:
    """The opinions on some bids (of one member)."""
    statement = select(ConformityOpinion).where(ConformityOpinion.bid_id.in_(set(bid_ids)))
    if member_id is not None:
        statement = statement.where(ConformityOpinion.member_id == member_id)
    return list(session.scalars(statement.order_by(ConformityOpinion.id)))


def settle_conformity(session: Session, actor: Actor, *, lot_id: str) -> bool:
    """Let the majority decide each requirement of each bid; says whether enough bids conform (O87 50, 61).

    A bid above the ceiling, whose bond isn't in order, or whose corrected price its bidder didn't confirm is out whatever
    the opinions (O87 59, 63). Bids of one brand count as one; under the lowest price only the lowest of a brand goes on
    (O87 31).

    :raises OpinionsMissing:
    :raises CorrectionsOpen:
    """
    lot, tender = evaluated_lot(session, lot_id)
    cells = conformity_cells(session, lot_id)
    opinions = opinions_of(session, {cell.bid.id for cell in cells})
    members = {member.account_id for member in experts.serving(experts.of_lot(session, lot_id))}
    if any(_voters(opinions, cell) != members for cell in cells):
        raise OpinionsMissing
    reviewed, stands = {cell.bid.id: cell.bid for cell in cells}, bids.bonds_stand(session, tender, lot_id)
    corrections.refuse_open(session, lot, reviewed.values())
    for bid in reviewed.values():
        faults = [*_statutory_faults(lot, bid, stands[bid.id]), *_missed(bid, cells, opinions, len(members))]
        if faults:
            reject(session, bid, BidState.NONCONFORMING, faults)
        else:
            bid.state = BidState.CONFORMING
    session.flush()
    if tender.review_method == "lowest_price":
        _drop_same_brand(session, lot_id)
    enough = enough_conform(session, lot_id)
    note(session, actor, lot_id, "evaluation.settle_conformity", {"enough": enough})
    return enough


def enough_conform(session: Session, lot_id: str) -> bool:
    """Whether enough bids still conform, those of one brand counted as one; else why the lot fails is noted (GPL 36)."""
    tender, lot = tenders.of_lot(session, lot_id), projects.lot(session, lot_id)
    left = bids_in(session, lot_id, BidState.CONFORMING)
    count = count_by_brand(bid.opened.brand if bid.opened else "" for bid in left)
    if count >= least_bids(session, tender):
        return True
    states = (BidState.CONFORMING, BidState.NONCONFORMING, BidState.INVALID)
    opened = [bid.opened for bid in bids_in(session, lot_id, *states) if bid.opened is not None]
    over = [bid for bid in opened if bid.binding_price > lot.price_limit]
    lot.failure_reason = "over_budget" if opened and len(over) == len(opened) else "few_conforming"
    return False


def _voters(opinions: Iterable[ConformityOpinion], cell: Cell) -> set[str]:
    return {o.member_id for o in opinions if (o.bid_id, o.requirement_id) == cell.key}


def _statutory_faults(lot: Lot, bid: Bid, bond: str) -> list[Fault]:
    unconfirmed = corrections.fault(bid)
    faults = [] if unconfirmed is None else [unconfirmed]
    if bid.opened is not None and bid.opened.binding_price > lot.price_limit:
        faults.append(Fault("price_limit", reason=f"{bid.opened.binding_price:,.2f}"))
    if bond not in ("none_asked", "held"):
        faults.append(Fault("bond"))
    return faults


def _missed(bid: Bid, cells: Iterable[Cell], opinions: Sequence[ConformityOpinion], members: int) -> list[Fault]:
    faults = []
    for cell in cells:
        against = [o for o in opinions if (o.bid_id, o.requirement_id) == cell.key and not o.met]
        if cell.bid is bid and len(against) * 2 > members:
            said = "；".join(dict.fromkeys(opinion.reason for opinion in against))
            faults.append(Fault("conformity", cell.key[1], said))
    return faults


def _drop_same_brand(session: Session, lot_id: str) -> None:
    left = bids_in(session, lot_id, BidState.CONFORMING)
    opened = {bid.id: bid.opened for bid in left if bid.opened is not None}
    entries = [Entry(id, bid.binding_price, bid.binding_price, brand=bid.brand) for id, bid in opened.items()]
    joined = lowest_of_each_brand(entries, experts.of_lot(session, lot_id).seed)
    for bid in left:
        if bid.id not in joined:
            reject(session, bid, BidState.INVALID, [Fault("same_brand")])
