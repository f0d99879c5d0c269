"""The town as a demonstration begins with it: procurements at every stage, nothing wrong, nothing dated in the future."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app import bootstrap
from app.demonstration import settling
from app.engine import incidents, invariants
from app.engine.records import HistoryRow, InstanceRow, OpenTaskRow
from app.foundation import journal
from app.foundation.clock import VirtualClock
from app.foundation.journal import JournalEntry
from config import Config

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def settled(database, tmp_path):
    clock = VirtualClock(NOW)
    config = Config(database_url="sqlite://", secret_key="for tests", receipt_key=tmp_path / "receipt-key")
    house = bootstrap.build(database, config, clock=clock)
    settling.settle(house, config)
    settling.settle(house, config)
    return house


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_there_is_a_procurement_at_every_stage_and_nothing_is_wrong(settled):
    with settled.sessions() as session:
        cases = session.scalars(select(InstanceRow).order_by(InstanceRow.business_key)).all()
        waiting = {
            case.business_key: set(
                session.scalars(select(OpenTaskRow.element_id).where(OpenTaskRow.instance_id == case.id))
            )
            for case in cases
        }
        assert list(waiting.values()) == [
            set(),
            {"accept_delivery"},
            {"score_bids"},
            {"answer_question"},
            {"confirm_documents"},
            {"sign_agreement_agency"},
            {"apply"},
            {"review_application"},
        ]
        assert incidents.count(session) == 0
        assert list(invariants.violations(settled.engine, session)) == []
        assert list(journal.violations(session)) == []
        for latest in (func.max(HistoryRow.at), func.max(JournalEntry.at)):
            assert session.scalar(select(latest)) <= NOW
