"""Generated from the table itself: every page has its rule, and lets in whom the rule names, and nobody else."""

import pytest

from app.identity import roles
from app.web import permissions
from app.web.permissions import RULES

ROLES = list(roles.ROLES)
SAMPLE = "0" * 32
"""Stands for any id in an address: who may not see a page is refused before anybody looks whether the thing exists."""


def pages(app):
    """Every endpoint with one address of its own and the method to ask with."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        with app.test_request_context():
            values = {name: _sample(rule, name) for name in rule.arguments}
            method = "GET" if "GET" in rule.methods else sorted(rule.methods - {"OPTIONS", "HEAD"})[0]
            yield rule.endpoint, app.url_for(rule.endpoint, **values), method


def _sample(rule, name):
    kind = type(rule._converters[name]).__name__
    return 1 if kind == "IntegerConverter" else SAMPLE


def ask(client, address, method):
    data = {"csrf_token": client.token()} if method != "GET" else None
    headers = {"Accept": "application/json"}
    return client.open(address, method=method, data=data, headers=headers)


def test_every_page_has_a_rule_and_every_rule_its_page(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(RULES)


def test_every_rule_says_who_and_when_in_words(app):
    assert all(rule.said for rule in RULES.values())


def test_a_page_without_a_rule_is_refused(app, client, monkeypatch):
    monkeypatch.delitem(RULES, "shell.help_page")
    assert client.get("/help", headers={"Accept": "application/json"}).json["code"] == "no-rule"


def test_who_is_not_signed_in_gets_in_where_the_table_says_everybody(app, client):
    wrong = []
    for endpoint, address, method in pages(app):
        answer = ask(client, address, method)
        refused = answer.status_code == 401
        if refused == RULES[endpoint].public:
            wrong.append((endpoint, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [*ROLES, "newcomer"])
def test_a_role_gets_in_where_the_table_names_it_and_nowhere_else(app, sign_in, role):
    client, wrong = sign_in(role), []
    for endpoint, address, method in pages(app):
        rule = RULES[endpoint]
        may = not rule.roles or role in rule.roles
        if may and method != "GET":
            continue  # an act would change what the next page shows; its refusals are tested with the act
        answer = ask(client, address, method)
        refused = answer.status_code == 403 and answer.json["code"] == "role-needed"
        if refused == may:
            wrong.append((endpoint, answer.status_code))
    assert wrong == []


def test_a_menu_never_shows_a_door_that_is_closed(app, sign_in):
    """``allows`` and ``enforce`` read the same table: every place in a role's row opens."""
    for role in (*ROLES, "newcomer"):
        client = sign_in(role)
        for address in _row(client.get("/account").text):
            assert client.get(address).status_code == 200, (role, address)


def _row(page):
    import re

    row = re.search(r'<nav class="tw-places".*?</nav>', page, re.S)
    return re.findall(r'href="([^"]+)"', row.group(0)) if row else []


def test_a_sign_in_page_brings_the_person_back_to_where_they_wanted_to_go(client):
    answer = client.get("/people?state=active")
    assert answer.location == "/sign-in?next=/people?state%3Dactive"


def test_one_click_sign_in_exists_only_in_a_demonstration(app, client, account_of):
    account = account_of("administrator")
    answer = client.submit("/sign-in/as", account=account.id)
    assert answer.status_code == 403


def test_the_predicates_of_the_table_have_a_sentence(app):
    checks = [rule.check for rule in RULES.values() if rule.check is not None]
    assert all(check.__doc__ for check in checks)
    assert permissions.STAFF
