"""Whole lives of a tender in the demonstration, in a real browser: what each person sees, enters and presses.

The demonstration is served as anybody would start it, with everything else that is under way in it. Nothing is prepared,
and nothing is done behind the pages: time passes by the clock bar, and bonds are paid at the demonstration's bank. What
is asked here is whether a stranger can find the way; what the law makes of it all is asked nearer to the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.scenarios import failures, stages
from tests.scenarios.walking import Town, serve

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def town(tmp_path: Path, chromium: Browser) -> Iterator[Town]:
    """The demonstration on its first morning."""
    folder = tmp_path / "instance"
    folder.mkdir()
    with serve(folder) as address:
        town = Town(address, chromium)
        yield town
        town.close()
    assert town.said == []


def files_in(folder: Path) -> tuple[Path, Path]:
    """A file for what a bid has to prove, and a PDF for letters and invoices."""
    evidence, paper = folder / "产品说明.txt", folder / "paper.pdf"
    evidence.write_text("输液泵产品说明", encoding="utf-8")
    paper.write_bytes(b"%PDF-1.7\n")
    return evidence, paper


def test_a_tender_goes_from_the_application_to_the_payment(town: Town, tmp_path: Path) -> None:
    evidence, paper = files_in(tmp_path)
    stages.apply(town)
    stages.plan(town)
    stages.publish(town)
    newcomer = stages.register(town)
    stages.ask(town, newcomer)
    early = stages.submit_one(town, evidence, tmp_path)
    stages.guarantee(newcomer, paper)
    stages.pay_bonds(town, [early, town.person("shuang"), town.person("an")])
    stages.submit_all(town, newcomer, evidence)
    stages.open_bids(town)
    stages.evaluate(town, stages.form_committee(town))
    stages.award(town, newcomer)
    stages.conclude(town, newcomer)
    stages.perform(town, newcomer, paper)


def test_a_tender_whose_deadline_was_moved_is_opened_at_the_new_one(town: Town, tmp_path: Path) -> None:
    evidence, _ = files_in(tmp_path)
    stages.apply(town)
    stages.plan(town)
    stages.publish(town)
    early = stages.submit_one(town, evidence, tmp_path)
    stages.change(town, early)
    others = [town.person("shuang"), town.person("an")]
    for price, bidder in enumerate(others, 43):
        stages.write(bidder, price * 1000, evidence).press("Seal and submit")
    stages.pay_bonds(town, [early, *others])
    stages.open_bids(town)


def test_a_tender_with_two_bids_fails_in_chinese(town: Town, tmp_path: Path) -> None:
    evidence, paper = files_in(tmp_path)
    failures.apply(town)
    failures.plan(town)
    failures.publish(town)
    failures.submit(town, evidence, paper)
    failures.fail(town)
    failures.return_bonds(town)
