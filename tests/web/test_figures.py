"""Figures: each worked out by hand here and by the queries there."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from app.engine import tasks
from app.engine.records import OpenTaskRow
from app.foundation.actor import Actor
from app.procurement.awards import Award, AwardState
from app.procurement.bids import Bid, Opening
from app.procurement.projects import Lot
from app.web import workbooks
from app.workflow import figures
from tests.engine import toys
from tests.web import work

ZONE = ZoneInfo("Asia/Shanghai")


def staged(name, stage, group="buyer-handler", due=""):
    extra = f'<zeebe:taskSchedule dueDate="{due}" />' if due else ""
    return toys.user(name, group=group, extra=extra).replace(
        "</zeebe:properties>", f'<zeebe:property name="stage" value="{stage}" /></zeebe:properties>'
    )


TWO_STAGES = (
    toys.START
    + staged("apply", "application", due="2026-01-02T00:00:00+08:00")
    + staged("check", "approval", "buyer-reviewer")
    + toys.END
    + toys.flows("start", "apply", "check", "end")
)


@pytest.fixture
def house(app, town):
    made = app.extensions["tenderway"]
    work.deploy(made, TWO_STAGES)
    return made


@pytest.fixture
def year(virtual_clock):
    return figures.year_of(virtual_clock.instant.astimezone(ZONE).year, ZONE)


def ask(house, query, *given):
    with house.sessions() as session:
        return query(session, *given)


def stages_of(house, query, *given):
    with house.sessions() as session:
        return query(session, figures.Stages(house.engine, session), *given)


def complete(house, case, element):
    with house.sessions() as session:
        task = session.query(OpenTaskRow).filter_by(instance_id=case, element_id=element).one()
        actor = Actor("someone", "Someone", groups=frozenset({*task.candidate_groups}))
        tasks.complete(house.engine, session, actor, task.id, {})
        session.commit()


# -- cases and stages


def test_cases_are_counted_by_procedure_and_by_what_became_of_them(house, year):
    done, _ = work.start(house)[0], work.start(house)[0]
    complete(house, done, "apply")
    complete(house, done, "check")
    assert ask(house, figures.cases, year) == [figures.ProcessCases("toy", 2, 1, 1, 0)]


def test_cases_of_another_year_are_left_out(house, year):
    work.start(house)
    assert ask(house, figures.cases, figures.year_of(int(year.key) - 1, ZONE)) == []


def test_a_year_begins_at_midnight_of_the_place():
    year = figures.year_of(2026, ZONE)
    assert year.from_at == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert year.to_at == datetime(2026, 12, 31, 16, tzinfo=UTC)


def test_running_cases_are_counted_in_the_stage_in_which_they_wait(house):
    first, _, _ = (work.start(house)[0] for _ in range(3))
    complete(house, first, "apply")
    found = stages_of(house, figures.in_stages)
    assert [(one.stage, one.cases) for one in found] == [("application", 2), ("approval", 1)]


def test_a_stage_takes_from_first_entering_to_last_completing_and_counts_once_it_is_passed(house, year, virtual_clock):
    cases = [work.start(house)[0] for _ in range(4)]
    for case in cases[:3]:
        virtual_clock.turn(timedelta(days=1))
        complete(house, case, "apply")
    (one,) = stages_of(house, figures.stage_times, year)
    assert (one.stage, one.passages) == ("application", 3)
    assert (one.half, one.most) == (timedelta(days=2), timedelta(days=3))


@pytest.mark.parametrize(("days", "expected"), [([3], 3), ([9, 1, 2], 2), ([1, 5, 3, 9], 4)])
def test_the_median_lies_in_the_middle(days, expected):
    assert figures.middle([timedelta(days=n) for n in days]) == timedelta(days=expected)


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (9, 9), (10, 9), (11, 10), (20, 18)])
def test_nine_tenths_is_the_nearest_rank(count, expected):
    assert figures.nine_tenths([timedelta(days=n) for n in range(1, count + 1)]) == timedelta(days=expected)


# -- tasks


def test_late_tasks_are_counted_by_the_roles_they_are_offered_to(house, virtual_clock):
    first, _ = work.start(house)[0], work.start(house)[0]
    complete(house, first, "apply")
    late = datetime(2026, 1, 2, tzinfo=ZONE) < virtual_clock.instant
    found = ask(house, figures.tasks_by_role, virtual_clock.instant)
    assert found == [figures.RoleTasks("buyer-handler", 1, int(late)), figures.RoleTasks("buyer-reviewer", 1, 0)]
    assert late


def test_open_tasks_are_counted_by_age(house, virtual_clock):
    for days in (40, 8, 4, 2, 0):
        work.start(house)
        virtual_clock.turn(timedelta(days=days and {40: 32, 8: 4, 4: 2, 2: 2}[days]))
    assert ask(house, figures.tasks_by_age, virtual_clock.instant) == [1, 1, 1, 1, 1]


def test_a_task_of_exactly_one_day_is_in_the_second_class(house, virtual_clock):
    work.start(house)
    virtual_clock.turn(timedelta(days=1))
    assert ask(house, figures.tasks_by_age, virtual_clock.instant) == [0, 1, 0, 0, 0]


# -- money


@pytest.fixture
def awarded(house, town, virtual_clock):
    """Adds a lot with a budget, an award of it, and its opening with so many bids."""
    project_id = work.project(house, town)
    numbers = iter(range(1, 100))

    def add(budget, price, bids=3, state=AwardState.PUBLISHED, published_at=None):
        at = published_at or virtual_clock.instant
        with house.sessions() as session:
            lot = Lot(project_id=project_id, number=next(numbers), name_zh="包", budget=Decimal(budget))
            session.add(lot)
            session.flush()
            bid = Bid(
                lot_id=lot.id, supplier_id=town.supplier, sequence=1, digest="0" * 64, size=0,
                document_version=1, account_id="x", received_at=at,
            )  # fmt: skip
            session.add(bid)
            session.flush()
            session.add(Opening(lot_id=lot.id, opened_at=at, bid_count=bids, enough=bids >= 3, rows=[]))
            session.add(
                Award(
                    lot_id=lot.id, bid_id=bid.id, supplier_id=town.supplier, price=Decimal(price), state=state,
                    decided_by="x", decided_at=at, notice_due_on=date(2026, 3, 3), published_at=at,
                )
            )  # fmt: skip
            session.commit()

    return add


def test_savings_are_budget_less_price_of_the_awards_that_stand(house, awarded, year):
    awarded(1000, 900)
    awarded(500, "449.50")
    awarded(700, 100, state=AwardState.REVOKED)
    (one,) = ask(house, figures.savings, year)
    assert (one.object, one.lots, one.budget, one.price) == ("goods", 2, Decimal(1500), Decimal("1349.50"))
    assert (one.saved, one.rate.quantize(Decimal("0.0001"))) == (Decimal("150.50"), Decimal("0.1003"))


def test_an_award_counts_in_the_year_it_was_published_in(house, awarded, year):
    awarded(1000, 900, published_at=year.from_at - timedelta(seconds=1))
    assert ask(house, figures.savings, year) == []
    assert ask(house, figures.savings, figures.year_of(int(year.key) - 1, ZONE))[0].lots == 1


def test_competition_counts_lots_by_their_bids(house, awarded, year):
    for bids in (3, 3, 6, 0):
        awarded(1000, 900, bids)
    found = ask(house, figures.competition, year)
    assert (found.lots, found.bids, found.mean) == (4, 12, Decimal(3))
    assert found.by_bids == [(0, 1), (3, 2), (6, 1)]


def test_without_openings_there_is_no_mean(house, year):
    assert ask(house, figures.competition, year).mean is None


# -- the page


@pytest.mark.parametrize(
    ("login", "status"), [("administrator", 200), ("auditor", 200), ("analyst", 200), ("buyer-handler", 403)]
)
def test_figures_are_for_who_watches_over_the_house_and_who_draws_its_procedures(house, sign_in, login, status):
    assert sign_in(login).get("/figures").status_code == status


def test_the_page_shows_the_tables_with_what_their_charts_draw(house, sign_in, awarded):
    awarded(1000, 900)
    page = sign_in("auditor").get("/figures").text
    assert "10%" in page
    assert 'data-value="0.1"' in page
    assert 'data-chart="savings-table"' in page


def test_the_first_tiles_sum_the_last_twelve_months_up(house, sign_in, awarded, year):
    awarded(1000, 900)
    awarded(5000, 100, published_at=year.from_at - timedelta(days=400))
    page = sign_in("auditor").get("/figures?lang=en").text
    assert "Last 12 months" in page
    assert "¥100.00" in page
    assert "10% of the budgets" in page


def test_twelve_months_are_whole_days_of_the_place_and_end_with_today():
    period = figures.twelve_months(datetime(2028, 2, 28, 3, tzinfo=UTC), ZONE)
    assert period.to_at == datetime(2028, 2, 29, tzinfo=ZONE)
    assert period.from_at == datetime(2027, 2, 28, tzinfo=ZONE)


def test_all_tables_come_as_one_workbook(house, sign_in, awarded):
    awarded(1000, 900)
    answer = sign_in("auditor").get("/figures?lang=en&format=xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.data))
    assert len(book.sheetnames) == 7
    assert [cell.value for cell in book["Savings"][2]] == ["Goods", 1, 1000, 900, 100, 0.1]


def test_no_text_of_a_workbook_is_a_formula(app):
    with app.test_request_context():
        answer = workbooks.workbook("x", [workbooks.Sheet("a/b", ["=1+1"], [["=cmd()"]])])
    page = openpyxl.load_workbook(BytesIO(answer.data))["a b"]
    assert [(cell.value, cell.data_type) for cell in (page["A1"], page["A2"])] == [("=1+1", "s"), ("=cmd()", "s")]


def test_a_count_leads_to_the_cases_it_counts(house, sign_in):
    work.start(house)
    page = sign_in("auditor").get("/figures").text
    assert "/cases?process=toy&amp;stage=application" in page


def test_a_table_is_exported_with_exact_values(house, sign_in, awarded):
    awarded(1000, 900)
    answer = sign_in("auditor").get("/figures?table=savings")
    assert answer.mimetype == "text/csv"
    assert "Goods,1,1000.00,900.00,100.00,0.1000" in answer.text


def test_a_year_without_cases_and_an_unknown_one_show_the_page(house, sign_in):
    assert sign_in("auditor").get("/figures?period=1999").status_code == 200


def test_the_page_is_whole_in_chinese(house, sign_in, awarded):
    awarded(1000, 900)
    work.start(house)
    main = re.search(r"<main.*?</main>", sign_in("auditor").get("/figures?lang=zh").text, re.DOTALL).group(0)
    assert "资金节约" in main
    assert not re.search(r">\s*[A-Z][a-z]+ [a-z]+", main)
