"""Changes: O87 27 to the day, the object untouched, every version kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import publishing
import pytest

from app.foundation import journal
from app.foundation.text import Text
from app.procurement import tenders
from app.procurement.tenders import checks

BIGGER = "显示器24英寸"


def test_a_change_early_enough_leaves_the_deadline(change, reworded, tender):
    made = change(requirements=reworded("T2", BIGGER))
    assert made.new_deadline_at == made.old_deadline_at == tender.bid_deadline_at


@pytest.mark.parametrize(
    ("days", "deadline"),
    [
        (8, datetime(2026, 3, 25, 1, 30, tzinfo=UTC)),
        (9, datetime(2026, 3, 26, 1, 30, tzinfo=UTC)),
        (20, datetime(2026, 4, 7, 1, 30, tzinfo=UTC)),
    ],
    ids=["15 days before: kept", "14 days before: moved by one", "holiday: moved past it"],
)
def test_o87_27_inside_the_last_fifteen_days_the_deadline_moves(
    session, change, reworded, tender, virtual_clock, days, deadline
):
    session.commit()
    virtual_clock.turn(timedelta(days=days))
    change(requirements=reworded("T2", BIGGER))
    assert tender.bid_deadline_at == deadline


def test_the_keeper_is_told_of_the_new_deadline(session, change, reworded, tender, keeper, virtual_clock):
    session.commit()
    virtual_clock.turn(timedelta(days=20))
    change(requirements=reworded("T2", BIGGER))
    assert {keeper.deadline(lot.id) for lot in tender.project.lots} == {tender.bid_deadline_at}


def test_a_change_that_affects_bids_makes_a_new_binding_version(change, reworded, tender):
    change(requirements=reworded("T2", BIGGER))
    assert (tender.version, tender.binding_version) == (2, 2)


def test_a_change_that_doesnt_affect_bids_binds_nobody_anew(change, tender):
    change(bid_deadline_at=datetime(2026, 3, 27, 1, 30, tzinfo=UTC))
    assert (tender.version, tender.binding_version) == (2, 1)


TERMS = {
    "bond_percent": Decimal(0),
    "validity_days": 100,
    "performance_bond_percent": Decimal(4),
    "payment_days": 20,
    "delivery_days": 10,
    "tie_break": "lowest_price",
    "committee_size": 7,
    "contract_terms": publishing.CONTRACT + "合同一式四份。",
    "sme_deduction_percent": Decimal(12),
    "more": {"delivery_place": "门诊楼"},
}

CONTRACTS = {
    "performance_bond_percent": publishing.CONTRACT.replace("5%", "4%"),
    "payment_days": publishing.CONTRACT.replace("30日", "20日"),
}
"""What the contract says of the terms it repeats."""


def test_every_term_of_the_documents_is_tried():
    assert set(TERMS) == set(tenders.Terms.__dataclass_fields__) - {"bid_deadline_at"}


@pytest.mark.parametrize("name", TERMS)
def test_o87_27_a_changed_term_moves_the_deadline_and_has_bids_confirmed(
    session, town, tender, keeper, virtual_clock, name
):
    session.commit()
    virtual_clock.turn(timedelta(days=20))
    said = {"contract_terms": CONTRACTS[name]} if name in CONTRACTS else {}
    wanted = publishing.documents(**said | {name: TERMS[name]})
    seen = tenders.preview_change(session, town.officer, tender_id=tender.id, **wanted)
    assert (seen.affects_bids, seen.deadline_at) == (True, datetime(2026, 4, 7, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize("column", ["text", "starred", "evidence", "kind"])
def test_o87_27_a_changed_column_of_a_requirement_affects_bids(change, column):
    new = {"text": Text("x", "显示器24英寸"), "starred": True, "evidence": "检测报告", "kind": "commercial"}[column]
    assert change(
        requirements=[replace(r, **{column: new}) if r.code == "T2" else r for r in publishing.REQUIREMENTS]
    ).affects_bids


@pytest.mark.parametrize("column", ["name", "points", "standard", "kind"])
def test_o87_27_a_changed_column_of_the_scoring_affects_bids(change, column):
    wanted = {
        "name": {"F3": {"name": Text("Courses", "培训方案")}},
        "points": {
            "F1": {"points": Decimal(41)},
            "F2": {"points": Decimal(39), "standard": "T2满足要求的得39分，不满足的得0分"},
        },
        "standard": {"F3": {"standard": "C1培训包含操作、维护两项的得20分，缺一项扣8分"}},
        "kind": {"F3": {"kind": "objective"}},
    }[column]
    assert change(factors=[replace(f, **wanted.get(f.code, {})) for f in publishing.FACTORS]).affects_bids


def test_what_was_and_what_is_are_kept_side_by_side(change, reworded, tender):
    made = change(requirements=reworded("T2", BIGGER))
    assert made.differences == [
        {"place": "lots/1/requirements/T2/text/zh", "old": "显示器21英寸", "new": "显示器24英寸"}
    ]
    assert [version.number for version in tender.versions] == [1, 2]


def test_a_changed_requirement_keeps_its_id(change, reworded, tender):
    before = {r.code: r.id for r in tender.requirements}
    change(requirements=reworded("T2", BIGGER))
    assert {r.code: r.id for r in tender.requirements} == before


@pytest.mark.parametrize("code", ["Q1"])
def test_o87_27_qualification_conditions_stay(change, reworded, code):
    with pytest.raises(tenders.ObjectChanged):
        change(requirements=reworded(code, "具有医疗器械注册证"))


def test_o87_27_a_qualification_condition_is_not_slipped_out_by_its_kind(change, reworded):
    with pytest.raises(tenders.ObjectChanged):
        change(requirements=reworded("Q1", "具有有效的医疗器械经营许可证", kind="technical"))


def test_a_refused_change_leaves_everything_as_it_was(session, change, reworded, tender):
    before = tenders.digest(tenders.content(tender))
    with pytest.raises(tenders.ObjectChanged):
        change(requirements=reworded("Q1", "具有医疗器械注册证"))
    session.commit()
    assert tenders.digest(tenders.content(tenders.get(session, tender.id))) == before


def test_a_deadline_never_moves_earlier(change):
    with pytest.raises(tenders.DeadlineEarlier):
        change(bid_deadline_at=datetime(2026, 3, 24, 1, 30, tzinfo=UTC))


def test_a_change_that_breaks_the_law_is_refused(change, reworded):
    with pytest.raises(tenders.FindingsOpen):
        change(requirements=reworded("T5", "必须采用甲公司品牌探头"))


def test_a_change_that_changes_nothing_is_refused(change):
    with pytest.raises(tenders.NothingChanged):
        change()


def test_after_the_deadline_nothing_is_changed(session, change, reworded, virtual_clock):
    session.commit()
    virtual_clock.turn(timedelta(days=30))
    with pytest.raises(tenders.DeadlinePassed):
        change(requirements=reworded("T2", BIGGER))


def test_ir_20_a_change_is_announced_to_all_with_its_differences(change, reworded, tender):
    change(requirements=reworded("T2", BIGGER))
    notice = tender.notices[-1]
    assert (notice.kind, notice.content["differences"][0]["new"]) == ("change", BIGGER)


def test_a_change_is_journalled_with_both_deadlines(session, change, reworded, tender):
    change(requirements=reworded("T2", BIGGER))
    facts = journal.of_case(session, tender.project_id)[-1].facts
    assert facts["old_deadline_at"] == facts["new_deadline_at"] == "2026-03-25T01:30:00+00:00"


def test_the_changed_documents_have_no_errors(change, reworded, tender):
    change(requirements=reworded("T2", BIGGER))
    assert checks.ERROR not in {finding.severity for finding in tender.findings}


def test_a_preview_says_what_a_change_would_come_to_and_publishes_nothing(
    session, town, reworded, tender, keeper, wanted, virtual_clock
):
    session.commit()
    virtual_clock.turn(timedelta(days=9))
    bigger = wanted(requirements=reworded("T2", BIGGER))
    seen = tenders.preview_change(session, town.officer, tender_id=tender.id, **bigger)
    assert (seen.affects_bids, seen.deadline_at) == (True, datetime(2026, 3, 26, 1, 30, tzinfo=UTC))
    assert [difference["new"] for difference in seen.differences if difference["new"] == BIGGER] == [BIGGER]
    assert (tender.version, len(tender.versions), tender.changes) == (1, 1, [])
    assert (
        keeper.deadline(tender.project.lots[0].id) == tender.bid_deadline_at == datetime(2026, 3, 25, 1, 30, tzinfo=UTC)
    )


def test_a_preview_refuses_what_the_change_would_refuse(session, town, tender, wanted):
    with pytest.raises(tenders.NothingChanged):
        tenders.preview_change(session, town.officer, tender_id=tender.id, **wanted())
