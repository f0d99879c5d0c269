"""``make quick`` leaves out what its page says and nothing else; what is left out is there to be left out."""

import re

import pytest

from tests import quick

PAGE = (quick.ROOT / "docs/howto/run-the-tests.md").read_text(encoding="utf-8")


class Item:
    """A collected test, as far as the choice looks at it."""

    def __init__(self, nodeid, *, marks=(), fixtures=(), **params):
        self.nodeid, self.marks, self.fixturenames = nodeid, marks, fixtures
        self.callspec = type("CallSpec", (), {"params": params})

    def get_closest_marker(self, name):
        return name if name in self.marks else None


def run(*items):
    return [item.nodeid for item in quick.divide(items)[0]]


def test_one_case_of_each_test_is_run():
    assert run(Item("a.py::test_a[1]"), Item("a.py::test_a[2]"), Item("a.py::test_b")) == [
        "a.py::test_a[1]",
        "a.py::test_b",
    ]


def test_no_case_on_postgresql_is_run():
    on_both = [Item(f"a.py::test_a[{name}]", database=name) for name in ("postgresql", "sqlite")]
    assert run(*on_both, Item("a.py::test_b", fixtures=["postgresql_url"])) == ["a.py::test_a[sqlite]"]


@pytest.mark.parametrize("mark", quick.MARKS)
def test_a_test_with_a_mark_that_is_left_out_is_not_run(mark):
    assert run(Item("a.py::test_a", marks=[mark])) == []


def test_every_test_is_either_run_or_left_out():
    items = [Item("a.py::test_a[1]"), Item("a.py::test_a[2]"), Item("a.py::test_b", marks=["slow"])]
    taken, rest = quick.divide(items)
    assert [*taken, *rest] == items


@pytest.mark.parametrize("path", quick.LEFT_OUT)
def test_what_is_left_out_whole_holds_tests(path):
    place = quick.ROOT / path
    files = [place] if place.is_file() else place.glob("test_*.py")
    assert any("def test_" in file.read_text(encoding="utf-8") for file in files)


def test_the_page_names_what_is_left_out_and_nothing_else():
    table = PAGE[PAGE.index("| left out |") :]
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", table, re.M))
    assert rows.keys() == {*quick.LEFT_OUT, *quick.MARKS}
    assert {path: rows[path] for path in quick.LEFT_OUT} == quick.LEFT_OUT
