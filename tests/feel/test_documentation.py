"""The language's page says what there is, no more and no less."""

import re
from pathlib import Path

from app import feel

README = (Path(feel.__file__).parent / "README.md").read_text()


def test_every_built_in_function_is_listed_with_its_signatures_and_no_other():
    chapter = README.partition("## Built-in functions")[2].partition("## Inside")[0]
    listed = re.findall(r"`([\w ]+)\(([^`]*)\)`(?=<br>| \|)", chapter)
    there = [
        (name, signature.replace("|", "\\|"))
        for name, signatures in feel.built_in_functions().items()
        for signature in signatures
    ]
    assert sorted(listed) == sorted(there)


def test_what_the_standard_does_not_have_is_listed_as_an_extension():
    chapter = README.partition("### Extensions")[2].partition("## Inside")[0]
    assert {name for name, _ in re.findall(r"`([\w ]+)\(([^`]*)\)`(?=<br>| \|)", chapter)} == feel.EXTENSIONS


def test_the_budget_is_the_one_that_is_told():
    told = dict(re.findall(r"\| `(\w+)` \| ([\d ]+) \|", README))
    budget = feel.Budget()
    assert {name: int(text.replace(" ", "")) for name, text in told.items()} == {"steps": budget.steps, "depth": budget.depth, "size": budget.size}  # fmt: skip


def test_the_first_example_does_what_it_says():
    text = re.search(r"feel\.compile\('(.*)'\)", README)
    assert text is not None
    compiled = feel.compile(text[1])
    assert compiled.names == {"price", "limit", "supplier"}
    assert compiled.evaluate({"price": 100, "limit": 110, "supplier": {"country": "CN"}}) is True


def test_every_public_name_of_the_table_exists():
    table = README.partition("## What others call")[2].partition("## Values")[0]
    first = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    names = {name for cell in first for name in re.findall(r"`(\w+)(?=[`(])", cell)}
    assert len(names) > 10
    assert {name for name in names if not hasattr(feel, name)} == set()
