"""Whatever goes wrong is answered: by its kind, in plain words, with a reference that the log knows, never a trace."""

import importlib
import logging
import pkgutil
import re

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

import app as package
from app.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal, RuleBroken, Several
from app.foundation.text import Text
from app.identity.attempts import TooManyAttempts
from app.web import errors, shell


class Broken(RuleBroken):
    """A rule with an article."""

    code = "broken"
    text = Text("It may not be.", "不可以。")
    statute = "GPL 46"


@pytest.fixture
def fails(client, monkeypatch):
    """``fails(error)``: what the help page answers when it ends in that error."""

    def ask(error, accept="text/html"):
        def broken(_groups):
            raise error

        monkeypatch.setattr(shell.guides, "guides_for", broken)
        return client.get("/help", headers={"Accept": accept})

    return ask


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowed(), 403),
        (NotFound(), 404),
        (Conflict(), 409),
        (Broken(), 422),
        (Invalid(), 422),
        (Several([Invalid(), Broken()]), 422),
        (TooManyAttempts(seconds=30), 429),
        (StaleDataError(), 409),
        (OperationalError("SELECT 1", {}, Exception("locked")), 503),
        (ZeroDivisionError(), 500),
    ],
)
def test_each_kind_has_its_status(fails, error, status):
    assert fails(error).status_code == status


def test_every_refusal_of_the_house_has_an_answer_and_both_sentences():
    for module in pkgutil.walk_packages(package.__path__, "app."):
        importlib.import_module(module.name)
    for kind in _all(Refusal):
        assert errors.status_of(kind) in errors.TITLES, kind
        en, zh = (re.sub(r"%\(\w+\)s", "", sentence) for sentence in kind.text)
        assert bool(re.search("[a-z]", en)) == bool(re.search("[\u4e00-\u9fff]", zh)), kind


def _all(kind):
    return {
        kind,
        *(deeper for below in kind.__subclasses__() if below.__module__.startswith("app.") for deeper in _all(below)),
    }


def test_a_broken_rule_is_said_with_its_article(fails):
    page = fails(Broken()).text
    assert "It may not be." in page
    assert "Government Procurement Law, article 46" in page


def test_an_unexpected_failure_shows_a_reference_that_the_log_knows_and_no_trace(fails, caplog):
    with caplog.at_level(logging.ERROR):
        page = fails(ZeroDivisionError("secret")).text
    reference = re.search(r"Reference ([A-Z0-9]{4}-[A-Z0-9]{4})", page).group(1)
    assert reference in caplog.text
    assert ("secret" in page, "Traceback" in page) == (False, False)


def test_a_script_is_answered_in_json(fails):
    answer = fails(Broken(), accept="application/json")
    assert answer.json["code"] == "broken"
    assert answer.json["message"] == "It may not be."


def test_who_has_to_wait_is_told_how_long(fails):
    assert fails(TooManyAttempts(seconds=30)).headers["Retry-After"] == "30"


def test_an_error_is_said_in_the_language_of_the_person(client):
    assert "页面不存在" in client.get("/nothing-here?lang=zh").text


def test_a_page_that_is_only_posted_to_says_so(client):
    answer = client.get("/sign-out")
    assert answer.status_code in (303, 405)


def test_even_without_a_database_there_is_an_answer(app, client, monkeypatch):
    from app.web import current

    def gone():
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(current, "session", gone)
    answer = client.get("/help?lang=zh")
    assert answer.status_code == 503
    assert "平台繁忙" in answer.text
