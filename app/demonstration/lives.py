"""The life of a procurement as scripts: who does what, in order, until a stage is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.demonstration import town
from app.demonstration.cases import Case
from app.demonstration.players import Play
from app.engine.records import InstanceRow
from app.procurement import projects, tenders
from app.procurement.tenders import Tender
from app.workflow.intake.tenders import as_rows

Script = Callable[[Play, Case], None]


def apply(play: Play, case: Case) -> None:
    """The handler applies for the project."""
    play.begin("chen")
    play.do("chen", "apply", case.applied(line_of(play, case)))


def line_of(play: Play, case: Case) -> str:
    """The hospital's budget line of this year for a case."""
    with play.looking() as session:
        code = f"{town.today(session).year}-{case.line}"
        query = select(projects.BudgetLine.id).where(
            projects.BudgetLine.organisation_id == town.place(session, "hospital").id, projects.BudgetLine.code == code
        )
        return session.scalars(query).one()


def approve(play: Play, case: Case) -> None:
    """The reviewer approves, the finance department files."""
    play.do("zhou", "review_application", {"decision": "approve"})
    play.do("liu", "file_application", {"decision": "file"})


def plan(play: Play, case: Case) -> None:
    """The handler plans, takes the method that is proposed, and settles dates that the calendar leaves open."""
    play.do("chen", "plan", lambda shown: case.planned(shown.values))
    play.do("chen", "confirm_method")
    if play.has("chen", "confirm_timetable"):
        play.do("chen", "confirm_timetable", {"source": "按法定节假日从严推算，采购人确认。"})


def entrust(play: Play, case: Case) -> None:
    """Buyer and agency agree and sign."""
    play.do("chen", "choose_agency", lambda shown: {"agency": _agency(play), "fee": 8000, "fee_payer": "buyer"})
    play.do("sun", "sign_agreement_agency", {"decision": "sign"})
    play.do("zhou", "sign_agreement_buyer", {"agreed": True})


def _agency(play: Play) -> str:
    with play.looking() as session:
        return town.place(session, "agency").id


def draft(play: Play, case: Case) -> None:
    """The agency prepares the documents; they are checked."""
    play.do("sun", "prepare_documents", documents_of(case))


def documents_of(case: Case) -> Mapping[str, Any]:
    """What a case's documents say over the template's."""
    return as_rows(case.requirements, case.factors) | dict(case.terms) if case.requirements else {}


def publish(play: Play, case: Case) -> None:
    """The buyer confirms; with that the notice is published."""
    play.do("chen", "confirm_documents", {"decision": "confirm"})


def tender_of(play: Play) -> tuple[str, datetime]:
    """The id of the case's tender, and its deadline."""
    with play.looking() as session:
        found = _tender(play, session)
        assert found.bid_deadline_at is not None
        return found.id, found.bid_deadline_at


def _tender(play: Play, session: Any) -> Tender:
    query = select(projects.Project.id).where(projects.Project.number == number_of(play))
    return tenders.of_project(session, session.scalars(query).one())


def number_of(play: Play) -> str:
    """The number of the case's project."""
    with play.looking() as session:
        key = session.get_one(InstanceRow, play.instance_id).business_key
    assert key is not None, "a case has its number from the application on"
    return key


FIRST_HALF: tuple[Script, ...] = (apply, approve, plan, entrust, draft, publish)
"""From the application to the notice."""


def play_all(play: Play, case: Case, scripts: tuple[Script, ...]) -> None:
    """Play scripts one after the other."""
    for script in scripts:
        script(play, case)
