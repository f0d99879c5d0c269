"""What is measured is what is said: both drawings of the tender run to their end, and the command names its limits."""

from flask import Flask

from app.engine import definitions
from measuring import commands
from measuring.bench import FIGURES, Figure, figures, small, tender


def test_both_drawings_of_the_tender_take_22_user_tasks_to_their_end():
    with figures.house(durable=False) as (engine, factory), figures._BareTender() as bare:
        for name, result in figures._OPERATIONS.items():
            engine.acts.act(name, name=figures.Text(name, name), gives=[figures.Value(each, "any") for each in result])(
                figures._returning(result)
            )
        figures.deploy(engine, factory, tender.ours())
        assert (len(figures._play_ours(engine, factory)), len(bare.play())) == (22, 22)


def test_our_drawing_has_no_errors():
    assert [found for found in definitions.check(tender.ours()) if found.level == "error"] == []


def test_the_command_prints_a_line_for_each_figure_and_fails_over_a_limit(monkeypatch):
    app = Flask("toy")
    commands.register(app)
    monkeypatch.setattr(
        "measuring.bench.FIGURES", (Figure("one", lambda: 1.234, "x", 2), Figure("two", lambda: 3, "ms", 2.5))
    )
    result = app.test_cli_runner().invoke(args=["bench"])
    assert result.output == "one: 1.23 x (limit 2)\ntwo: 3.00 ms (limit 2.5)\n"
    assert result.exit_code == 1


def test_where_more_is_better_less_than_the_limit_fails(monkeypatch):
    app = Flask("toy")
    commands.register(app)
    rate = Figure("rate", lambda: 249, "a second", 250, more_is_better=True)
    monkeypatch.setattr("measuring.bench.FIGURES", (rate, Figure("said only", lambda: 9, "ms", None)))
    result = app.test_cli_runner().invoke(args=["bench"])
    assert result.output == "rate: 249.00 a second (limit 250)\nsaid only: 9.00 ms (no limit)\n"
    assert result.exit_code == 1


def test_every_figure_but_those_of_the_small_process_has_a_limit():
    assert all(figure.unit and (figure in small.FIGURES or figure.limit) for figure in FIGURES)


def test_the_small_process_runs_to_its_end_alone_and_in_a_crowd(monkeypatch):
    for name, value in (("ROUNDS", 3), ("WARMING", 1), ("THREADS", 4), ("EACH", 2)):
        monkeypatch.setattr(small, name, value)
    small.one_by_one.cache_clear(), small.crowd.cache_clear()
    took, crowd = small.one_by_one(), small.crowd()
    small.one_by_one.cache_clear(), small.crowd.cache_clear()
    assert (took.commit > 0, 0 < took.task < took.cases) == (True, True)
    assert (crowd.rate > 0, crowd.p99 > 0) == (True, True)


def test_the_diagram_of_the_small_process_has_no_errors():
    found = definitions.check({"p.bpmn": figures.diagram(small.SMALL)})
    assert [one for one in found if one.level == "error"] == []
