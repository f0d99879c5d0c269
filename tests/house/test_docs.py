"""The documents say what is so: pages that list are current, links lead somewhere, the README stays short."""

import importlib.util
import re
from pathlib import Path

import pytest
from flask import Flask

from app import cli
from app.foundation.release import VERSION
from measuring import commands

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "app/feel/README.md", *(ROOT / "docs").rglob("*.md")])
BUILT_IN = {"run", "shell", "routes", "db"}


def generator():
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stale_pages(written, folder):
    """The generated pages that are missing in the folder, or say something else there."""
    pages = [(path, folder / path, text) for path, text in written]
    return [path for path, file, text in pages if not file.exists() or file.read_text(encoding="utf-8") != text]


def test_pages_that_list_are_what_make_docs_writes():
    stale = stale_pages(generator().pages(), ROOT / "docs/reference")
    assert not stale, f"run `make docs` and commit what it writes: {', '.join(stale)}"


def test_the_page_of_a_new_procedure_is_named_when_it_was_not_written(tmp_path):
    assert stale_pages([("processes/mine.md", "# Mine")], tmp_path) == ["processes/mine.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


TOUR = (ROOT / "docs/tour.md").read_text(encoding="utf-8")
CHANGES = [row.split(" | ") for row in TOUR[TOUR.index("## Where would") :].splitlines() if row.startswith("| ")][1:]
"""The rows of the tour's changes: what, where it is made, and what stands beside it."""


def test_the_tour_tells_where_ten_changes_are_made():
    assert len(CHANGES) == 10


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:\w+/)+[\w./-]*)`", TOUR))))
def test_what_the_tour_names_is_there(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    ("path", "name"), [named for row in CHANGES for named in re.findall(r"`([\w/]+\.py)` \(`(\w+)`\)", "".join(row))]
)
def test_a_name_that_the_tour_gives_is_defined_there(path, name):
    assert re.search(rf"^(?:def |class )?{name}\b", (ROOT / path).read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("where", [row[1] for row in CHANGES])
def test_each_change_has_a_place_in_the_program_or_its_data(where):
    assert re.findall(r"`((?:app|processes|forms)/[\w./]+)`", where)


def test_the_readme_is_at_most_120_lines():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_the_readme_names_every_command():
    app = Flask("toy")
    cli.register(app)
    commands.register(app)
    readme = (ROOT / "README.md").read_text()
    section = readme[readme.index("## Commands") :]
    named = {word for words in re.findall(r"^\| (.+?) \|", section, re.M) for word in re.findall(r"`([a-z-]+)", words)}
    assert named - {"db"} == set(app.cli.commands) - BUILT_IN


def test_every_setting_is_explained_beside_it():
    text = (ROOT / "config.py").read_text()
    comments = "\n".join(re.findall(r"^    # .*$", text, re.M))
    asked = set(re.findall(r'_(?:given|flag)\("([A-Z_]+)"', text))
    assert asked
    assert [name for name in asked if name not in comments] == []


def test_the_newest_release_of_the_changelog_is_the_one_that_runs():
    releases = re.findall(r"^## (\d+\.\d+\.\d+) \(\d+ \w+ \d{4}\)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert releases[0] == VERSION
    assert releases == sorted(releases, key=lambda release: [int(part) for part in release.split(".")], reverse=True)


def test_each_release_says_what_changed_for_offices_and_for_developers():
    _, *releases = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(), flags=re.M)
    assert all(re.findall(r"^### (.+)$", one, re.M) == ["For offices", "For developers"] for one in releases)


def test_every_decision_has_a_number_of_its_own_and_says_it():
    files = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    said = [int(re.match(r"# (\d+)\.", path.read_text(encoding="utf-8"))[1]) for path in files]
    assert said == [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
