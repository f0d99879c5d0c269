"""What the open data says of awards and contracts: prices as agreed, quantities after additions, days that belong to it."""

from datetime import date
from decimal import Decimal

import pytest

from app.foundation.clock import PLACE
from app.procurement import contracts, disclosure, tenders
from app.procurement.contracts import Addition


@pytest.fixture
def release(session, award):
    """Publishes what is public now and gives what the release says."""

    def act(*tags):
        project_id = tenders.of_lot(session, award.lot_id).project_id
        return disclosure.release(session, project_id=project_id, tags=tags or ("contractUpdate",)).content

    return act


@pytest.fixture
def add(session, people, active, authority):
    """Adds some of the contract's item, signed by both."""

    def act(quantity):
        amendment = contracts.propose(
            session,
            people["officer"],
            contract_id=active.id,
            additions=[Addition(1, Decimal(quantity))],
            reasons="床位增加",
            signer=authority,
        )
        return contracts.agree(session, people["signer"], amendment_id=amendment.id, signer=authority)

    return act


def test_an_award_has_the_offered_unit_prices(release, award):
    [item] = release("award")["awards"][0]["items"]
    assert item["unit"] == {"name": "台", "value": {"amount": 280000, "currency": "CNY"}}


def test_the_winner_s_declared_size_stands_with_it(session, release, award):
    award.bid.opened.sme = "small"
    session.flush()
    winners = [party for party in release("award")["parties"] if "supplier" in party["roles"]]
    assert [party["details"] for party in winners] == [{"scale": "small"}]


def test_gpl_49_a_contract_has_the_quantities_after_its_additions(release, active, add):
    add("0.1"), add("0.1")
    [contract] = release("contractAmendment")["contracts"]
    [item] = contract["items"]
    assert (item["quantity"], item["unit"]["value"]["amount"]) == (2.2, 280000)
    assert contract["value"]["amount"] == item["quantity"] * item["unit"]["value"]["amount"]


def test_an_addition_names_the_release_it_amends(release, active, add):
    before = release("contract")
    add("0.1")
    first = release("contractAmendment")
    add("0.1")
    second = release("contractAmendment")
    chain = [(each["amendsReleaseID"], each["releaseID"]) for each in second["contracts"][0]["amendments"]]
    assert chain == [(before["id"], first["id"]), (first["id"], second["id"])]


def test_days_by_which_something_is_due_belong_to_the_period(release, active, deliver):
    deliver()
    [contract] = release()["contracts"]
    [milestone] = contract["implementation"]["milestones"]
    assert contract["period"]["endDate"] == milestone["dueDate"] == "2026-05-08T23:59:59+08:00"


def test_a_delivery_is_met_on_its_day_and_not_on_that_of_the_decision(release, active, deliver, accept, turn):
    delivery = deliver()
    turn(date(2026, 4, 15))
    accept()
    [milestone] = release()["contracts"][0]["implementation"]["milestones"]
    assert milestone["dateMet"] == delivery.reported_at.astimezone(PLACE).isoformat(timespec="seconds")
    assert milestone["dateModified"].startswith("2026-04-15")


def test_a_contract_s_notice_is_typed_and_placed_with_it(session, release, active):
    tender = tenders.get(session, active.tender_id)
    made = tenders.add_notice(
        session,
        tender,
        kind="contract",
        lot_id=active.lot_id,
        title=contracts.get(session, active.id).title,
        content={"contract": active.id},
    )
    content = release("contract")
    [notice] = content["contracts"][0]["documents"]
    assert (notice["id"], notice["documentType"]) == (f"notice-{made.id}", "contractNotice")
    assert made.id not in str(content["tender"])


def test_a_revoked_award_is_tagged_as_cancelled_once(session, release, award):
    release("award")
    award.revoked_at, award.revoked_reason = award.published_at, "质疑成立"
    session.flush()
    assert release("tenderUpdate")["tag"] == ["tenderUpdate", "awardCancellation"]
    assert release("tenderUpdate")["tag"] == ["tenderUpdate"]


def test_all_of_it_keeps_to_the_standard(session, release, active, add, deliver, accept):
    add("0.1"), deliver(), accept()
    release()
    project_id = tenders.get(session, active.tender_id).project_id
    found = disclosure.record_package(
        session, [disclosure.ocid_of(session, project_id)], "portal/open-data/records/1.json"
    )
    assert list(disclosure.violations(found)) == []
