"""What a supplier claims of itself and its goods: held against its registration and the documents."""

import bidding
import pytest

from app.foundation.actor import SYSTEM
from app.procurement import bids, suppliers

SIZES = ("micro", "small", "medium", "large")


@pytest.fixture
def errors(session, town, lot):
    """The places of the errors in the first bidder's draft, with what is told changed."""

    def act(*, scale="small", welfare="none", files=(), **changes):
        registration = suppliers.of_organisation(session, town.supplier_ids[0])
        registration.scale, registration.welfare = scale, welfare
        bidding.write(session, town.bidders[0], lot.id, **changes)
        for code in files:
            bids.add_file(
                session, town.bidders[0], lot_id=lot.id, name="a.txt", source=b"agreed", requirement_code=code
            )
        found = bids.gaps(session, town.bidders[0], lot_id=lot.id)
        return {gap.place for gap in found if gap.severity == "error"}

    return act


@pytest.mark.parametrize("scale", SIZES)
@pytest.mark.parametrize("claimed", SIZES[:3])
def test_n46_4_nobody_seals_as_smaller_than_it_is_registered(errors, scale, claimed):
    assert errors(scale=scale, sme=claimed) == ({"sme"} if SIZES.index(scale) > SIZES.index(claimed) else set())


def test_n46_4_goods_count_by_the_company_that_makes_them(errors):
    assert errors(scale="large", sme="small", maker="江城微创医疗器械厂") == set()


@pytest.mark.parametrize("scale", SIZES)
@pytest.mark.parametrize("claimed", SIZES[:3])
@pytest.mark.parametrize("own", ["micro", "large"])
def test_n46_4_a_maker_that_is_registered_here_is_as_large_as_it_is_registered(
    session, town, errors, own, scale, claimed
):
    maker = suppliers.of_organisation(session, town.supplier_ids[1])
    maker.scale = scale
    found = errors(scale=own, sme=claimed, maker=maker.organisation.name.zh)
    assert found == ({"maker"} if SIZES.index(scale) > SIZES.index(claimed) else set())


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("江城影像（集团）有限公司", "江城影像(集团)有限公司"),
        ("江城影像(集团)有限公司", "江城影像（集团）有限公司"),
        ("Jiangcheng Imaging Co., Ltd.", "jiangcheng imaging co., ltd."),
        ("江城影像有限公司", "江城微创医疗器械厂；江城影像有限公司"),
    ],
)
def test_a_maker_is_found_however_its_name_was_typed(session, town, errors, name, typed):
    maker = suppliers.of_organisation(session, town.supplier_ids[1])
    maker.scale, maker.organisation.name_zh = "large", name
    assert errors(sme="small", maker=typed) == {"maker"}


def test_n46_4_a_bidder_isn_t_another_maker(session, town, errors):
    own = suppliers.of_organisation(session, town.supplier_ids[0]).organisation.name.zh
    assert errors(scale="large", sme="small", maker=own) == {"sme"}


def test_n46_4_works_and_services_count_by_who_does_them(session, lot, errors):
    lot.project.object = "services"
    assert errors(scale="large", sme="small", maker="江城微创医疗器械厂") == {"sme"}


@pytest.mark.parametrize("kind", ["prison", "disabled"])
def test_welfare_units_are_registered_as_such(errors, kind):
    assert (errors(sme=kind), errors(sme=kind, welfare=kind)) == ({"sme"}, set())


@pytest.mark.parametrize("claimed", ["none", "consortium"])
def test_n46_8_a_reserved_lot_takes_declared_smaller_enterprises_only(lot, errors, claimed):
    lot.sme_mode = "reserved"
    assert "sme" in errors(sme=claimed)


def test_gpl_24_no_consortium_where_the_documents_admit_none(session, town, lot, signer, errors):
    assert errors(sme="consortium") == {"sme"}
    with pytest.raises(bids.BidIncomplete):
        bids.submit(session, town.bidders[0], lot_id=lot.id, signer=signer)


@pytest.fixture
def admitting(lot, tender):
    tender.terms = {"consortium": True}


def test_n46_9_a_consortium_has_a_partner_a_share_and_an_agreement(admitting, errors):
    assert errors(sme="consortium") == {"partner", "partner_share", "agreement"}


@pytest.mark.parametrize(("share", "places"), [("30", set()), ("29.99", {"partner_share"}), ("100", {"partner_share"})])
def test_n46_9_small_and_micro_enterprises_have_thirty_percent(session, town, admitting, errors, share, places):
    assert errors(**consortium(session, town), partner_share=share, files=["agreement"]) == places


def test_n46_9_the_partner_is_registered_as_small_or_micro(session, town, admitting, errors):
    suppliers.of_organisation(session, town.supplier_ids[1]).scale = "medium"
    assert errors(**consortium(session, town), partner_share="30", files=["agreement"]) == {"partner"}


def consortium(session, town):
    """A consortium with the second supplier."""
    other = suppliers.of_organisation(session, town.supplier_ids[1]).organisation
    return {"sme": "consortium", "partner": other.name.zh, "partner_uscc": other.uscc}


@pytest.mark.parametrize(("share", "places"), [("80", set()), ("79.99", {"domestic_share"}), ("", set())])
def test_domestic_products_make_up_eighty_percent_of_the_cost(errors, share, places):
    assert errors(domestic=True, domestic_share=share) == places


def test_where_the_documents_ask_for_it_the_share_is_declared(tender, errors):
    tender.terms = {"domestic_share": True}
    assert errors(domestic=True) == {"domestic_share"}


def test_what_was_claimed_is_opened_as_it_was_sealed(session, town, tender, lot, keeper, admitting, bid):
    claims = consortium(session, town) | {"partner_share": "30", "maker": "江城微创", "domestic_share": "85"}
    bid(0, **claims, files=[("协议.pdf", b"%PDF-1.7 agreed", "agreement")])
    bid(1), bid(2)
    bidding.at(session, tender.bid_deadline_at)
    bids.open_all(session, SYSTEM, lot_id=lot.id, keeper=keeper)
    said = bids.of_lot(session, lot.id)[0].opened.content
    assert (said["partner"]["share"], said["maker"], said["domestic_share"]) == ("30.00", "江城微创", "85.00")
