"""Notices, results, contracts and records of dishonesty, each as a list and one by one; checking receipts; about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import documents, regions
from app.foundation.documents import Document
from app.foundation.foreign import kinds
from app.foundation.text import Text, text_of
from app.foundation.workdays import local_day
from app.procurement import acceptance, bids, disclosure
from app.procurement import breaches as procurement_breaches
from app.procurement import contracts as procurement_contracts
from app.procurement.disclosure import board, feeds
from app.procurement.rules import methods
from app.procurement.tenders import places
from app.web import current, files, language, listing, templating, words
from app.web.portal import blueprint, searching
from app.web.templating import place
from app.workflow import facts

SHOWS = {
    "": Text("All notices", "全部公告"),
    "open": Text("Open for bids", "正在招标"),
    "tender": Text("Tender notices", "招标公告"),
    "change": Text("Correction notices", "更正公告"),
    "clarification": Text("Clarification notices", "澄清公告"),
    "award": Text("Award notices", "中标公告"),
    "contract": Text("Contract notices", "合同公告"),
    "failure": Text("Failed-tender notices", "废标公告"),
    "termination": Text("Termination notices", "终止公告"),
}
LARGEST_RECEIPT = 200_000
FEED_LENGTH = 50
CURRENCY = "CNY"
"""The currency in which the year's awards are summed up."""


@blueprint.get("")
def index() -> AnyResponse | str:
    """List what was published; first what can still be bid for."""
    return _list("" if _narrows() else "open", disclosure.KINDS, "portal.index")


@blueprint.get("/results")
def results() -> AnyResponse | str:
    """List how tenders ended: awards, failures and terminations."""
    return _list("", disclosure.RESULTS, "portal.results")


def _narrows() -> bool:
    """Whether the address asks for something, so that all notices are looked through and not only the open ones."""
    return any(request.args.get(name) for name in ("show", "q", *searching.FILTERS))


def _list(first: str, kinds: Any, endpoint: str) -> AnyResponse | str:
    session, now = current.session(), current.now()
    asked = listing.asked()
    shows = {key: name for key, name in SHOWS.items() if key in ("", *kinds) or (key == "open" and "tender" in kinds)}
    show = listing.chosen("show", shows, first)
    if show not in shows:
        show = ""
    wanted = searching.wanted(asked)
    found = board.notices(
        session,
        now=now,
        kinds=("tender",) if show == "open" else (show,) if show else tuple(kinds),
        open_only=show == "open",
        wanted=wanted,
        by_deadline=show == "open",
        offset=asked.offset,
        limit=asked.limit,
    )
    rows = [searching.row(notice) for notice in found.rows]
    if asked.wants_csv:
        return _exported(rows)
    counts = board.counts(session, now=now, wanted=wanted)
    counts = counts if endpoint == "portal.index" else {**counts, "": sum(counts[kind] for kind in kinds)}
    return render_template(
        "portal/index.html",
        rows=listing.Rows(rows, asked.page, asked.size, found.total),
        asked=asked,
        show=show,
        shows=shows,
        counts=counts,
        kinds=disclosure.KINDS,
        is_results=endpoint == "portal.results",
        choices=disclosure.searching.choices(session, now),
        filters=searching.FILTERS,
        objects=facts.OBJECTS,
        methods=methods.names(),
        region_name=regions.name,
        year=board.this_year(session, now, CURRENCY),
        open_now=board.open_for_bids(session, now=now),
    )


def _exported(rows: list[searching.Row]) -> AnyResponse:
    header = (
        Text("Published", "发布时间"),
        Text("Kind", "类型"),
        Text("Title", "标题"),
        Text("Number", "项目编号"),
        Text("Buyer", "采购人"),
        Text("Category", "采购类别"),
        Text("Method", "采购方式"),
        Text("Budget", "预算金额"),
        Text("Winning bidder", "中标人"),
        Text("Price", "中标金额"),
        Text("Currency", "币种"),
    )
    lines = (
        (
            row.notice.published_at.astimezone(current.zone()),
            disclosure.KINDS[row.notice.kind],
            row.title,
            row.tender.project.number,
            row.tender.project.buyer.name,
            row.object,
            row.method,
            row.budget.amount,
            row.winner,
            row.price.amount if row.price else None,
            row.budget.currency,
        )
        for row in rows
    )
    return listing.csv("notices", header, lines)


@blueprint.get("/notices/<notice_id>")
def notice(notice_id: str) -> str:
    """Show a notice as it was published."""
    found = board.notice(current.session(), notice_id, current.now())
    return render_template(
        "portal/notice.html",
        notice=found,
        title=text_of(found.title),
        content=found.content,
        kinds=disclosure.KINDS,
        papers=papers_of(found.document_zh_id, found.document_en_id),
        place=places.place,
        text_of=text_of,
        deadlines=_deadlines(found.content),
        others=[(n, text_of(n.title)) for n in reversed(found.tender.notices) if n.id != found.id],
        ocid=disclosure.ocid_of(current.session(), found.tender.project_id),
    )


def _deadlines(content: dict[str, Any]) -> list[str]:
    """The deadline before and after a change, as people write them."""
    given = (content.get("old_deadline_at"), content.get("new_deadline_at"))
    return [words.when(place(), datetime.fromisoformat(at), "long", with_zone=True) if at else "" for at in given]


@blueprint.get("/contracts")
def contracts() -> AnyResponse | str:
    """List the published contracts."""
    asked = listing.asked()
    found = board.published_contracts(current.session(), search=asked.search, offset=asked.offset, limit=asked.limit)
    if asked.wants_csv:
        header = (Text("Published", "公告时间"), Text("Number", "合同编号"), Text("Title", "合同名称"),
                  Text("Buyer", "采购人"), Text("Supplier", "供应商"), Text("Price", "合同金额"), Text("Currency", "币种"))  # fmt: skip
        lines = (
            (c.published_at, c.number, c.title, c.buyer.name, c.supplier.name, c.total, c.currency) for c in found.rows
        )
        return listing.csv("contracts", header, lines)
    return render_template(
        "portal/contracts.html", rows=listing.Rows(found.rows, asked.page, asked.size, found.total), asked=asked
    )


@blueprint.get("/contracts/<contract_id>")
def contract(contract_id: str) -> str:
    """Show a published contract with its papers (secrets blacked out) and how it was performed."""
    session = current.session()
    found = board.contract(session, contract_id)
    delivered = acceptance.of_contract(session, found.id)
    return render_template(
        "portal/contract.html",
        contract=found,
        papers=papers_of(found.public_zh_id, found.public_en_id),
        items=procurement_contracts.items(found),
        deliveries=delivered,
        ocid=disclosure.ocid_of(session, found.lot.project_id),
    )


@blueprint.get("/breaches")
def breaches() -> AnyResponse | str:
    """List the published records of dishonesty."""
    asked = listing.asked()
    found = board.published_breaches(
        current.session(), on=_today(), search=asked.search, offset=asked.offset, limit=asked.limit
    )
    if asked.wants_csv:
        header = (Text("Published", "公告时间"), Text("Number", "编号"), Text("Supplier", "供应商"),
                  Text("Breach", "事由"), Text("Article", "依据"), Text("Excluded until", "禁止期至"))  # fmt: skip
        lines = (
            (
                b.published_at,
                b.number,
                b.supplier.name,
                b.ground_name,
                b.article,
                b.exclusion.valid_until if b.exclusion else "",
            )
            for b in found.rows
        )
        return listing.csv("records-of-dishonesty", header, lines)
    return render_template(
        "portal/breaches.html", rows=listing.Rows(found.rows, asked.page, asked.size, found.total), asked=asked
    )


@blueprint.get("/breaches/<breach_id>")
def breach(breach_id: str) -> str:
    """Show one record of dishonesty; of one that was set aside only that it was."""
    found = board.breach(current.session(), breach_id, _today())
    if procurement_breaches.was_set_aside(found):
        return render_template("portal/set_aside.html", breach=found)
    return render_template(
        "portal/breach.html", breach=found, papers=papers_of(found.document_zh_id, found.document_en_id)
    )


def _today() -> date:
    return local_day(current.now())


@blueprint.route("/verify", methods=["GET", "POST"])
@files.takes_files([kinds.JSON], largest=LARGEST_RECEIPT)
def verify() -> str | AnyResponse:
    """Check a bid's receipt against the house's key; nothing of it is kept."""
    verified, given = None, ""
    key = current.house().signer.public_key
    if request.method == "POST":
        given = _given_receipt()
        verified = bids.verify_receipt(given, key) if given else None
    said = bids.receipt_facts(verified.content) if verified is not None else []
    page = render_template(
        "portal/verify.html",
        verified=verified,
        said=[(name, templating.when(v, "long", True) if isinstance(v, datetime) else v) for name, v in said],
        given=given,
        key=key,
        asked=request.method == "POST",
    )
    unread = verified is not None and verified.verdict == bids.Verdict.UNREADABLE
    return Response(page, 422) if unread else page


def _given_receipt() -> str:
    file = files.one("file")
    raw = file.stream.read(LARGEST_RECEIPT) if file is not None else b""
    return raw.decode("utf-8", "replace").strip() or request.form.get("receipt", "").strip()


@blueprint.get("/about")
def about() -> str:
    """Say what the portal is, and what is published when."""
    return render_template("portal/about.html")


@blueprint.get("/feed.atom")
def feed() -> Response:
    """The newest notices as an Atom feed, in the language asked for."""
    session, now, spoken = current.session(), current.now(), language.language()
    newest = board.notices(session, now=now, limit=FEED_LENGTH).rows
    path = url_for("portal.feed", lang=spoken)
    body = feeds.atom(current.house().publisher, newest, path=path, language=spoken, now=now)
    return Response(body, mimetype=feeds.MEDIA_TYPE)


def papers_of(*ids: str | None) -> list[Document]:
    """The public papers among these."""
    found = [documents.get(current.session(), identity) for identity in ids if identity]
    return [document for document in found if document.access == "public"]
