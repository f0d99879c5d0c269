"""Facts beside a form: what fails among them never stops the task."""

import importlib
import inspect
import pkgutil

import pytest
from sqlalchemy.exc import OperationalError

from app.foundation.text import Text
from app.workflow import beside, catalogues, facts, intake
from app.workflow.beside import FAILED, PROVIDERS, UNKNOWN


def given_somewhere():
    """Every function of the workflow that says it gives facts, by its module and name."""
    names = (each.name for each in pkgutil.iter_modules(intake.__path__, f"{intake.__name__}."))
    modules = [catalogues, facts, *map(importlib.import_module, names)]
    return {
        f"{module.__name__}.{name}"
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and str(function.__annotations__.get("return")).endswith("Fact]")
    }


def test_everybody_who_gives_facts_says_so():
    assert given_somewhere() == set(PROVIDERS)


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_a_provider_that_fails_leaves_a_sentence_in_its_place(name):
    contained = PROVIDERS[name]
    wanted = [
        each
        for each in inspect.signature(contained).parameters.values()
        if each.default is inspect.Parameter.empty and each.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    assert contained(*(Broken() for _ in wanted)) == [(UNKNOWN, FAILED)]


class Broken:
    """Whatever is asked of it, it can't be read."""

    def __getattr__(self, name):
        raise ValueError("this can't be read")

    def __iter__(self):
        raise ValueError("this can't be read")


@pytest.fixture(autouse=True)
def only_ours(monkeypatch):
    monkeypatch.setattr(beside, "PROVIDERS", dict(PROVIDERS))


def test_what_succeeds_is_shown_as_it_is():
    fact = (Text("a", "a"), Text("b", "b"))
    assert beside.beside(lambda: iter([fact]))() == [fact]


def test_a_database_that_is_away_is_no_fact_that_fails():
    def away():
        raise OperationalError("", {}, Exception())

    with pytest.raises(OperationalError):
        beside.beside(away)()
