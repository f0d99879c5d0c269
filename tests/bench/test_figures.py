"""What is measured is what is said: both drawings of the tender run to their end, and the command names its limits."""

from flask import Flask

from app.bench import FIGURES, Figure, figures, tender
from app.cli import bench
from app.engine import definitions


def test_both_drawings_of_the_tender_take_22_user_tasks_to_their_end():
    with figures._house(durable=False) as (engine, factory), figures._BareTender() as bare:
        for name, result in figures._OPERATIONS.items():
            engine.operations.operation(name, name=figures.Text(name, name))(figures._returning(result))
        figures._deploy(engine, factory, tender.ours())
        assert (len(figures._play_ours(engine, factory)), len(bare.play())) == (22, 22)


def test_our_drawing_has_no_errors():
    assert [found for found in definitions.check(tender.ours()) if found.level == "error"] == []


def test_the_command_prints_a_line_for_each_figure_and_fails_over_a_limit(monkeypatch):
    app = Flask("toy")
    bench.register(app)
    monkeypatch.setattr(
        "app.bench.FIGURES", (Figure("one", lambda: 1.234, "x", 2), Figure("two", lambda: 3, "ms", 2.5))
    )
    result = app.test_cli_runner().invoke(args=["bench"])
    assert result.output == "one: 1.23 x (limit 2)\ntwo: 3.00 ms (limit 2.5)\n"
    assert result.exit_code == 1


def test_every_figure_has_a_limit():
    assert all(figure.limit > 0 and figure.unit for figure in FIGURES)
