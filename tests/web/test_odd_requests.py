"""Requests that no page of ours sends: characters and numbers that nothing holds, heads, keys left out, pages grown old."""

import pytest
from sqlalchemy import func, select

from app.foundation import repeats
from app.procurement import tenders
from app.procurement.bids import Bid, BidDraft
from app.web import listing
from tests.web import tendering

UNFIT = ("a%00b", "9" * 40, "99999999999")


@pytest.fixture
def house(app):
    return app.extensions["tenderway"]


@pytest.fixture
def world(house, town, virtual_clock):
    return tendering.published(house, town, virtual_clock)


@pytest.fixture
def writer(sign_in, world):
    return sign_in("supplier-bidder")


def addresses(app, odd):
    """Every address with a part, that part being odd; and how it is asked for."""
    for rule in app.url_map.iter_rules():
        if rule.arguments and rule.endpoint != "static":
            address = rule.rule
            for name in rule.arguments:
                for given in (f"<{name}>", f"<int:{name}>", f"<path:{name}>"):
                    address = address.replace(given, odd)
            for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
                yield method, address


@pytest.mark.parametrize("odd", UNFIT)
def test_an_odd_part_of_an_address_is_nowhere(app, sign_in, odd):
    clients = [sign_in(role) for role in ("administrator", "supplier-bidder")]
    wrong = []
    for method, address in addresses(app, odd):
        for client in clients:
            answer = client.open(address, method=method, headers={"X-CSRFToken": client.token()})
            if not 400 <= answer.status_code < 500:
                wrong.append((address, answer.status_code))
    assert wrong == []


def test_nul_in_a_query_or_a_form_is_no_request(app, sign_in):
    client = sign_in("administrator")
    pages = [rule.rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in rule.methods]
    assert {client.get(f"{page}?q=%00").status_code for page in pages} == {400}
    assert client.submit("/account/details", name="a\0b", email="").status_code == 400


def test_a_number_in_a_form_that_is_none_counts_as_not_given(sign_in, app):
    assert [listing.whole(given) for given in ("12", "²", "9" * 30, "-1", "")] == [12, None, None, None, None]


@pytest.mark.parametrize("login", ["administrator", "analyst", "agency-officer", "supplier-bidder", None])
def test_the_head_of_a_page_is_that_of_the_page(app, client, sign_in, login):
    client = sign_in(login) if login else client
    pages = [rule.rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in rule.methods]
    answers = {page: (client.get(page).status_code, client.head(page).status_code) for page in pages}
    assert {page: both for page, both in answers.items() if both[0] != both[1]} == {}


def test_an_empty_key_is_good_for_any_number_of_acts(session, house, town):
    with house.sessions() as own:
        actor = tendering.actor(own, "supplier-bidder")
        assert [repeats.earlier(own, actor, "") for _ in range(2)] == [None, None]
        repeats.answer(own, actor, "", "/somewhere")
        assert repeats.earlier(own, actor, "") is None


def test_a_lot_whose_tender_isnt_published_isnt_there(writer, house, world):
    with house.sessions() as session:
        tenders.get(session, world.tender_id).published_at = None
        session.commit()
    assert writer.get(f"/lots/{world.lot_id}/query").status_code == 404
    assert writer.submit(f"/lots/{world.lot_id}/query", contact="x").status_code == 404


def test_what_an_old_page_saves_after_the_bid_was_submitted_is_refused(writer, sign_in, house, world):
    lot = f"/supplier/lots/{world.lot_id}"
    fields = tendering.typed(world)
    writer.submit(f"{lot}/bid", **fields)
    sign_in("supplier-signer").submit(f"{lot}/bid/submit", _key="")
    assert writer.submit(f"{lot}/bid/draft", _after="0", **fields).status_code == 409
    assert writer.submit(f"{lot}/bid/draft", **fields).status_code == 409
    with house.sessions() as session:
        assert session.scalar(select(func.count()).select_from(BidDraft)) == 0
        assert session.scalar(select(func.count()).select_from(Bid)) == 1
    assert writer.submit(f"{lot}/bid/draft", _after="1", **fields).status_code == 200
