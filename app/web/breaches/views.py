"""Looking at breaches: the list of those one may see, and one with the whole procedure."""

from __future__ import annotations

from flask import render_template

from app.foundation import documents
from app.foundation.documents import Document
from app.foundation.errors import Refusal
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.procurement import breaches, rules
from app.procurement.breaches import Breach, BreachState
from app.web import current, listing
from app.web.breaches import blueprint

PHASES = {
    "": Text("All", "全部"),
    "reported": Text("Reported", "已报告"),
    "notified": Text("Being heard", "陈述申辩中"),
    "decided": Text("To be published", "待公告"),
    "published": Text("Published", "已公告"),
    "dismissed": Text("Dismissed", "不予处罚"),
}
TONES = {"reported": "new", "notified": "waiting", "decided": "now", "published": "done", "dismissed": "stopped"}


@blueprint.get("")
def index() -> str:
    """List the reports one may see."""
    session, actor = current.session(), current.actor()
    phase = listing.chosen("phase", PHASES)
    seen = breaches.visible(session, actor)
    return render_template(
        "breaches/index.html",
        rows=[breach for breach in seen if phase in ("", breach.state)],
        phase=phase,
        phases=PHASES,
        counts={key: sum(key in ("", breach.state) for breach in seen) for key in PHASES},
        tones=TONES,
        states=breaches.STATE_NAMES,
    )


@blueprint.get("/<breach_id>")
def show(breach_id: str) -> str:
    """Show a report and what may be done with it now."""
    return page(breach_id, {}, [])


def page(breach_id: str, values: dict[str, str], problems: list[Refusal], act: str = "") -> str:
    """The page of a breach; ``act`` names the form whose ``values`` weren't taken, for ``problems``."""
    session, actor = current.session(), current.actor()
    breach = breaches.get(session, breach_id)
    today = local_day(current.now())
    supplier = breach.supplier_id
    may_reply = actor.has_role("supplier-admin", supplier) or actor.has_role("supplier-signer", supplier)
    is_finance = actor.has_role("finance-officer", breach.finance_id)
    in_time = breach.reply_until_on is not None and today <= breach.reply_until_on
    return render_template(
        "breaches/show.html",
        breach=breach,
        tone=TONES[breach.state],
        state=breaches.STATE_NAMES[breach.state],
        evidence=_documents(breach.evidence),
        answers=_documents(breach.reply_attachments),
        papers=_documents([id for id in (breach.document_zh_id, breach.document_en_id) if id]),
        may_reply=may_reply and breach.state == BreachState.NOTIFIED and breach.replied_at is None and in_time,
        may_notify=is_finance and breach.state == BreachState.REPORTED,
        may_hear=is_finance
        and breach.state == BreachState.NOTIFIED
        and breach.wants_hearing
        and breach.heard_on is None,
        may_decide=is_finance and breach.state == BreachState.NOTIFIED and _heard(breach, in_time),
        may_publish=is_finance and breach.state == BreachState.DECIDED,
        may_lift=is_finance and breach.exclusion is not None and breach.exclusion.revoked_at is None,
        waits_for_reply=breach.state == BreachState.NOTIFIED and breach.replied_at is None and in_time,
        least=rules.common(today).count("exclusion_min"),
        most=rules.common(today).count("exclusion_max"),
        fines=_fines(breach),
        values=values,
        problems=problems,
        act=act,
    )


def _heard(breach: Breach, in_time: bool) -> bool:
    """Whether the supplier could say what it has to say."""
    if breach.replied_at is None and in_time:
        return False
    return not breach.wants_hearing or breach.heard_on is not None


def _fines(breach: Breach) -> tuple[str, str] | None:
    if not breach.base_amount:
        return None
    law = rules.common(local_day(current.now()))
    least, most = (breach.base_amount * law.value(name) for name in ("breach_fine_min", "breach_fine_max"))
    return f"{least:,.2f}", f"{most:,.2f}"


def _documents(ids: list[str]) -> list[Document]:
    return [documents.get(current.session(), document_id) for document_id in ids]
