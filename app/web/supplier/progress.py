"""How far a supplier is with a bid: the steps from the documents to the result, and the checklist of what is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.foundation.text import Text
from app.procurement import awards, bids, bonds, tenders
from app.procurement.bids import Gap
from app.procurement.projects import Lot, LotState
from app.procurement.tenders import Requirement, Tender
from app.web import current, permissions

DONE, NOW, LATER, STOPPED = "done", "now", "", "failed"
"""States of a step, as the line of stages draws them."""
EVALUATION = (LotState.BIDDING, LotState.OPENED, LotState.EVALUATING, LotState.DECIDED)
"""States of a lot in which its bidders don't know the result yet."""


@dataclass(frozen=True)
class Step:
    """A step of a bid: its state (DONE, NOW, LATER or STOPPED), what is to be said of it, and its page, if it has one."""

    name: Text
    state: str
    said: Text | None = None
    url: str | None = None


@dataclass(frozen=True)
class Part:
    """A part of the bid in the checklist; ``gaps`` are what it lacks, its worst ones first."""

    name: str | Text
    url: str
    gaps: tuple[Gap, ...] = ()

    @property
    def tone(self) -> str:
        """How it is marked: ``done`` only if nothing is missing or doubtful."""
        if not self.gaps:
            return "done"
        return "draft" if self.gaps[0].severity == bids.ERROR else "soon"


def steps(tender: Tender, lot: Lot) -> list[Step]:
    """The steps of the person's supplier with a lot; the first one that isn't done is the one at hand."""
    session, supplier_id = current.session(), current.actor().organisation_id or ""
    bid, opening = bids.of_supplier(session, lot.id, supplier_id), bids.opening_of(session, lot.id)
    is_open, receipt = tenders.open_for_bids(tender, current.now()), None
    if bid is not None:
        receipt = url_for("supplier.receipt", bid_id=bid.id)
    draft = bids.draft_of(session, lot.id, supplier_id)
    whole = draft is not None and not any(
        gap.severity == bids.ERROR for gap in bids.gaps(session, current.actor(), lot_id=lot.id)
    )
    found = [
        (
            Text("Documents", "招标文件"),
            tenders.documents_taken(session, tender.id, supplier_id) is not None,
            _page("tender", tender),
        ),
        (Text("Bid", "编制投标文件"), bid is not None or whole, _page("bid", lot) if is_open else None),
        (Text("Seal", "密封递交"), bid is not None, receipt or (_page("check", lot) if is_open and draft else None)),
        (Text("Opening", "开标"), opening is not None, f"{receipt}#opening" if receipt and opening else None),
        (Text("Result", "结果"), lot.state not in EVALUATION, _result(lot)),
    ]
    if tender.bond_percent:
        in_order = bonds.in_order(session, tender, lot.id, supplier_id)
        found.insert(1, (Text("Bid bond", "投标保证金"), in_order, _page("bond", lot)))
    return _with_states(found, is_over=not is_open and bid is None)


def _with_states(found: Sequence[tuple[Text, bool, str | None]], *, is_over: bool) -> list[Step]:
    """Without a bid when the deadline has passed, the way ends at the first step that isn't done."""
    made: list[Step] = []
    for name, is_done, url in found:
        at_hand = not is_done and not any(step.state in (NOW, STOPPED) for step in made)
        state = DONE if is_done else (STOPPED if is_over else NOW) if at_hand else LATER
        said = Text("not submitted", "未递交") if state == STOPPED else None
        made.append(Step(name, state, said, url))
    return made


def _page(name: str, about: Tender | Lot) -> str | None:
    parts: dict[str, Any] = {"tender_id": about.id} if isinstance(about, Tender) else {"lot_id": about.id}
    return url_for(f"supplier.{name}", **parts) if permissions.allows(f"supplier.{name}", **parts) else None


def _result(lot: Lot) -> str | None:
    letter = awards.letter_of(current.session(), current.actor(), lot.id)
    return url_for("results.show", lot_id=lot.id) if letter is not None else None


def parts(tender: Tender, lot: Lot, wanted: Iterable[Requirement], gaps: Sequence[Gap]) -> list[Part]:
    """The checklist: each part of the bid with what it lacks, in the order of the page."""
    here = url_for("supplier.bid", lot_id=lot.id)

    def part(name: str | Text, anchor: str, *places: str) -> Part:
        mine = [gap for gap in gaps if gap.place in places or gap.place.split("/")[0] in places]
        return Part(name, (mine and where(mine[0], lot)) or f"{here}#{anchor}", tuple(mine))

    found = [
        part(Text("Price", "报价"), "f-price", "price", "prices"),
        part(Text("Terms", "商务条款"), "f-delivery_days", *TERMS),
        *(
            part(
                f"{'★ ' if each.starred else ''}{each.code}",
                f"r-{each.code}",
                f"responses/{each.id}",
                f"files/{each.code}",
            )
            for each in wanted
        ),
        part(Text("Declarations", "声明"), "declarations", "declarations"),
    ]
    if tender.bond_percent:
        found.append(part(Text("Bid bond", "投标保证金"), "", "bond"))
    if any(gap.place == "supplier" for gap in gaps):
        found.append(part(Text("Registration", "供应商注册"), "", "supplier"))
    return found


TERMS = ("delivery_days", "validity_days", "sme", "maker", "partner", "partner_share", "agreement", "domestic_share")
"""Places of gaps in the terms of a bid."""


def where(gap: Gap, lot: Lot) -> str:
    """The address of the field, or of the page, where a gap is closed."""
    kind, _, which = gap.place.partition("/")
    if kind == "bond":
        return url_for("supplier.bond", lot_id=lot.id)
    if kind == "supplier":
        return url_for("supplier.company")
    anchors = {
        "prices": f"f-prices-{which}",
        "responses": f"f-r-{which}",
        "files": f"f-file-{which}",
        "declarations": f"f-declaration-{which}",
        "agreement": "f-file-agreement",
    }
    return url_for("supplier.bid", lot_id=lot.id, _anchor=anchors.get(kind, f"f-{kind}"))
