"""Rows of law that the office enters: from tomorrow at the earliest, never changed once they count, only ended."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.foundation.actor import SYSTEM
from app.procurement import rules
from app.procurement.rules import entries

PROVINCE = entries.NewEntry(
    name="open_tender_threshold",
    value=Decimal(4_000_000),
    unit="CNY",
    jurisdiction="CN-SC",
    objects=("goods", "services"),
    methods=(),
    valid_from=date(2020, 1, 1),
    valid_to=None,
    source="川办函〔2019〕1号",
    article="",
    quote="公开招标数额标准为400万元",
    status="S",
)


@pytest.fixture(autouse=True)
def _forget():
    yield
    rules.use(())


def threshold(on, jurisdiction="CN-SC-CD"):
    return rules.Law(on, "goods", region=jurisdiction).value("open_tender_threshold")


def entered(session, new=PROVINCE):
    made = entries.enter(session, SYSTEM, new)
    entries.take(entries.every(session))
    return made


def test_a_province_s_limit_counts_there_from_the_day_after(session):
    before = threshold(date(2026, 3, 2))
    entered(session)
    assert [threshold(date(2026, 3, day)) for day in (2, 3)] == [before, 4_000_000]
    assert threshold(date(2026, 3, 3), "CN-GD") == before


def test_a_row_that_counts_is_ended_and_not_changed(session, virtual_clock):
    entered(session)
    session.commit()
    virtual_clock.turn_to(datetime(2026, 3, 10, 2, tzinfo=UTC))
    with pytest.raises(entries.EntryWrong, match="in effect and cannot be changed"):
        entries.enter(session, SYSTEM, replace(PROVINCE, value=Decimal(1)))
    entered(session, replace(PROVINCE, valid_to=date(2026, 6, 30)))
    assert threshold(date(2026, 6, 30)) == 4_000_000
    assert threshold(date(2026, 7, 1)) != 4_000_000


def test_a_row_that_does_not_count_yet_is_changed(session):
    entered(session)
    entered(session, replace(PROVINCE, value=Decimal(3_000_000)))
    assert threshold(date(2026, 3, 3)) == 3_000_000


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("unit", {"unit": "d"}),
        ("value", {"name": "bond_ceiling", "unit": "ratio", "value": Decimal(2), "objects": ()}),
        ("jurisdiction", {"jurisdiction": "Sichuan"}),
        ("valid_to", {"valid_to": date(2019, 12, 31)}),
        ("valid_to", {"valid_to": date(2026, 3, 1)}),
        ("objects", {"objects": ()}),
    ],
)
def test_what_can_not_be_a_rule_is_refused_at_its_column(session, field, change):
    if "name" in change:
        change["name"] = next(rule.name for rule in rules.statute() if rule.unit == "ratio" and not rule.objects)
    assert [problem.field for problem in entries.problems(session, replace(PROVINCE, **change))] == [field]


def test_every_shipped_rule_can_be_entered_anew_and_then_decides(session):
    """Over the whole statute: the same row with a later first day is taken, and is the one that is found."""
    wrong = []
    for rule in rules.statute():
        new = entries.NewEntry(
            rule.name, rule.value, rule.unit, "CN", tuple(rule.objects), tuple(rule.methods), date(2030, 1, 1), None,
            rule.source, rule.article, rule.quote or "…", rule.status,
        )  # fmt: skip
        made = entries.find(session, new) or entered(session, new)
        object, method = next(iter(rule.objects), "goods"), next(iter(rule.methods), None)
        found = rules.Law(date(2030, 1, 1), object, method).rule(rule.name)
        if found != entries.as_rule(made):
            wrong.append(rule.id)
    assert wrong == []
