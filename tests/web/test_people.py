"""Administrators look after people and organisations; a supplier's administrator after that supplier's people."""

import re
from pathlib import Path

import lxml.html
import pytest
from sqlalchemy import select

from app.foundation.outbox import Outgoing
from app.identity import grants, resets
from app.web.people.words import ACTS


@pytest.fixture
def administrator(sign_in):
    return sign_in("administrator")


@pytest.fixture
def supplier(sign_in):
    return sign_in("supplier-admin")


def roles_of(app, account):
    with app.extensions["tenderway"].sessions() as session:
        return {grant.role for grant in grants.of_account(session, account.id)}


def grant_of(app, account):
    with app.extensions["tenderway"].sessions() as session:
        return grants.of_account(session, account.id)[0].id


def test_people_are_found_by_two_letters_and_by_role(administrator):
    page = administrator.get("/people?q=xper").text
    assert ("Review expert" in page, "Payment officer</a>" in page) == (True, False)
    assert "payment-officer" in administrator.get("/people?role=payment-officer").text


def test_people_are_grouped_by_organisation_and_found_by_its_name(administrator):
    page = administrator.get("/people?q=Finance Bureau").text
    assert re.findall(r'<th colspan="4" scope="rowgroup">.*?>([^<]+)</a></th>', page) == ["Finance Bureau"]
    assert ("Finance supervisor" in page, "Review expert</a>" in page) == (True, False)


def test_each_organisation_heads_its_people_once_and_who_has_none_comes_last(administrator):
    page = administrator.get("/people?size=100").text
    heads = re.findall(r'<th colspan="4" scope="rowgroup">(?:<a [^>]*>)?([^<]+)<', page)
    assert len(heads) == len(set(heads)) > 3
    assert heads[-1] == "No organisation"


def test_somebody_of_two_organisations_stands_under_one_with_both_roles(administrator):
    page = administrator.get("/people?q=many-hats").text
    row = lxml.html.fromstring(page).xpath("//tr[not(contains(@class, 'group'))][.//a[text()='Many Hats']]")
    assert len(row) == 1
    assert [chip.text_content().strip() for chip in row[0].xpath(".//ul[@class='tw-chips']/li")] == [
        "Opening host",
        "Procurement reviewer",
    ]


def test_a_list_by_name_has_no_groups(administrator, supplier):
    assert "tw-list__group" not in administrator.get("/people?sort=name").text
    assert "tw-list__group" not in supplier.get("/people?sort=place").text


def test_the_list_goes_out_as_a_file_that_spreadsheets_read(administrator):
    answer = administrator.get("/people?format=csv&q=expert")
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeffName,Sign-in name,")
    assert "expert@example.org" in answer.text


def test_a_new_person_is_invited_and_then_given_a_role(app, administrator, account_of, town):
    administrator.submit("/people/add", name="王明", email="wang@example.org", language="zh")
    made = account_of("wang@example.org")
    administrator.submit(f"/people/{made.id}/roles/add", role="buyer-handler", organisation=town.buyer)
    assert roles_of(app, made) == {"buyer-handler"}
    with app.extensions["tenderway"].sessions() as session:
        assert resets.PLACE in session.scalars(select(Outgoing)).one().content["body"]


def test_where_no_mail_leaves_the_house_the_link_is_shown_to_who_invites(administrator):
    administrator.submit("/people/add", name="王明", email="wang@example.org")
    assert "/set-password/" in administrator.get("/people").text


def test_a_person_without_a_name_or_address_is_not_added(administrator):
    answer = administrator.submit("/people/add", name="", email="")
    assert answer.status_code == 422
    assert 'href="#f-email"' in answer.text


def test_a_role_is_taken_away_at_once(app, administrator, sign_in, account_of):
    analyst = sign_in("registrar")
    account = account_of("registrar")
    administrator.submit(f"/people/{account.id}/roles/{grant_of(app, account)}/revoke")
    assert analyst.get("/organisations").status_code == 403


def test_duties_that_are_kept_apart_are_refused_with_their_article(administrator, account_of, town):
    account = account_of("buyer-handler")
    answer = administrator.submit(f"/people/{account.id}/roles/add", role="buyer-reviewer", organisation=town.buyer)
    assert answer.status_code == 422
    assert "cannot be both" in answer.text


def test_a_role_can_be_given_until_a_last_day(app, administrator, account_of, town, virtual_clock):
    from datetime import timedelta

    account = account_of("newcomer")
    administrator.submit(f"/people/{account.id}/roles/add", role="auditor", to="2026-03-04")
    assert roles_of(app, account) == {"auditor"}
    virtual_clock.turn(timedelta(days=3))
    assert roles_of(app, account) == set()


@pytest.mark.parametrize("to", ["4 March", "2026-02-01"])
def test_a_last_day_that_is_none_or_is_over_is_refused(app, administrator, account_of, to):
    account = account_of("newcomer")
    assert administrator.submit(f"/people/{account.id}/roles/add", role="auditor", to=to).status_code == 422
    assert roles_of(app, account) == set()


def test_nobody_gives_themselves_a_role_or_closes_their_own_account(app, administrator, account_of):
    own = account_of("administrator")
    assert administrator.submit(f"/people/{own.id}/roles/add", role="auditor").status_code == 403
    assert administrator.submit(f"/people/{own.id}/disable", reasons="tired").status_code == 403
    assert account_of("administrator").is_active


def test_an_account_is_closed_with_reasons_and_opened_again(administrator, account_of):
    address = f"/people/{account_of('expert').id}"
    assert administrator.submit(f"{address}/disable", reasons=" ").status_code == 422
    administrator.submit(f"{address}/disable", reasons="left the pool")
    assert not account_of("expert").is_active
    assert "left the pool" in administrator.get(address).text
    administrator.submit(f"{address}/enable")
    assert account_of("expert").is_active


def test_an_auditor_looks_and_changes_nothing(sign_in, account_of):
    auditor, person = sign_in("auditor"), account_of("expert")
    page = auditor.get(f"/people/{person.id}")
    assert page.status_code == 200
    assert "Close the account" not in page.text
    assert auditor.submit(f"/people/{person.id}/disable", reasons="x").status_code == 403


def test_a_supplier_administrator_sees_the_people_of_that_supplier_only(supplier, account_of):
    page = supplier.get("/people").text
    assert ("supplier-bidder" in page, "buyer-handler" in page) == (True, False)
    assert supplier.get(f"/people/{account_of('buyer-handler').id}").status_code == 403


def test_a_supplier_administrator_adds_a_bid_writer(app, supplier, account_of, town):
    supplier.submit("/people/add", name="明月", email="ming@example.org", role="supplier-bidder")
    assert roles_of(app, account_of("ming@example.org")) == {"supplier-bidder"}


@pytest.mark.parametrize("role", ["administrator", "expert", "buyer-handler", ""])
def test_a_supplier_administrator_gives_roles_of_suppliers_only(app, supplier, role):
    assert supplier.submit("/people/add", name="明月", email="ming@example.org", role=role).status_code in (403, 422)
    assert "ming@example.org" not in supplier.get("/people").text


def test_a_supplier_administrator_can_not_take_over_an_account_that_has_a_password(app, supplier, account_of):
    from app.foundation.actor import SYSTEM
    from app.identity import accounts

    bidder = account_of("supplier-bidder")
    with app.extensions["tenderway"].sessions() as session:
        accounts.change_password(session, SYSTEM, account_id=bidder.id, password="a lamp beside the river")
        session.commit()
    assert supplier.submit(f"/people/{bidder.id}/invite").status_code == 403


def test_a_grant_is_taken_away_only_under_its_own_person(app, supplier, account_of):
    foreign = grant_of(app, account_of("buyer-handler"))
    bidder = account_of("supplier-bidder")
    assert supplier.submit(f"/people/{bidder.id}/roles/{foreign}/revoke").status_code == 404


def test_organisations_are_found_by_two_chinese_signs(sign_in):
    page = sign_in("agency-officer").get("/organisations?q=医院").text
    assert ("First People&#39;s Hospital" in page, "Finance Bureau" in page) == (True, False)


def test_an_organisation_is_entered_once(administrator, town):
    fields = {"kind": "agency", "name_zh": "三江招标有限公司", "uscc": "91510700MA6200ABXQ"}
    assert administrator.submit("/organisations/add", **fields).status_code == 409
    assert administrator.submit("/organisations/add", **fields | {"uscc": "123"}).status_code == 422


def test_a_buyer_needs_the_finance_department_that_supervises_it(administrator, town):
    fields = {"kind": "buyer", "name_zh": "第二人民医院", "uscc": "91350100M000100Y43"}
    assert administrator.submit("/organisations/add", **fields).status_code == 422
    answer = administrator.submit("/organisations/add", **fields, supervisor=town.finance)
    assert "第二人民医院" in administrator.get(answer.location).text


def test_a_supplier_sees_its_own_organisation_and_no_other(supplier, town):
    assert supplier.get(f"/organisations/{town.supplier}").status_code == 200
    assert supplier.get(f"/organisations/{town.buyer}").status_code == 403


def test_everything_that_is_done_with_an_account_has_its_words():
    sources = (Path(__file__).parents[2] / "app/identity").glob("*.py")
    acts = re.compile(r'"((?:accounts|addresses|grants|resets|sessions)\.[a-z_]+)"')
    assert {act for file in sources for act in acts.findall(file.read_text(encoding="utf-8"))} == set(ACTS)
