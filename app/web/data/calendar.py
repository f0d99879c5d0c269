"""Working days: the years that are known, and the State Council's notice as pasted text."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app.foundation import holiday_notices, proposals, workdays
from app.foundation.errors import Refusal
from app.foundation.workdays import YearStatus, local_day
from app.web import current, errors
from app.web.answers import redirect
from app.web.data import blueprint
from app.workflow.feeding import calendars


@blueprint.route("/calendar", methods=["GET", "POST"])
def calendar() -> str | AnyResponse | tuple[str, int]:
    """Show the years, and take the notice of a further one."""
    if request.method == "GET":
        return _calendar({}, [])
    session = current.session()
    values = {name: request.form.get(name, "").strip() for name in ("text", "year", "source")}
    try:
        year = int(values["year"]) if values["year"].isdigit() and len(values["year"]) == 4 else None
        draft = calendars.draft(session, current.actor(), values["text"], year=year, source=values["source"])
    except Refusal as refusal:
        session.rollback()
        return _calendar(values, errors.parts_of(refusal)), errors.status_of(type(refusal))
    current.commit()
    return redirect("data.proposal", proposal_id=draft.id)


def _calendar(values: dict[str, str], problems: list[Refusal]) -> str:
    session = current.session()
    today = local_day(current.now())
    years = workdays.years(session)
    published = {row.year for row in years if row.status == YearStatus.PUBLISHED}
    return render_template(
        "data/calendar.html",
        years=[(row, row.year in published) for row in years],
        missing=[year for year in (today.year, today.year + 1) if year not in published],
        waiting=proposals.of_kinds(session, ("calendar",), waiting=True),
        values=values,
        problems=problems,
    )


@blueprint.get("/calendar/<int:year>")
def year(year: int) -> str:
    """Show a year's days off and the weekend days worked."""
    session = current.session()
    row = session.get(workdays.CalendarYear, year)
    if row is None:
        raise NotFound
    days = workdays.days_of(session, year)
    return render_template(
        "data/year.html",
        row=row,
        is_published=row.status == YearStatus.PUBLISHED,
        off=list(holiday_notices.spans(days, worked=False)),
        worked=[first for first, _ in holiday_notices.spans(days, worked=True)],
        working=_working_days(year),
    )


def _working_days(year: int) -> int | None:
    return current.calendar().working_days_between(date(year - 1, 12, 31), date(year, 12, 31))
