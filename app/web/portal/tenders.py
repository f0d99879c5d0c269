"""A tender in public: its dates, what is asked and how it is scored, its documents one by one and as one ZIP, its calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, url_for
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.foundation import documents
from app.foundation.database import reading
from app.foundation.documents import Document
from app.foundation.text import Text, text_of
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement import disclosure, projects, tenders
from app.procurement.disclosure import board
from app.procurement.rules import methods
from app.procurement.tenders import Attached, Tender, places
from app.web import archives, calendars, current, language
from app.web.portal import blueprint
from app.web.portal.boards import papers_of
from app.workflow import facts

REQUIREMENTS = {
    "qualification": Text("Who may bid", "资格要求"),
    "technical": Text("Technical requirements", "技术要求"),
    "commercial": Text("Commercial requirements", "商务要求"),
}
"""The kinds of requirements, in the order in which they are shown."""
FACTORS = {
    "price": Text("Price", "价格"),
    "objective": Text("Objective", "客观"),
    "subjective": Text("Subjective", "主观"),
}
UNFIT = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))
"""What no file may be called on some people's machines."""
DONE, NOW = "done", "now"
"""How the dates of a tender that are over, and the next one, are marked."""
REMINDS = timedelta(days=1)
"""How long before the bid deadline a calendar reminds."""


@dataclass(frozen=True)
class Date:
    """A date of a tender; ``state`` is done, now (the next one) or still to come (``""``)."""

    name: Text
    at: datetime | date
    state: str


@blueprint.get("/tenders/<tender_id>")
def tender(tender_id: str) -> str:
    """Show a tender: its deadline, documents, what is asked, questions and answers, changes, and how far it is."""
    session, now = current.session(), current.now()
    found = board.tender(session, tender_id, now)
    return render_template(
        "portal/tender.html",
        tender=found,
        project=found.project,
        is_open=tenders.open_for_bids(found, now),
        versions=[
            (v, papers_of(v.document_zh_id, v.document_en_id), tenders.of_version(session, found, v))
            for v in reversed(found.versions)
        ],
        asked=_asked(found),
        requirement_kinds=REQUIREMENTS,
        factor_kinds=FACTORS,
        questions=[each for each in tenders.public_questions(session, found.id) if each.answer],
        changes=list(reversed(found.changes)),
        notices=[(n, text_of(n.title)) for n in reversed(found.notices)],
        kinds=disclosure.KINDS,
        place=places.place,
        text_of=text_of,
        states=projects.STATE_NAMES,
        failure_of=projects.failure,
        stages=_stages(found),
        dates=_dates(found, now),
        object=facts.named(facts.OBJECTS, found.project.object),
        method=methods.named(found.method).name,
        review_method=facts.named(facts.REVIEW_METHODS, found.review_method),
        agency=organisations.get(session, found.agency_id),
        ocid=disclosure.ocid_of(session, found.project_id),
    )


def _asked(found: Tender) -> list[dict[str, Any]]:
    """Of each lot what the published documents ask and how they score it; drafts of a change aren't public."""
    if not found.versions:
        return []
    lots: dict[str, Any] = found.versions[-1].content["lots"]
    return [
        {
            "number": number,
            "name": text_of(lot["name"]),
            "requirements": {
                kind: [{"code": code} | each for code, each in lot["requirements"].items() if each["kind"] == kind]
                for kind in REQUIREMENTS
            },
            "factors": [{"code": code} | each for code, each in lot["factors"].items()],
            "points": sum((Decimal(each["points"]) for each in lot["factors"].values()), Decimal(0)),
        }
        for number, lot in lots.items()
    ]


def _dates(found: Tender, now: datetime) -> list[Date]:
    """The dates of a tender in their order, the next one marked."""
    given: list[tuple[Text, datetime | date | None]] = [
        (Text("Notice published", "公告发布"), found.published_at),
        (Text("Last day to get the documents", "招标文件获取截止"), found.supply_ends_on),
        (Text("Last day of the notice", "公告期限截止"), found.notice_ends_on),
        (Text("Bid deadline and opening", "投标截止及开标"), found.bid_deadline_at),
    ]
    known = sorted(((name, at) for name, at in given if at), key=lambda each: _day(each[1]))
    dates: list[Date] = []
    for name, at in known:
        is_over = at <= now if isinstance(at, datetime) else at < local_day(now)
        is_next = not is_over and all(each.state == DONE for each in dates)
        dates.append(Date(name, at, DONE if is_over else NOW if is_next else ""))
    return dates


def _day(at: datetime | date) -> date:
    return local_day(at) if isinstance(at, datetime) else at


@blueprint.get("/tenders/<tender_id>/calendar.ics")
def tender_calendar(tender_id: str) -> Response:
    """The dates of a tender that are still to come, for a calendar; the bid deadline with a reminder."""
    found = board.tender(current.session(), tender_id, current.now())
    spoken, title = language.language(), language.say(found.project.title)
    address = current.config().base_url + url_for("portal.tender", tender_id=found.id)
    events = [
        calendars.Event(
            id=f"{found.id}-{number}@tenderway",
            at=each.at,
            title=f"{each.name.in_(spoken)}: {title}" if spoken == "en" else f"{each.name.in_(spoken)}：{title}",
            address=address,
            reminds=REMINDS if each.at == found.bid_deadline_at else None,
        )
        for number, each in enumerate(_dates(found, current.now()))
        if each.state != DONE
    ]
    return _file(calendars.calendar(events, now=current.now()), calendars.MEDIA_TYPE, f"{found.project.number}.ics")


@blueprint.get("/tenders/<tender_id>/documents.zip")
def tender_documents(tender_id: str) -> Response:
    """Everything that was published of a tender as one ZIP: each version of the documents, and the notices."""
    found = board.tender(current.session(), tender_id, current.now())
    entries = list(_entries(current.session(), found, current.house().database))
    return _file(archives.zipped(entries), "application/zip", f"{found.project.number}.zip")


def _entries(session: Session, found: Tender, database: Engine) -> Iterator[archives.Entry]:
    spoken = language.language()
    for version in found.versions:
        folder = Text(f"Tender documents, version {version.number}", f"招标文件第{version.number}版").in_(spoken)
        yield from _folder(folder, papers_of(version.document_zh_id, version.document_en_id), database)
        yield from _attached(folder, tenders.of_version(session, found, version), database)
    for notice in found.notices:
        yield from _folder(
            Text("Notices", "公告").in_(spoken), papers_of(notice.document_zh_id, notice.document_en_id), database
        )


def _folder(folder: str, papers: Iterable[Document], database: Engine) -> Iterator[archives.Entry]:
    for paper in papers:
        yield _archived(f"{folder}/{paper.name.translate(UNFIT)}", paper, database)


def _attached(folder: str, attachments: Iterable[Attached], database: Engine) -> Iterator[archives.Entry]:
    """A version's attachments in a folder of their own, each under its number."""
    spoken = language.language()
    for each in attachments:
        name = Text(f"Attachment {each.number} {each.document.name}", f"附件{each.number} {each.document.name}")
        inner = Text("Attachments", "附件").in_(spoken)
        yield _archived(f"{folder}/{inner}/{name.in_(spoken).translate(UNFIT)}", each.document, database)


def _archived(name: str, document: Document, database: Engine) -> archives.Entry:
    at = document.created_at.astimezone(current.zone())
    return name, at, partial(_pieces, database, document.digest, documents.length(document))


def _pieces(database: Engine, digest: str, count: int) -> Iterator[bytes]:
    """A content, each chunk read in a transaction of its own."""
    for position in range(count):
        with reading(database) as session:
            piece = documents.chunk(session, digest, position)
        yield piece


def _file(content: bytes | Iterator[bytes], media_type: str, name: str) -> Response:
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


_STAGES: tuple[tuple[str, Text, frozenset[str]], ...] = (
    ("bidding", Text("Bids", "投标"), frozenset({"bidding"})),
    ("opening", Text("Opening and evaluation", "开标评标"), frozenset({"opened", "evaluating", "decided"})),
    ("result", Text("Result", "中标结果"), frozenset({"notified"})),
    ("contract", Text("Contract", "合同"), frozenset({"contracted"})),
    ("performance", Text("Performance", "履约"), frozenset({"performing", "accepted"})),
    ("done", Text("Done", "完成"), frozenset({"paid", "archived"})),
)


def _stages(found: Tender) -> list[tuple[Text, str]]:
    """The public steps of a tender, each ``done``, ``now``, ``failed`` or still to come (``""``)."""
    steps = [(Text("Notice", "公告"), "done")]
    stage = projects.stage(found.project)
    if stage in ("failed", "cancelled"):
        return [*steps, (Text("Bids", "投标"), "done"), (projects.STATE_NAMES[stage], "failed")]
    position = next((number for number, (_, _, states) in enumerate(_STAGES) if stage in states), len(_STAGES))
    for number, (_, name, _) in enumerate(_STAGES):
        steps.append((name, "done" if number < position else "now" if number == position else ""))
    return steps
