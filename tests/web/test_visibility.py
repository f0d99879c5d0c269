"""Who reads which document, from which phase on."""

from datetime import UTC, date, datetime

import pytest

from app.foundation import documents
from app.foundation.actor import Actor
from app.identity import accounts
from app.procurement.awards import Award, AwardLetter
from app.procurement.bids import Bid, OpenedBid
from app.procurement.contracts import Contract
from app.procurement.experts import Committee, Member
from app.procurement.projects import Lot
from app.procurement.tenders import Tender
from app.web import visibility
from app.web.visibility import DOCUMENTS
from tests.web import work

AT = datetime(2026, 3, 2, tzinfo=UTC)
PEOPLE = {
    "buyer": "buyer-handler",
    "agency": "agency-officer",
    "finance": "finance-officer",
    "supplier": "supplier-signer",
}


@pytest.fixture
def lot(app, town):
    """A lot of the town's project with an opened bid of its supplier, as far as ``reach`` takes it."""
    house = app.extensions["tenderway"]
    project = work.project(house, town)
    with house.sessions() as session:
        made = Lot(project_id=project, number=1, name_zh="一包", budget=1, state="bidding")
        session.add(made)
        session.flush()
        bid = Bid(
            lot_id=made.id, supplier_id=town.supplier, sequence=1, state="opened", digest="0" * 64, size=0,
            document_version=1, account_id="s", received_at=AT,
        )  # fmt: skip
        session.add(bid)
        session.flush()
        session.add(OpenedBid(bid_id=bid.id, price=1, content={}, opened_at=AT))
        session.commit()
        return made.id


@pytest.fixture
def sees(app, town, lot):
    """``sees(kind, state)``: the people of the town who read a document of that kind while the lot is in that state."""
    house = app.extensions["tenderway"]

    def who(kind, state, *, document=None):
        with house.sessions() as session:
            session.query(Lot).update({"state": state})
            system = Actor("system", "Tenderway")
            kept = document or documents.add(session, system, name="x.pdf", source=b"%PDF", case=lot, kind=kind).id
            session.commit()
            return {
                name
                for name in (*PEOPLE, "expert")
                if visibility.sees(session, actor(session, name), kept_of(session, kept))
            }

    def actor(session, name):
        account = accounts.by_login(session, PEOPLE.get(name, name))
        return Actor(account.id, account.name, getattr(town, name, None), frozenset({PEOPLE.get(name, name)}))

    return who


def kept_of(session, document_id):
    return documents.get(session, document_id)


def seat(house, lot):
    """Let the town's expert sit on the lot's committee."""
    with house.sessions() as session:
        expert = accounts.by_login(session, "expert")
        committee = Committee(lot_id=lot, seed="0", seed_commitment="0", appointed_by="x", appointed_at=AT)
        session.add(committee)
        session.flush()
        session.add(
            Member(
                committee_id=committee.id, account_id=expert.id, name="E", position=1, state="accepted", called_at=AT
            )
        )
        session.commit()


def test_what_a_bid_contains_is_read_by_nobody_before_the_opening(app, lot, sees):
    seat(app.extensions["tenderway"], lot)
    assert sees("bid", "bidding") == set()


def test_what_a_bid_contains_is_read_by_agency_and_committee_then_by_the_others(app, lot, sees):
    seat(app.extensions["tenderway"], lot)
    assert sees("bid", "evaluating") == {"agency", "expert"}
    assert sees("bid", "notified") == {"agency", "expert", "buyer", "finance"}


def test_an_expert_who_does_not_sit_on_the_committee_reads_nothing(sees):
    assert "expert" not in sees("bid", "evaluating") | sees("opening_record", "evaluating") | sees(
        "other", "evaluating"
    )


def test_the_opening_record_is_read_by_the_bidders_too(sees):
    assert sees("opening_record", "opened") == {"buyer", "agency", "finance", "supplier"}
    assert sees("opening_record", "bidding") == set()


def test_a_letter_is_read_by_the_parties_and_its_addressee(app, town, lot, sees):
    house = app.extensions["tenderway"]
    with house.sessions() as session:
        bid = session.query(Bid).one()
        award = Award(
            lot_id=lot, bid_id=bid.id, supplier_id=town.supplier, price=1, decided_by="x", decided_at=AT,
            notice_due_on=date(2026, 3, 2),
        )  # fmt: skip
        session.add(award)
        system = Actor("system", "Tenderway")
        own, other = (
            documents.add(session, system, name=name, source=b"%PDF", case=lot, kind="award_letter").id for name in "ab"
        )
        session.flush()
        session.add(
            AwardLetter(
                award_id=award.id, supplier_id=town.supplier, won=True, reasons={}, sent_at=AT, document_zh_id=own
            )
        )
        session.commit()
    assert sees("award_letter", "notified", document=own) == {"buyer", "agency", "finance", "supplier"}
    assert sees("award_letter", "notified", document=other) == {"buyer", "agency", "finance"}


def test_the_papers_of_a_contract_are_read_by_its_two_sides(app, town, lot, sees):
    before = sees("payment_voucher", "performing")
    with app.extensions["tenderway"].sessions() as session:
        project = session.get(Lot, lot).project
        bid = session.query(Bid).one()
        tender = Tender(
            project_id=project.id,
            buyer_id=town.buyer,
            agency_id=town.agency,
            method="open_tender",
            review_method="comprehensive",
        )
        session.add(tender)
        session.flush()
        session.add(
            Contract(
                number="C1", lot_id=lot, tender_id=tender.id, bid_id=bid.id, award_id="a", buyer_id=town.buyer,
                supplier_id=town.supplier, title_zh="合同", title_en="Contract", price=1, content={}, digest="0",
                drafted_at=AT, sign_by_on=date(2026, 4, 1), delivery_days=1, payment_days=1, acceptance_days=1,
                daily_interest=0,
            )
        )  # fmt: skip
        session.commit()
    assert (before, sees("payment_voucher", "performing")) == ({"buyer", "finance"}, {"buyer", "finance", "supplier"})
    assert sees("contract", "contracted") == {"buyer", "agency", "finance", "supplier"}


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
def test_no_kind_is_open_to_a_supplier_or_an_expert_before_the_opening(sees, kind):
    assert sees(kind, "bidding") & {"supplier", "expert"} == set()


def test_a_kind_that_nobody_thought_of_is_read_by_the_parties_of_the_project_alone(sees):
    assert sees("something.new", "performing") == {"buyer", "agency", "finance"}


def test_what_came_with_a_form_goes_by_the_forms_name(sees):
    assert sees("request_payment.attachments", "performing") == {"buyer", "finance"}
