"""The draft that an author starts from holds nothing the check objects to."""

from datetime import datetime
from decimal import Decimal

import pytest

from app.foundation.actor import SYSTEM
from app.foundation.clock import PLACE
from app.procurement import tenders


@pytest.fixture
def from_template(session, town, entrusted):
    """Drafts the documents as the template has them, and gives what the check finds."""

    def act():
        made = tenders.template(session, entrusted.id)
        tenders.draft_documents(
            session,
            town.officer,
            project_id=entrusted.id,
            requirements=made.requirements,
            factors=made.factors,
            terms=made.terms,
        )
        return tenders.check(session, SYSTEM, project_id=entrusted.id)

    return act


@pytest.mark.parametrize("object", ["goods", "services"])
def test_the_template_passes_the_check(from_template, entrusted, object):
    entrusted.object, entrusted.lots[0].sme_reason = object, "中小企业无法提供"
    assert [f"{finding.rule} {finding.place}" for finding in from_template()] == []


def test_a_reserved_lot_asks_for_smaller_enterprises_and_gives_no_deduction(from_template, session, entrusted):
    entrusted.lots[0].sme_mode = "reserved"
    from_template()
    tender = tenders.of_project(session, entrusted.id)
    assert tender.sme_deduction_percent is None
    assert any("中小企业" in r.text_zh for r in tender.requirements if r.kind == "qualification")


def test_under_the_lowest_price_nothing_is_scored(session, entrusted):
    entrusted.review_method = "lowest_price"
    assert tenders.template(session, entrusted.id).factors == []


def test_the_deadline_is_the_first_lawful_day_at_half_past_nine(session, entrusted):
    assert tenders.earliest_deadline(session, entrusted) == datetime(2026, 3, 23, 9, 30, tzinfo=PLACE)


def test_a_confirmed_deadline_goes_before_the_counted_one(session, town, entrusted):
    tenders.draw_timetable(session, SYSTEM, project_id=entrusted.id)
    chosen = datetime(2026, 4, 1, 10, tzinfo=PLACE)
    tenders.confirm_timetable(
        session, town.handler, project_id=entrusted.id, bid_deadline_at=chosen, source="与使用科室商定"
    )
    assert tenders.earliest_deadline(session, entrusted).date() == chosen.date()


def test_a_look_ahead_finds_what_the_check_would_find_and_keeps_nothing(session, entrusted, draft):
    tender = draft(bond_percent=Decimal(3))
    assert "M1" in {found.rule for found in tenders.preview(session, entrusted.id)}
    assert tender.findings == []
