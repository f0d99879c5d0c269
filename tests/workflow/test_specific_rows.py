"""A life under rows of its own: were every rule made for the region, the level, the object and the method alone, nothing would change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from app.demonstration import lives
from app.engine import incidents
from app.identity.organisations import Organisation
from app.procurement import projects
from app.procurement.rules import statutes
from app.procurement.rules.purchases import COMMON

METHOD = "open_tender"
BEFORE_THE_METHOD = frozenset(
    {
        "intention_period",
        "open_tender_threshold",
        "procurement_limit",
        "sme_reservation_limit",
        "sme_reservation_share",
        "survey_limit",
    }
)
"""What is asked before a method is chosen has no row of its own for one."""


@pytest.fixture
def own_rows(play, case, monkeypatch):
    """The statutory data says all it says of purchases in Sichuan like the case's, and nothing of any other."""
    with play.house.sessions() as session:
        session.execute(update(Organisation).values(region="CN-SC"))
        session.execute(update(Organisation).where(Organisation.kind == "finance").values(budget_level="city"))
        session.commit()

    def fits(rule):
        return (not rule.objects or case.object in rule.objects) and (not rule.methods or METHOD in rule.methods)

    def own(rule):
        methods = frozenset() if rule.name in BEFORE_THE_METHOD else frozenset({METHOD})
        levels = frozenset({"city"})
        return replace(rule, jurisdiction="CN-SC", levels=levels, objects=frozenset({case.object}), methods=methods)

    rows = tuple(rule if rule.name in COMMON else own(rule) for rule in statutes.statute() if fits(rule))
    monkeypatch.setattr(statutes, "statute", lambda: rows)


def test_a_whole_life_asks_for_every_rule_by_region_level_object_and_method(play, case, own_rows):
    lives.play_all(play, case, lives.WHOLE)
    with play.looking() as session:
        assert incidents.open(session) == []
        assert [project.state for project in session.query(projects.Project)] == ["closed"]
