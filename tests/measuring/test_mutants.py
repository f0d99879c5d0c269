"""Mutants are faults and nothing else, are the same for the same seed, and lie in memory alone."""

import importlib.util
from itertools import islice

import pytest

from measuring import mutants
from measuring.mutants import Mutant

RANK = "app/procurement/evaluation/rankings.py"


@pytest.mark.parametrize("area", mutants.AREAS)
def test_what_is_mutated_is_there_and_so_are_its_tests(area):
    assert [path for path in (area, *mutants.AREAS[area]) if not (mutants.ROOT / path).exists()] == []


def first_of(operator):
    return next(one for number in range(50) if (one := Mutant(RANK, operator, number)).text is not None)


def test_a_mutant_differs_by_one_change():
    changed = first_of("core/AddNot").difference().splitlines()
    assert [line.strip()[0] for line in changed[-2:]] == ["-", "+"]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("def f(a: int | str): return a", "def f(a: int + str): return a", True),
        ("a: int = 1", "a: str = 1", True),
        ("a = 1 + 1", "a = 1 - 1", False),
    ],
)
def test_a_changed_type_is_no_fault(before, after, same):
    assert (mutants._meaning(before) == mutants._meaning(after)) is same


def test_a_sample_is_the_same_for_the_same_seed(monkeypatch):
    all_of_them = list(islice((Mutant(RANK, "core/AddNot", number) for number in range(50)), 50))
    monkeypatch.setattr(mutants, "_all", lambda: iter(all_of_them))
    assert mutants.sample(3, 1) == mutants.sample(3, 1) != mutants.sample(3, 2)


def test_a_mutant_is_loaded_in_place_of_its_module_and_the_file_stays():
    mutant = Mutant(RANK, "core/AddNot", 0)
    before = (mutants.ROOT / RANK).read_bytes()
    spec = mutants._Finder(mutant, "def rank(): return 'mutant'").find_spec("app.procurement.evaluation.rankings")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (module.rank(), (mutants.ROOT / RANK).read_bytes()) == ("mutant", before)


def test_any_other_module_is_found_as_always():
    assert mutants._Finder(Mutant(RANK, "core/AddNot", 0), "").find_spec("app.procurement.evaluation") is None
