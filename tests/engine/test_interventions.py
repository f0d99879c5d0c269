"""Running instances are moved to another version and changed by hand: previewed, all or nothing, taken back."""

import sys
from pathlib import Path

import pytest
import toys

sys.path.append(str(Path(__file__).parent / "conformance"))

import drawing as d

from app.engine import definitions, history, instances, interventions, spiff, tasks
from app.engine.records import HistoryRow, InstanceRow, OpenTaskRow, SubscriptionRow, TimerRow
from app.foundation import journal

MESSAGE = d.message("m", "answered")


@pytest.fixture
def house(engine, session_factory):
    """Deploys versions, starts instances and looks at them."""

    class House:
        def deploy(self, diagram: str, name: str = "p"):
            with session_factory() as session:
                definitions.deploy(engine, session, toys.ROOT, {"d.bpmn": diagram.encode()}, "a version")
                session.commit()
                return definitions.latest(session, name)

        def start(self, diagram: str, **variables):
            self.deploy(diagram)
            with session_factory() as session:
                row = instances.start(engine, session, toys.ANNA, "p", variables)
                session.commit()
                return row.id

        def open(self, instance_id):
            with session_factory() as session:
                rows = session.query(OpenTaskRow).filter_by(instance_id=instance_id).order_by(OpenTaskRow.id)
                return [row.element_id for row in rows]

        def complete(self, instance_id, element_id, **values):
            with session_factory() as session:
                task = session.query(OpenTaskRow).filter_by(instance_id=instance_id, element_id=element_id).first()
                tasks.complete(engine, session, toys.ANNA, task.id, values)
                session.commit()

        def row(self, instance_id):
            with session_factory() as session:
                return session.get(InstanceRow, instance_id)

        def migrate(self, instance_id, to, **mapping):
            with session_factory() as session:
                change = interventions.migrate(
                    engine, session, toys.ROOT, instance_id, to, mapping, reasons="a new law"
                )
                session.commit()
                return change

        def modify(self, instance_id, **parts):
            with session_factory() as session:
                change = spiff.Modification(**parts)
                made = interventions.modify(engine, session, toys.ROOT, instance_id, change, reasons="a mistake")
                session.commit()
                return made

        def revert(self, change):
            with session_factory() as session:
                interventions.revert(engine, session, toys.ROOT, change.id, reasons="wrong case")
                session.commit()

        def tokens(self, instance_id):
            with session_factory() as session, instances.looking(engine, session, instance_id) as live:
                return {token.element_id: token.token_id for token in live.tokens() if token.state != "listening"}

    return House()


ONE = d.drawing("start -> a -> b -> end", d.user("a"), d.user("b"))
RENAMED = d.drawing("start -> a2 -> check -> b -> end", d.user("a2"), d.user("check"), d.user("b"))


def test_a_token_goes_where_the_mapping_says_and_the_rest_follows_the_new_version(house):
    case = house.start(ONE)
    house.migrate(case, house.deploy(RENAMED), a="a2")
    assert house.open(case) == ["a2"]
    house.complete(case, "a2")
    assert house.open(case) == ["check"]


def test_an_element_of_the_same_id_needs_no_mapping(house):
    case = house.start(ONE)
    house.complete(case, "a")
    house.migrate(case, house.deploy(RENAMED))
    assert house.open(case) == ["b"]


def test_an_element_that_is_gone_refuses_the_whole(house, session, engine):
    case = house.start(ONE)
    to = house.deploy(RENAMED)
    plan = interventions.preview_migration(engine, session, case, to)
    assert [noted.element_id for noted in plan.refused] == ["a"]
    session.rollback()
    with pytest.raises(interventions.MigrationRefused):
        house.migrate(case, to)
    assert house.open(case) == ["a"]


def test_a_preview_says_what_moves_and_changes_nothing(house, session, engine):
    case = house.start(ONE)
    plan = interventions.preview_migration(engine, session, case, house.deploy(RENAMED), {"a": "a2"})
    assert plan.moved == [spiff.Moved("p", "a", "a2", 1)]
    assert not plan.refused
    session.rollback()
    assert house.open(case) == ["a"]


def test_another_kind_of_element_refuses(house, session, engine):
    case = house.start(ONE)
    other = d.drawing("start -> a -> end", d.service("a", "x"))
    plan = interventions.preview_migration(engine, session, case, house.deploy(other.replace('type="x"', 'type="=1"')))
    assert "another kind" in plan.refused[0].why.en


def test_a_claimed_task_stays_with_its_holder_and_keeps_its_draft(house, session_factory, engine):
    case = house.start(ONE)
    with session_factory() as session:
        task = session.query(OpenTaskRow).filter_by(instance_id=case).one()
        tasks.claim(engine, session, toys.ANNA, task.id)
        session.commit()
    house.migrate(case, house.deploy(RENAMED), a="a2")
    with session_factory() as session:
        moved = session.get(OpenTaskRow, task.id)
        assert (moved.element_id, moved.claimed_by) == ("a2", toys.ANNA.id)


def test_an_armed_timer_keeps_its_due_time_and_a_new_boundary_begins_to_listen(house, session_factory):
    timed = d.drawing("start -> a -> end; late -> end2", d.user("a"), d.boundary("late", "a", d.timer("P1D")))
    more = d.drawing(
        "start -> a -> end; late -> end2; stop -> end3",
        d.user("a"), d.boundary("late", "a", d.timer("P9D")), d.boundary("stop", "a", d.on_message("m")),
        definitions=MESSAGE,
    )  # fmt: skip
    case = house.start(timed, key="k")
    with session_factory() as session:
        due = session.query(TimerRow).filter_by(instance_id=case).one().due_at
    change = house.migrate(case, house.deploy(more))
    with session_factory() as session:
        assert session.query(TimerRow).filter_by(instance_id=case).one().due_at == due
        assert session.query(SubscriptionRow).filter_by(instance_id=case).one().name == "answered"
    assert [noted["element"] for noted in change.plan["added"]] == ["stop"]


def test_a_boundary_that_is_gone_listens_no_more(house, session_factory):
    timed = d.drawing("start -> a -> end; late -> end2", d.user("a"), d.boundary("late", "a", d.timer("P1D")))
    case = house.start(timed)
    change = house.migrate(case, house.deploy(d.drawing("start -> a -> end", d.user("a"))))
    with session_factory() as session:
        assert session.query(TimerRow).filter_by(instance_id=case).count() == 0
    assert [noted["element"] for noted in change.plan["lost"]] == ["late"]


def test_what_waits_at_a_join_still_counts(house):
    fork = d.drawing(
        "start -> f; f -> a -> j; f -> b -> j; j -> c -> end", d.parallel("f"), d.parallel("j"), *map(d.user, "abc")
    )
    renamed = d.drawing(
        "start -> f; f -> a -> k; f -> b -> k; k -> c -> end", d.parallel("f"), d.parallel("k"), *map(d.user, "abc")
    )
    case = house.start(fork)
    house.complete(case, "a")
    house.migrate(case, house.deploy(renamed), j="k")
    house.complete(case, "b")
    assert house.open(case) == ["c"]


def test_a_join_that_needs_less_now_opens(house):
    fork = d.drawing(
        "start -> f; f -> a -> j; f -> b -> j; j -> c -> end", d.parallel("f"), d.parallel("j"), *map(d.user, "abc")
    )
    other = d.drawing(
        "start -> f; f -> a -> j; f -> b -> end2; j -> c -> end", d.parallel("f"), d.parallel("j"), *map(d.user, "abc")
    )
    case = house.start(fork)
    house.complete(case, "a")
    house.migrate(case, house.deploy(other))
    assert sorted(house.open(case)) == ["b", "c"]


def test_items_of_a_multi_instance_move_together(house):
    many = d.drawing("start -> a -> end", d.user("a", inner=d.each("[1,2,3]", "n")))
    renamed = d.drawing("start -> z -> b -> end", d.user("z", inner=d.each("[1,2,3]", "n")), d.user("b"))
    case = house.start(many)
    house.migrate(case, house.deploy(renamed), a="z")
    for _ in range(3):
        house.complete(case, "z")
    assert house.open(case) == ["b"]


def test_a_task_moves_inside_its_sub_process_only(house, session, engine):
    inside = d.drawing("start -> s -> end", d.sub("s", "start_s -> a -> end_s", d.user("a")))
    outside = d.drawing("start -> s -> a -> end", d.sub("s", "start_s -> x -> end_s", d.user("x")), d.user("a"))
    case = house.start(inside)
    plan = interventions.preview_migration(engine, session, case, house.deploy(outside))
    assert [noted.element_id for noted in plan.refused] == ["a"]


def test_a_migration_is_taken_back_exactly_while_nothing_moved(house):
    case = house.start(ONE)
    change = house.migrate(case, house.deploy(RENAMED), a="a2")
    house.revert(change)
    assert house.open(case) == ["a"]
    assert house.row(case).definition_id == change.before_definition_id


def test_a_migration_is_taken_back_later_by_the_mapping_turned_round(house):
    case = house.start(ONE)
    change = house.migrate(case, house.deploy(RENAMED), a="a2", b="b")
    house.complete(case, "a2")
    with pytest.raises(interventions.MigrationRefused):
        house.revert(change)
    house.complete(case, "check")
    house.revert(change)
    assert house.open(case) == ["b"]


def test_the_case_tells_of_it_and_the_journal_holds(house, session, engine):
    case = house.start(ONE)
    house.migrate(case, house.deploy(RENAMED), a="a2")
    said = [
        history.sentence(row) for row in session.query(HistoryRow).filter_by(instance_id=case, kind="case_migrated")
    ]
    assert said[0].en == "Root moved the case to another version of its procedure: a new law"
    assert not list(journal.violations(session))


def test_only_administrators_do_it_and_they_say_why(house, session, engine):
    case = house.start(ONE)
    to = house.deploy(RENAMED)
    with pytest.raises(interventions.NotAdministrator):
        interventions.migrate(engine, session, toys.ANNA, case, to, {"a": "a2"}, reasons="x")
    with pytest.raises(interventions.NoReasons):
        interventions.migrate(engine, session, toys.ROOT, case, to, {"a": "a2"}, reasons=" ")


def test_a_modification_cancels_here_and_starts_there(house):
    case = house.start(ONE)
    house.modify(case, cancel=[house.tokens(case)["a"]], start=[spiff.Start("b")], variables={"n": 1})
    assert house.open(case) == ["b"]


def test_a_modification_is_previewed_with_before_and_after(house, session, engine):
    case = house.start(ONE)
    change = spiff.Modification(cancel=[house.tokens(case)["a"]], start=[spiff.Start("b")])
    cleared = interventions.preview_modification(engine, session, case, change)
    assert [(each.element_id, each.state) for each in cleared.before] == [("a", "open")]
    assert [(each.element_id, each.state) for each in cleared.after] == [("b", "ready")]
    session.rollback()
    assert house.open(case) == ["a"]


def test_a_sub_process_is_opened_around_what_is_started_in_it(house):
    inside = d.drawing(
        "start -> a -> s -> c -> end", d.user("a"), d.sub("s", "start_s -> b -> end_s", d.user("b")), d.user("c")
    )
    case = house.start(inside)
    house.modify(case, cancel=[house.tokens(case)["a"]], start=[spiff.Start("b")])
    assert house.open(case) == ["b"]
    house.complete(case, "b")
    assert house.open(case) == ["c"]


def test_cancelling_the_last_token_cancels_the_case(house):
    case = house.start(ONE)
    house.modify(case, cancel=[house.tokens(case)["a"]])
    assert house.row(case).state == "cancelled"


def test_one_item_of_a_multi_instance_is_cancelled_and_the_others_finish_the_whole(house, session_factory):
    many = d.drawing(
        "start -> a -> b -> end", d.user("a", inner=d.each("[1,2,3]", "n", collect=("out", "n"))), d.user("b")
    )
    case = house.start(many)
    with session_factory() as session:
        token = session.query(OpenTaskRow).filter_by(instance_id=case, item_index=1).one().token_id
    house.modify(case, cancel=[token])
    house.complete(case, "a")
    house.complete(case, "a")
    assert house.open(case) == ["b"]


def test_an_instruction_that_makes_no_sense_changes_nothing(house):
    case = house.start(ONE)
    with pytest.raises(interventions.ModificationUnfit):
        house.modify(case, cancel=[house.tokens(case)["a"]], start=[spiff.Start("nowhere")])
    assert house.open(case) == ["a"]


def test_a_modification_is_recorded_with_before_and_after_and_taken_back(house):
    case = house.start(ONE, n=1)
    change = house.modify(case, cancel=[house.tokens(case)["a"]], start=[spiff.Start("b")], variables={"n": 2})
    assert (change.plan["variables_before"], change.plan["variables_after"]) == ({"n": "1"}, {"n": 2})
    house.revert(change)
    assert house.open(case) == ["a"]


def test_what_people_did_since_is_not_undone(house):
    case = house.start(ONE)
    change = house.modify(case, variables={"n": 2})
    house.complete(case, "a")
    with pytest.raises(interventions.MovedOn):
        house.revert(change)
