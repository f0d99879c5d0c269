"""The shell around every page: landing, languages, health."""

import gzip
import re

import pytest


def test_who_is_not_signed_in_begins_at_the_sign_in_page_or_the_portal(client):
    assert client.get("/").status_code == 303


def test_the_address_chooses_the_language_and_the_browser_keeps_it(client):
    assert 'lang="zh-Hans"' in client.get("/help?lang=zh").text
    assert 'lang="zh-Hans"' in client.get("/help").text


@pytest.mark.parametrize(("accepted", "tag"), [("zh-CN,zh;q=0.9", "zh-Hans"), ("en-GB", "en"), ("fr", "en")])
def test_a_browser_is_answered_in_a_language_it_accepts(client, accepted, tag):
    assert f'<html lang="{tag}" ' in client.get("/help", headers={"Accept-Language": accepted}).text


def test_a_person_reads_the_language_of_their_account_on_any_browser(client, sign_in):
    sign_in("expert").submit("/language", language="zh", next="/account")
    assert '<html lang="zh-Hans" ' in sign_in("expert").get("/account").text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_nobody_is_sent_to_another_site(client, elsewhere):
    assert client.submit("/language", language="en", next=elsewhere).location == "/"


def test_the_house_says_that_it_is_alive(client):
    assert client.get("/alive").text == "alive\n"


def test_every_page_carries_the_strict_policy(client):
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    assert ("unsafe" in policy, "script-src 'self'" in policy) == (False, True)


def test_files_are_named_by_their_content_and_kept_for_good(client):
    address = re.search(r'href="(/static/dist/site.css\?v=[0-9a-f]{12})"', client.get("/sign-in").text).group(1)
    assert "immutable" in client.get(address).headers["Cache-Control"]


def test_files_are_compressed_for_who_can_read_it(client):
    packed = client.get("/static/dist/site.css", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/static/dist/site.css")
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 4


def test_a_page_with_form_tokens_is_never_compressed(client):
    assert "Content-Encoding" not in client.get("/sign-in", headers={"Accept-Encoding": "gzip"}).headers


def test_a_file_that_the_browser_has_is_not_sent_again(client):
    first = client.get("/static/dist/site.css", headers={"Accept-Encoding": "gzip"})
    again = client.get(
        "/static/dist/site.css", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304


def test_the_about_page_says_what_holds_of_bids(client):
    page = client.get("/portal/about?lang=en").text
    assert "the server seals the bid" in page
    assert "not even the operator" not in page
