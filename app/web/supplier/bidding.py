"""My bids, the check before sealing, and the acts on a bid: submit, confirm, withdraw."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import repeats
from app.foundation.errors import Refusal
from app.foundation.money import Money
from app.foundation.text import Text
from app.procurement import bids, projects, tenders
from app.procurement.bids import Bid, BidDraft, BidState
from app.procurement.projects import Lot, LotState
from app.procurement.tenders import Tender
from app.web import current, errors, language, permissions
from app.web.answers import redirect, redirect_to
from app.web.notices import notice
from app.web.supplier import blueprint, progress
from app.web.supplier.tendering import head, lot_and_tender

DRAFT = "draft"

STATES: dict[str, tuple[str, Text]] = {
    DRAFT: ("draft", Text("Draft", "草稿")),
    "missed": ("stopped", Text("Not submitted", "未提交")),
    "unconfirmed": ("late", Text("Must be confirmed", "待重新确认")),
    BidState.SEALED: ("sealed", Text("Sealed", "已密封")),
    BidState.REPLACED: ("stopped", Text("Replaced", "已替换")),
    BidState.WITHDRAWN: ("stopped", Text("Withdrawn", "已撤回")),
    BidState.UNOPENED: ("stopped", Text("Not opened", "未开启")),
    BidState.OPENED: ("now", Text("Opened", "已开标")),
    BidState.UNDECRYPTABLE: ("refused", Text("Could not be opened", "无法解密")),
    BidState.INVALID: ("refused", Text("Invalid", "无效")),
    "evaluating": ("now", Text("Being evaluated", "评审中")),
    "failed": ("stopped", Text("The lot failed", "已废标")),
    BidState.WINNER: ("done", Text("Winning bidder", "中标")),
    BidState.LOST: ("plain", Text("Not successful", "未中标")),
}
"""How a bid's state is shown to its supplier: until the award is published the evaluation stays within its walls (O87 66)."""

EVALUATED = frozenset(
    {
        BidState.OPENED,
        BidState.UNQUALIFIED,
        BidState.NONCONFORMING,
        BidState.CONFORMING,
        BidState.RANKED,
        BidState.CANDIDATE,
        BidState.WINNER,
        BidState.LOST,
    }
)
"""States from the opening on: what they are stays in the committee until the award is published."""


@dataclass(frozen=True)
class Line:
    """A line of the list: a draft or a bid, and the tender it is for."""

    tender: Tender
    lot: Lot
    state: str
    at: datetime
    draft: BidDraft | None = None
    bid: Bid | None = None


@blueprint.get("/supplier")
def index() -> str:
    """Show the supplier's drafts and bids: what waits for them first."""
    lines = sorted(_lines(), key=lambda line: (_rank(line), -line.at.timestamp()))
    ended = [line for line in lines if line.state in (BidState.REPLACED, BidState.WITHDRAWN)]
    return render_template(
        "supplier/index.html",
        page_of=_page_of,
        lines=[line for line in lines if line not in ended],
        ended=ended,
        states=STATES,
    )


@blueprint.get("/supplier/lots/<lot_id>/bid/check")
def check(lot_id: str) -> str | AnyResponse:
    """Show the whole bid as it will be sealed, what is missing, and what sealing protects against."""
    lot, tender = lot_and_tender(lot_id)
    if not tenders.open_for_bids(tender, current.now()):
        return redirect("supplier.tender", tender_id=tender.id)
    if bids.draft_of(current.session(), lot_id, current.actor().organisation_id) is None:
        return redirect("supplier.tender", tender_id=tender.id)
    return _check(lot, tender)


@blueprint.post("/supplier/lots/<lot_id>/bid/submit")
def submit(lot_id: str) -> AnyResponse | tuple[str, int]:
    """Seal the draft and take it in; the answer is its receipt."""
    session, actor, key = current.session(), current.actor(), request.form.get("_key", "")
    with ExitStack() as kept:
        try:
            with current.looking() as reader:
                sealed = bids.seal(reader, actor, lot_id=lot_id, arrived_at=current.arrived_at())
            if sealed is not None:
                kept.callback(sealed.close)
            answered = repeats.earlier(session, actor, key)
            if answered is not None:
                return redirect_to(answered)
            bid = bids.submit(
                session,
                actor,
                lot_id=lot_id,
                signer=current.house().signer,
                sealed=sealed,
                arrived_at=current.arrived_at(),
            )
        except Refusal as refusal:
            session.rollback()
            if isinstance(refusal, bids.DraftMissing | tenders.DeadlinePassed):
                raise
            return _check(*lot_and_tender(lot_id), errors.parts_of(refusal)), errors.status_of(type(refusal))
    repeats.answer(session, actor, key, url_for("supplier.receipt", bid_id=bid.id))
    current.commit()
    notice(
        Text("Your bid has been sealed and received.", "投标文件已密封并签收。"),
        Text("Save the receipt.", "请保存签收回执。"),
    )
    return redirect("supplier.receipt", bid_id=bid.id)


@blueprint.post("/supplier/lots/<lot_id>/bid/hand-on")
def hand_on(lot_id: str) -> AnyResponse | tuple[str, int]:
    """Ask the company's signers to read and seal the draft."""
    try:
        asked = bids.hand_on(current.session(), current.actor(), lot_id=lot_id, arrived_at=current.arrived_at())
    except (bids.BidIncomplete, bids.NobodySigns) as refusal:
        current.session().rollback()
        return _check(*lot_and_tender(lot_id), [refusal]), errors.status_of(type(refusal))
    current.commit()
    names = "、".join(account.name for account in asked)
    notice(
        Text("The signers are asked to seal this bid.", "已通知签署人密封本投标文件。"),
        Text(f"They find it under “My bids”: {names}.", f"签署人可在“我的投标”中办理：{names}。"),
    )
    return redirect("supplier.check", lot_id=lot_id)


@blueprint.post("/supplier/bids/<bid_id>/confirm")
def confirm(bid_id: str) -> AnyResponse:
    """Let a bid stand as it is under the changed documents."""
    bids.confirm(
        current.session(),
        current.actor(),
        bid_id=bid_id,
        signer=current.house().signer,
        arrived_at=current.arrived_at(),
    )
    current.commit()
    notice(
        Text(
            "Your bid remains valid under the corrected tender documents.", "您的投标文件在更正后的招标文件下继续有效。"
        ),
        Text("There is a new receipt.", "已生成新的签收回执。"),
    )
    return redirect("supplier.receipt", bid_id=bid_id)


@blueprint.post("/supplier/bids/<bid_id>/withdraw")
def withdraw(bid_id: str) -> AnyResponse:
    """Take a bid back; its content is destroyed."""
    bids.withdraw(
        current.session(),
        current.actor(),
        bid_id=bid_id,
        signer=current.house().signer,
        arrived_at=current.arrived_at(),
    )
    current.commit()
    notice(
        Text("Your bid has been withdrawn.", "投标文件已撤回。"),
        Text(
            "Its content has been destroyed. You can submit another bid until the deadline.",
            "其内容已销毁；截止时间前仍可重新投标。",
        ),
    )
    return redirect("supplier.receipt", bid_id=bid_id)


def state_of(bid: Bid, tender: Tender, lot: Lot) -> str:
    """A bid's state as its supplier is told: a sealed one may have to be confirmed; how the evaluation goes is not told."""
    if bid.state == BidState.SEALED and not bid.confirmed_for(tender.binding_version):
        return "unconfirmed"
    if bid.state not in EVALUATED:
        return bid.state
    if lot.failed_at is not None:
        return "failed"
    if lot.state in (LotState.BIDDING, LotState.OPENED, LotState.EVALUATING, LotState.DECIDED):
        return BidState.OPENED if lot.state == LotState.OPENED else "evaluating"
    return BidState.WINNER if bid.state == BidState.WINNER else BidState.LOST


def _check(lot: Lot, tender: Tender, problems: list[Refusal] | None = None) -> str:
    session, actor = current.session(), current.actor()
    draft = bids.draft_of(session, lot.id, actor.organisation_id)
    found = bids.gaps(session, actor, lot_id=lot.id)
    offer = bids.read_offer(draft.content if draft is not None else {})
    return render_template(
        "supplier/check.html",
        **head(tender, "supplier.check", lot),
        draft=draft,
        where=progress.where,
        offer=offer,
        words=Money(offer.price, lot.currency).in_words(language.language()) if offer.price else None,
        requirements=bids.requirements_of(tender, lot.id),
        errors_found=[gap for gap in found if gap.severity == bids.ERROR],
        warnings=[gap for gap in found if gap.severity == bids.WARNING],
        standing=bids.of_supplier(session, lot.id, actor.organisation_id),
        signers=bids.signers_of(session, actor.organisation_id or ""),
        deviations=bids.DEVIATIONS,
        sme_kinds=bids.SME_KINDS,
        declarations=bids.DECLARATIONS,
        problems=problems or [],
        key=repeats.new_key(),
    )


def _lines() -> list[Line]:
    session, supplier_id, now = current.session(), current.actor().organisation_id or "", current.now()
    found = []
    for bid in bids.all_of_supplier(session, supplier_id):
        tender = tenders.of_lot(session, bid.lot_id)
        lot = projects.lot(session, bid.lot_id)
        found.append(Line(tender, lot, state_of(bid, tender, lot), bid.received_at, bid=bid))
    for draft in bids.drafts_of(session, supplier_id):
        tender = tenders.of_lot(session, draft.lot_id)
        state = DRAFT if tenders.open_for_bids(tender, now) else "missed"
        found.append(Line(tender, projects.lot(session, draft.lot_id), state, draft.saved_at, draft=draft))
    return found


def _page_of(line: Line) -> str:
    """Where a line of the list leads: to the receipt; to the editor, or for whoever only signs to the check; else to the tender."""
    if line.bid is not None:
        return url_for("supplier.receipt", bid_id=line.bid.id)
    if line.state == DRAFT:
        for endpoint in ("supplier.bid", "supplier.check"):
            if permissions.allows(endpoint, lot_id=line.lot.id):
                return url_for(endpoint, lot_id=line.lot.id)
    return url_for("supplier.tender", tender_id=line.tender.id)


def _rank(line: Line) -> int:
    """What must be done first, then what is under way, then what is over."""
    order = ("unconfirmed", DRAFT, BidState.SEALED)
    return order.index(line.state) if line.state in order else len(order)
