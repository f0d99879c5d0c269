"""One search over everything a person may see: cases, tenders, notices, parties, people.

Each kind is found where its own list finds it, so that nobody learns more here than there. Words are looked for as
they stand, which finds two Chinese signs as well as a whole number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import func, or_, select

from app.foundation.text import Text, text_of
from app.identity import organisations, people
from app.identity.organisations import KINDS
from app.procurement.projects import Project
from app.procurement.tenders import Notice, Tender, lists
from app.web import current
from app.web.cases import finding
from app.web.listing import Asked
from app.web.permissions import allows

SHOWN = 6
"""How many of each kind stand on the page; the rest is in the kind's own list."""


@dataclass(frozen=True)
class Hit:
    """Something found: where it is, what it is called, and what tells it from others."""

    url: str
    title: Text
    facts: tuple[Text | str, ...] = ()


@dataclass(frozen=True)
class Section:
    """What was found of one kind. ``url``: the list that has all of it."""

    name: Text
    hits: list[Hit]
    total: int
    url: str | None


def search(wanted: str) -> list[Section]:
    """The sections in which something was found, in the order of a procurement's life."""
    if len(wanted) < 2:
        return []
    found = (_cases(wanted), _tenders(wanted), _notices(wanted), _parties(wanted), _people(wanted))
    return [section for section in found if section is not None and section.hits]


def _cases(wanted: str) -> Section | None:
    if not allows("cases.index"):
        return None
    asked = Asked(wanted, "-moved", 1, SHOWN, wants_csv=False)
    hits = [
        Hit(
            url_for("cases.show", instance_id=case.row.id),
            case.title or Text(case.row.process_id, case.row.process_id),
            (case.row.business_key or "",),
        )
        for case in finding.page(finding.Wanted(search=wanted), asked)
    ]
    total = finding.count(finding.Wanted(search=wanted))
    return Section(Text("Cases", "项目"), hits, total, url_for("cases.index", q=wanted))


def _tenders(wanted: str) -> Section | None:
    if not allows("tenders.index"):
        return None
    rows, total = lists.find(current.session(), current.actor(), current.now(), search=wanted, limit=SHOWN)
    hits = [Hit(url_for("tenders.show", tender_id=row.id), row.project.title, (row.project.number,)) for row in rows]
    return Section(Text("Tenders", "招标"), hits, total, url_for("tenders.index", q=wanted))


def _notices(wanted: str) -> Section | None:
    session = current.session()
    statement = (
        select(Notice, Project)
        .join(Tender, Tender.id == Notice.tender_id)
        .join(Project, Project.id == Tender.project_id)
        .where(
            or_(
                Project.number.icontains(wanted, autoescape=True),
                Project.title_zh.contains(wanted, autoescape=True),
                Project.title_en.icontains(wanted, autoescape=True),
            )
        )
    )
    total = session.scalar(select(func.count()).select_from(statement.with_only_columns(Notice.id).subquery())) or 0
    latest = statement.order_by(Notice.published_at.desc(), Notice.id.desc()).limit(SHOWN)
    hits = [
        Hit(address, text_of(notice.title), (project.number,))
        for notice, project in session.execute(latest)
        if (address := _address_of(notice)) is not None
    ]
    return Section(Text("Notices", "公告"), hits, total, None)


def _address_of(notice: Notice) -> str | None:
    """Where a notice can be read: its page on the portal, else the published paper."""
    if allows("portal.notice"):
        return url_for("portal.notice", notice_id=notice.id)
    paper = notice.document_zh_id or notice.document_en_id
    return url_for("documents.download", document_id=paper) if paper and allows("documents.download") else None


def _parties(wanted: str) -> Section | None:
    if not allows("people.organisations"):
        return None
    rows, total = organisations.find(current.session(), search=wanted, limit=SHOWN)
    hits = [
        Hit(url_for("people.organisation", organisation_id=row.id), row.name, (KINDS[row.kind], row.uscc))
        for row in rows
    ]
    return Section(Text("Organisations", "单位"), hits, total, url_for("people.organisations", q=wanted))


def _people(wanted: str) -> Section | None:
    if not allows("people.index"):
        return None
    filters = people.Filters(search=wanted, place=people.looks_after(current.actor()))
    rows, total = people.find(current.session(), filters, limit=SHOWN)
    hits = list(_persons(rows))
    return Section(Text("People", "人员"), hits, total, url_for("people.index", q=wanted))


def _persons(rows: list[people.Person]) -> Iterator[Hit]:
    for row in rows:
        name = Text(row.account.name, row.account.name)
        yield Hit(
            url_for("people.show", account_id=row.account.id),
            name,
            (row.account.login, *(grant.role_name for grant in row.held)),
        )
