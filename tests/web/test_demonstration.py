"""The bar that turns the demonstration's clock: on every page of it, for anybody, and nowhere else."""

import pytest

from app.foundation.clock import KeptClock

PAGES = ("/portal", "/help", "/sign-in", "/portal/open-data")


@pytest.fixture
def demonstration(app, town, virtual_clock, tmp_path):
    """The small town as a demonstration, with a clock of its own."""
    clock = KeptClock(tmp_path / "clock.json")
    clock.turn_to(virtual_clock.instant)
    house = app.extensions["tenderway"]
    house.engine.clock = clock
    house.engine.use_clock(house.sessions)
    app.extensions["tenderway-config"].demonstration = True
    app.extensions.pop("tenderway-turning", None)
    yield clock
    app.extensions.pop("tenderway-turning", None)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(("language", "said"), [("en", "It is"), ("zh", "现在是")])
def test_every_page_has_the_bar(demonstration, client, address, language, said):
    page = client.get(f"{address}?lang={language}").text
    assert 'class="tw-clock"' in page
    assert said in page


@pytest.mark.parametrize("login", ["buyer-handler", "agency-officer", "supplier-bidder", "administrator", "expert"])
def test_everybody_who_is_signed_in_has_it_too(demonstration, sign_in, login):
    assert 'class="tw-clock"' in sign_in(login).get("/account").text


@pytest.mark.parametrize("address", PAGES)
def test_a_real_office_has_none(app, client, address):
    assert "tw-clock" not in client.get(address).text


def test_a_real_office_refuses_to_turn_its_clock(app, client):
    assert client.submit("/demonstration/clock", by="day").status_code == 403
    assert client.get("/demonstration/clock").status_code == 403


def test_anybody_turns_it_and_comes_back_to_the_page(demonstration, client):
    before = demonstration.instant
    answer = client.submit("/demonstration/clock", by="day", back="/portal?lang=en")
    assert (answer.status_code, answer.location) == (303, "/portal?lang=en")
    assert "Nothing was due until then." in client.get("/portal?lang=en").text
    assert demonstration.instant >= before.replace(day=before.day + 1)


def test_who_is_signed_in_stays_so(demonstration, sign_in):
    client = sign_in("buyer-handler")
    for _ in range(3):
        client.submit("/demonstration/clock", by="day")
    assert client.get("/account").status_code == 200


def test_it_sends_nobody_to_another_site(demonstration, client):
    assert client.submit("/demonstration/clock", by="hour", back="https://elsewhere.example/").location == "/"


def test_it_is_never_turned_without_a_form_of_ours(demonstration, client):
    before = demonstration.instant
    assert client.post("/demonstration/clock", data={"by": "day"}).status_code == 400
    assert demonstration.instant == before
