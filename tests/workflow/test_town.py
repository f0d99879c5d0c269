"""The town as a demonstration begins with it: procurements at every stage, nothing wrong, nothing dated in the future."""

import pytest
from sqlalchemy import func, select

from app import bootstrap, tables
from app.demonstration import KeysOfAnother, NotADemonstration, settling, shipping
from app.demonstration.past import NOW
from app.engine import incidents, invariants
from app.engine.records import HistoryRow, InstanceRow, OpenTaskRow
from app.foundation import documents, journal
from app.foundation.actor import SYSTEM
from app.foundation.clock import KeptClock
from app.foundation.database import connect, sessions
from app.foundation.journal import JournalEntry
from app.identity import accounts, certificates
from app.keeper import KeyNotDue, servers
from app.procurement import bids, contracts
from tests.towns import config_of

STAGES = [
    set(),
    {"accept_delivery", "apply_early"},
    {"score_bids"},
    {"answer_question"},
    {"confirm_documents"},
    {"sign_agreement_agency"},
    {"apply"},
    {"review_application"},
]
"""What each case of the past waits for, the oldest first."""


@pytest.fixture
def settled(database, tmp_path):
    """The house of an office that took the shipped town over."""
    config = config_of(tmp_path)
    settling.settle(database, config)
    settling.settle(database, config)
    return bootstrap.build(database, config, clock=KeptClock(config.clock_file))


def waiting_in(session):
    cases = session.scalars(select(InstanceRow).order_by(InstanceRow.business_key)).all()
    by_case = select(OpenTaskRow.element_id).where
    return [set(session.scalars(by_case(OpenTaskRow.instance_id == case.id))) for case in cases]


def wrong_in(house, session):
    """Everything that ``verify`` would tell of."""
    return [*invariants.violations(house.engine, session), *journal.violations(session)]


def latest_in(session):
    return max(session.scalar(select(func.max(column))) for column in (HistoryRow.at, JournalEntry.at))


def test_there_is_a_procurement_at_every_stage_and_nothing_is_wrong(settled):
    with settled.sessions() as session:
        assert waiting_in(session) == STAGES
        assert (wrong_in(settled, session), incidents.count(session)) == ([], 0)
        assert latest_in(session) <= NOW


def test_its_clock_begins_where_its_past_ends(settled, tmp_path):
    assert KeptClock(config_of(tmp_path).clock_file).instant == NOW


def test_its_receipts_are_genuine_by_the_key_that_came_with_it(settled):
    with settled.sessions() as session:
        receipts = [receipt for receipt in session.scalars(select(bids.Bid.receipt)) if receipt]
        assert len(receipts) > 10
        assert all(bids.verify_receipt(each, settled.signer.public_key).is_genuine for each in receipts)


def test_its_organisations_can_go_on_signing(settled):
    with settled.sessions() as session:
        signed = session.scalars(select(documents.Document).where(documents.Document.kind == "contract")).first()
        buyer = session.scalars(select(contracts.Contract.buyer_id)).first()
        pdf = documents.read(session, signed.id)
        more = settled.authority.sign_pdf(session, pdf, organisation_id=buyer, person="Wu Tao", reason="again")
        assert len(certificates.verify_pdf(session, more)) == len(certificates.verify_pdf(session, pdf)) + 1
        assert all(check.holds for check in certificates.verify_pdf(session, more))


def test_its_keeper_holds_the_key_of_the_tender_that_takes_bids(settled, tmp_path):
    clock = KeptClock(config_of(tmp_path).clock_file)
    vault = servers.open_vault(tmp_path / "keeper", lambda: clock.instant)
    with settled.sessions() as session:
        lot_id = session.scalars(select(bids.Bid.lot_id).where(bids.Bid.state == "sealed")).first()
    with pytest.raises(KeyNotDue):
        vault.release(lot_id)
    clock.turn_to(vault.deadline(lot_id))
    assert vault.release(lot_id).startswith("AGE-SECRET-KEY-")


def test_keys_of_an_office_are_never_replaced(database, tmp_path):
    config = config_of(tmp_path)
    config.receipt_key.write_text("ab" * 32)
    with pytest.raises(KeysOfAnother):
        settling.settle(database, config)
    assert not settling.is_settled(database)


def test_a_real_office_becomes_no_demonstration(database, tmp_path):
    with sessions(database)() as session:
        accounts.create(session, SYSTEM, login="real", name="Real")
        session.commit()
    with pytest.raises(NotADemonstration):
        settling.settle(database, config_of(tmp_path))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_its_past_can_be_played_anew(tmp_path):
    shipping.make(tmp_path / "town.zip")
    config, database = config_of(tmp_path), connect(f"sqlite:///{tmp_path / 'town.db'}")
    tables.upgrade(database)
    shipping.unpack(database, config, file=tmp_path / "town.zip")
    house = bootstrap.build(database, config)
    with house.sessions() as session:
        assert waiting_in(session) == STAGES
        assert wrong_in(house, session) == []
        assert isinstance(house.authority, certificates.DemonstrationAuthority)
        assert latest_in(session) <= NOW
