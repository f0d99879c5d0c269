"""What becomes public is an OCDS release of its act's transaction; records are what the releases add up to."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from app.foundation.clock import PLACE
from app.procurement import disclosure, tenders
from app.procurement.disclosure import packages
from app.procurement.rules import methods


def published(session, tender, *tags):
    return disclosure.release(session, project_id=tender.project_id, tags=tags or ("planning", "tender"))


def test_the_first_release_gives_the_project_its_ocid(session, tender):
    made = published(session, tender)
    assert made.content["ocid"] == f"ocds-tender-{tender.project.number}"
    assert made.content["id"].endswith("-0001-planning")


def test_a_release_says_what_the_notice_says(session, tender):
    content = published(session, tender).content
    assert content["tender"]["status"] == "active"
    assert content["tender"]["procurementMethod"] == "open"
    assert content["tender"]["tenderPeriod"]["endDate"] == tender.bid_deadline_at.astimezone(PLACE).isoformat()
    assert content["buyer"]["id"].startswith("CN-USCC-")


def test_a_release_names_the_intention_that_was_published(session, tender):
    tender.project.intention_on, tender.project.intention_address = date(2026, 1, 5), "https://www.ccgp.gov.cn/1"
    made = published(session, tender)
    [document] = made.content["planning"]["documents"]
    assert (document["documentType"], document["url"]) == ("plannedProcurementNotice", "https://www.ccgp.gov.cn/1")
    assert document["datePublished"] == "2026-01-05T00:00:00+08:00"
    assert list(disclosure.violations(disclosure.release_package(session, [made], "open-data/releases/1"))) == []


def test_a_release_package_keeps_to_the_standard(session, tender):
    package = disclosure.release_package(session, [published(session, tender)], "open-data/releases/1")
    assert list(disclosure.violations(package)) == []


def test_a_record_is_what_its_releases_add_up_to(session, tender, change, reworded, virtual_clock):
    published(session, tender)
    change(requirements=reworded("X-9", "提供现场培训"))
    published(session, tender, "tenderAmendment")
    record = disclosure.record(session, disclosure.ocid_of(session, tender.project_id))
    assert [release["tag"] for release in record["releases"]] == [["planning", "tender"], ["tenderAmendment"]]
    assert record["compiledRelease"]["tag"] == ["compiled"]
    assert len(record["compiledRelease"]["tender"]["amendments"]) == 1


def test_a_record_package_keeps_to_the_standard(session, tender):
    published(session, tender)
    package = disclosure.record_package(
        session, [disclosure.ocid_of(session, tender.project_id)], "open-data/records/1"
    )
    assert list(disclosure.violations(package)) == []


def test_what_breaks_the_standard_is_named_with_its_place(session, tender):
    package = disclosure.release_package(session, [published(session, tender)], "x")
    del package["releases"][0]["ocid"]
    package["releases"][0]["tender"]["status"] = "half open"
    found = list(disclosure.violations(package))
    assert any("ocid" in each for each in found)
    assert any(each.startswith("releases/0") for each in found)


def test_nobody_learns_of_bids_before_the_result(session, tender, opened):
    opened()
    content = published(session, tender, "tenderUpdate").content
    assert "bids" not in content
    assert "tenderers" not in content["tender"]


def test_a_failed_lot_says_so_and_names_who_took_part(session, town, tender, opened):
    lot = opened()
    tenders.fail(session, town.officer, lot_id=lot.id, reason="few_qualified")
    content = published(session, tender, "tenderUpdate").content
    assert content["tender"]["lots"][0]["status"] == "unsuccessful"
    assert len(content["bids"]["details"]) == content["tender"]["numberOfTenderers"]


def test_a_failed_lot_is_an_award_that_could_not_be_made(session, town, tender, opened):
    lot = opened()
    tenders.fail(session, town.officer, lot_id=lot.id, reason="few_qualified")
    [award] = published(session, tender, "award", "tenderUpdate").content["awards"]
    assert (award["status"], award["relatedLots"]) == ("unsuccessful", [lot.id])
    assert award["description"] == methods.failures()["few_qualified"].zh
    assert [each["documentType"] for each in award["documents"]] == ["cancellationDetails"]


def test_a_lot_says_its_highest_price_and_who_may_bid(session, tender):
    content = published(session, tender).content["tender"]
    assert content["lots"][0]["maximumValue"] == {"amount": 580000, "currency": "CNY"}
    [criterion] = content["selectionCriteria"]["criteria"]
    assert (criterion["type"], criterion["description"]) == ("suitability", "具有有效的医疗器械经营许可证")


def test_a_change_names_the_release_it_amends(session, tender, change, reworded):
    first = published(session, tender)
    change(requirements=reworded("X-9", "提供现场培训"))
    second = published(session, tender, "tenderAmendment")
    [amendment] = published(session, tender, "tenderUpdate").content["tender"]["amendments"]
    assert (amendment["amendsReleaseID"], amendment["releaseID"]) == (first.content["id"], second.content["id"])


def test_a_terminated_tender_is_cancelled(session, town, tender):
    tenders.terminate(session, town.reviewer, tender_id=tender.id, reasons="the budget was withdrawn")
    assert published(session, tender, "tenderCancellation").content["tender"]["status"] == "cancelled"


def test_an_unknown_tag_is_refused(session, tender):
    with pytest.raises(ValueError, match="not release tags"):
        published(session, tender, "tenderSomething")


def test_addresses_are_those_of_the_installation(session, tender):
    disclosure.use(session, disclosure.Publisher(base_url="https://procurement.example", ocid_prefix="ocds-213czf"))
    made = published(session, tender)
    package = disclosure.release_package(session, [made], "open-data/releases/1")
    assert package["uri"] == "https://procurement.example/open-data/releases/1"
    assert made.content["ocid"].startswith("ocds-213czf-")
    assert all(each["url"].startswith("https://procurement.example/") for each in made.content["tender"]["documents"])


def test_the_vendored_schemas_are_those_of_the_standard():
    theirs = next((p / "shared/ocds" for p in Path(__file__).parents if (p / "shared/ocds").is_dir()), None)
    if theirs is None:
        pytest.skip("the standard's own files (shared/ocds) are not beside the checkout")
    for mine in packages.SCHEMA_FOLDER.glob("*.json"):
        assert mine.read_bytes() == (theirs / mine.name).read_bytes()


def test_a_package_stays_the_same_until_there_is_a_newer_release(session, tender, virtual_clock):
    published(session, tender)
    ocids = [disclosure.ocid_of(session, tender.project_id)]
    before = disclosure.record_package(session, ocids, "x")
    virtual_clock.turn(timedelta(days=1))
    assert disclosure.record_package(session, ocids, "x") == before
