"""Whole lives of a tender through the real pages in a real browser: what each person sees, enters and presses.

Nothing is prepared and nothing is done behind the pages but turning the clock; what is asked here is whether people can
find their way. What the law makes of it all is asked nearer to the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import event

from app import create_app, tables
from app.demonstration import settling
from app.foundation.clock import PLACE, VirtualClock
from config import Config
from tests.scenarios import failures, stages
from tests.scenarios.walking import Town

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def town(tmp_path: Path, chromium: Browser) -> Iterator[Town]:
    """The town as it was founded, on the morning of Monday 2 March 2026."""
    clock = VirtualClock(datetime(2026, 3, 2, 9, tzinfo=PLACE))
    config = Config(
        instance_folder=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'town.db'}",
        secret_key="for tests",
        demonstration=True,
        smtp_url="",
        receipt_key=tmp_path / "receipt-key",
    )
    app = create_app(config, clock=clock)
    house = app.extensions["tenderway"]
    event.listen(house.database, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF").close())
    tables.upgrade(house.database)
    settling.found(house, config.processes_folder)
    town = Town(app, clock, chromium)
    yield town
    town.close()
    house.database.dispose()
    assert town.said == []


def files_in(folder: Path) -> tuple[Path, Path]:
    """A file for what a bid has to prove, and a PDF for letters and invoices."""
    evidence, paper = folder / "产品说明.txt", folder / "paper.pdf"
    evidence.write_text("病人监护仪产品说明", encoding="utf-8")
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
    stages.change(town, early)
    stages.guarantee(newcomer, paper)
    stages.pay_bonds(town, [early, town.person("shuang"), town.person("an")])
    stages.submit_all(town, newcomer, evidence)
    stages.open_bids(town)
    stages.evaluate(town, stages.form_committee(town))
    stages.award(town, newcomer)
    stages.conclude(town, newcomer)
    stages.perform(town, newcomer, paper)


def test_a_tender_with_two_bids_fails_in_chinese(town: Town, tmp_path: Path) -> None:
    evidence, paper = files_in(tmp_path)
    failures.apply(town)
    failures.plan(town)
    failures.publish(town)
    failures.submit(town, evidence, paper)
    failures.fail(town)
    failures.return_bonds(town)
