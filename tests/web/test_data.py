"""Budget lines and working days by page and by sheet: a preview of each row, and a second person who confirms."""

import io
import json
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select

from app.foundation import workdays
from app.foundation.actor import SYSTEM
from app.foundation.proposals import Proposal
from app.identity import accounts, grants, organisations
from app.procurement import rules
from app.procurement.projects import BudgetLine
from app.workflow.feeding import kinds
from tests.workflow.test_feeding_calendars import OF_2027

HEADS = ["采购人", "年度", "项目代码", "项目名称", "预算科目", "金额（元）"]
LINE = ["第一人民医院", "2027", "A01", "医疗设备", "A02", "1200000.00"]


@pytest.fixture
def office(app, town):
    """The town with a buyer under its finance department, and a second person for each entry."""
    with app.extensions["tenderway"].sessions() as session:
        workdays.seed(session)
        session.get_one(accounts.Account, accounts.by_login(session, "finance-officer").id)
        from app.identity.organisations import Organisation

        session.get_one(Organisation, town.buyer).supervisor_id = town.finance
        for role, place in (("finance-officer", town.finance), ("administrator", town.platform)):
            second = accounts.create(session, SYSTEM, login=f"second-{role}", name=f"Second {role}")
            grants.grant(session, SYSTEM, account_id=second.id, role=role, organisation_id=place)
        session.commit()
    return town


@pytest.fixture
def officer(office, sign_in):
    return sign_in("finance-officer")


@pytest.fixture
def second(office, sign_in):
    return sign_in("second-finance-officer")


def workbook(*rows, heads=HEADS):
    book = openpyxl.Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def imported(client, content, name="budget.xlsx", table="budget"):
    """Import a file; the address of its preview, or the answer that refused it."""
    address = f"/data/tables/{table}/import"
    data = {"csrf_token": client.token(), "file": (io.BytesIO(content), name)}
    answer = client.post(address, data=data, content_type="multipart/form-data")
    return answer.location if answer.status_code == 303 else answer


def seen(client, address):
    return re.search(r'name="seen" value="(\w+)"', client.get(address).text)[1]


def confirm(client, address):
    return client.submit(address, decision="confirm", seen=seen(client, address))


def lines(app):
    with app.extensions["tenderway"].sessions() as session:
        return {line.code: line.amount for line in session.scalars(select(BudgetLine))}


def entered(app, officer, second, *rows):
    address = imported(officer, workbook(*rows))
    officer.submit(address, decision="hand_on")
    confirm(second, address)
    return address


def test_a_sheet_counts_once_a_second_person_confirmed_it(app, officer, second):
    address = imported(officer, workbook(LINE))
    officer.submit(address, decision="hand_on")
    assert lines(app) == {}
    confirm(second, address)
    assert lines(app) == {"A01": Decimal("1200000.00")}


def test_who_entered_a_sheet_can_not_confirm_it(app, officer):
    address = imported(officer, workbook(LINE))
    officer.submit(address, decision="hand_on")
    answer = officer.submit(address, decision="confirm", seen="0")
    assert (answer.status_code, lines(app)) == (403, {})


def test_json_is_taken_by_names_of_columns(app, officer, second):
    row = {
        "buyer": "12510700450720100H",
        "year": 2027,
        "code": "A01",
        "name_zh": "医疗设备",
        "category": "A02",
        "amount": 1.5,
    }
    address = imported(officer, json.dumps([row]).encode(), "budget.json")
    officer.submit(address, decision="hand_on")
    confirm(second, address)
    assert lines(app) == {"A01": Decimal("1.50")}


def test_each_row_says_what_it_would_do(app, officer, second):
    entered(app, officer, second, LINE, [*LINE[:2], "A02", *LINE[3:]])
    page = officer.get(
        imported(officer, workbook(LINE, [*LINE[:2], "A02", *LINE[3:5], "5"], [*LINE[:2], "A03", *LINE[3:]]))
    ).text
    assert [page.count(f">{word}</span>") for word in ("New", "Changed", "Unchanged")] == [2, 2, 2]
    assert "was 1200000.00" in page


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        (0, "不存在的医院", "No buyer that you supervise"),
        (1, "二〇二七", "This is not a whole number"),
        (1, "1890", "This is not a year"),
        (2, "", "Missing"),
        (5, "一百万", "Enter an amount in yuan"),
        (5, "-1", "Enter an amount from 0"),
        (5, "1.005", "at most 2 decimal places"),
    ],
)
def test_a_refused_row_has_its_reason_beside_the_cell_and_can_not_be_handed_on(app, officer, column, cell, why):
    row = [*LINE[:column], cell, *LINE[column + 1 :]]
    address = imported(officer, workbook(LINE, row))
    assert why in officer.get(address).text
    assert officer.submit(address, decision="hand_on").status_code == 422


def test_the_same_line_named_in_two_ways_is_the_same_line(officer):
    page = officer.get(imported(officer, workbook(LINE, ["12510700450720100H", *LINE[1:]]))).text
    assert "The same as row 2" in page


def test_a_draft_is_seen_by_nobody_else(officer, second):
    assert second.get(imported(officer, workbook(LINE))).status_code == 404


def test_what_changed_since_it_was_looked_at_is_looked_at_again(app, officer, second):
    address = imported(officer, workbook(LINE))
    officer.submit(address, decision="hand_on")
    before = seen(second, address)
    entered(app, officer, second, [*LINE[:5], "7"])
    assert second.submit(address, decision="confirm", seen=before).status_code == 409


def test_an_entry_is_given_back_with_reasons_only(app, officer, second):
    address = imported(officer, workbook(LINE))
    officer.submit(address, decision="hand_on")
    assert second.submit(address, decision="reject").status_code == 422
    second.submit(address, decision="reject", reasons="金额有误")
    assert "金额有误" in officer.get(address).text


def test_one_line_by_hand_waits_for_a_second_person_too(app, officer, second):
    fields = dict(zip(("buyer", "year", "code", "name_zh", "category", "amount"), LINE, strict=True))
    address = officer.submit("/data/tables/budget/enter", **fields).location
    assert lines(app) == {}
    confirm(second, address)
    assert lines(app) == {"A01": Decimal("1200000.00")}


def test_an_error_by_hand_stands_beside_its_field_and_loses_nothing(officer):
    answer = officer.submit("/data/tables/budget/enter", buyer="第一人民医院", year="2027", amount="viel")
    assert answer.status_code == 422
    assert 'href="#f-amount"' in answer.text
    assert 'value="第一人民医院"' in answer.text


def test_the_history_of_a_line_says_who_changed_what(app, officer, second):
    entered(app, officer, second, LINE)
    entered(app, officer, second, [*LINE[:5], "1300000"])
    with app.extensions["tenderway"].sessions() as session:
        line_id = session.scalars(select(BudgetLine.id)).one()
    page = officer.get(f"/data/budget/{line_id}").text
    assert "¥1,200,000.00 → ¥1,300,000.00" in page


def test_organisations_are_imported_with_their_supervisor(app, office, sign_in):
    first, other = sign_in("administrator"), sign_in("second-administrator")
    row = {"kind": "采购人", "uscc": "12510700MB0Y20010M", "name_zh": "第二人民医院", "supervisor": "财政局"}
    address = imported(first, json.dumps([row]).encode(), name="rows.json", table="organisations")
    first.submit(address, decision="hand_on")
    confirm(other, address)
    with app.extensions["tenderway"].sessions() as session:
        assert organisations.by_code(session, row["uscc"]).supervisor_id == office.finance


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"uscc": "12510700MB0Y20010X"}, "its check character is wrong"),
        ({"supervisor": "无此单位"}, "Choose the finance department"),
        ({"kind": "供应商"}, "Must be one of"),
    ],
)
def test_an_organisation_that_can_not_be_entered_says_why(office, sign_in, wrong, why):
    row = {"kind": "buyer", "uscc": "12510700MB0Y20010M", "name_zh": "第二人民医院", "supervisor": "财政局"} | wrong
    administrator = sign_in("administrator")
    assert (
        why
        in administrator.get(
            imported(administrator, json.dumps([row]).encode(), name="rows.json", table="organisations")
        ).text
    )


def test_people_are_imported_with_a_row_for_each_role(app, office, sign_in, account_of):
    first, other = sign_in("administrator"), sign_in("second-administrator")
    person = {"login": "lili", "name": "李丽", "email": "lili@example.org", "organisation": "第一人民医院"}
    rows = [person | {"role": role} for role in ("采购审核人", "payment-officer")]
    address = imported(first, json.dumps(rows).encode(), name="rows.json", table="people")
    first.submit(address, decision="hand_on")
    confirm(other, address)
    with app.extensions["tenderway"].sessions() as session:
        held = {grant.role for grant in grants.of_account(session, account_of("lili").id)}
    assert held == {"buyer-reviewer", "payment-officer"}


def test_roles_that_are_kept_apart_are_refused_with_their_row(app, office, sign_in):
    first, other = sign_in("administrator"), sign_in("second-administrator")
    person = {"login": "lili", "name": "李丽", "email": "lili@example.org", "organisation": "第一人民医院"}
    rows = [person | {"role": role} for role in ("buyer-reviewer", "buyer-handler")]
    address = imported(first, json.dumps(rows).encode(), name="rows.json", table="people")
    first.submit(address, decision="hand_on")
    answer = confirm(other, address)
    assert "Row 2:" in answer.text
    with app.extensions["tenderway"].sessions() as session:
        assert accounts.by_login(session, "lili") is None


@pytest.mark.parametrize("table", kinds.TABLES)
def test_every_template_can_be_imported_again(office, sign_in, table):
    client = sign_in(kinds.TABLES[table].role)
    for spoken in ("zh", "en"):
        client.submit("/language", language=spoken)
        sheet = client.get(f"/data/tables/{table}/template.xlsx").data
        assert isinstance(imported(client, sheet, table=table), str)


HOSTILE = {
    "empty": b"",
    "text": b"Buyer,Year",
    "half a workbook": workbook(LINE)[:700],
    "another archive": b"PK\x03\x04" + b"\x00" * 100,
    "no JSON": b'[{"buyer":',
    "deep JSON": b"[" * 100_000,
    "a number": b"[1, 2]",
    "no rows": b"[]",
    "other columns": b'[{"a": 1}]',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_is_no_table_is_refused_beside_its_field(officer, content):
    answer = imported(officer, content)
    assert answer.status_code == 422
    assert "f-file-error" in answer.text


def test_a_notice_of_holidays_is_pasted_previewed_and_confirmed(app, office, sign_in):
    first, other = sign_in("administrator"), sign_in("second-administrator")
    address = first.submit("/data/calendar", text=OF_2027).location
    assert "国办发明电〔2026〕9号" in first.get(address).text
    first.submit(address, decision="hand_on")
    confirm(other, address)
    with app.extensions["tenderway"].sessions() as session:
        assert workdays.load(session).is_official(2027)


def test_a_text_that_names_no_year_stays_in_the_form(office, sign_in):
    answer = sign_in("administrator").submit("/data/calendar", text="放假三天")
    assert answer.status_code == 422
    assert "放假三天" in answer.text


def test_what_waits_is_listed_for_the_second_person_and_not_for_other_departments(app, officer, second, sign_in):
    address = imported(officer, workbook(LINE))
    officer.submit(address, decision="hand_on")
    assert address.rsplit("/", 1)[1] in second.get("/data").text
    assert address.rsplit("/", 1)[1] not in sign_in("administrator").get("/data").text
    with app.extensions["tenderway"].sessions() as session:
        assert session.scalars(select(Proposal.state)).one() == "waiting"


def test_the_first_steps_say_what_is_missing(office, sign_in):
    page = sign_in("administrator").get("/data/first-steps").text
    assert "Buyers cannot apply yet" in page
    assert "None has been deployed" in page


# -- rules of law

RULE = {
    "name": "公开招标数额标准", "value": "4000000", "unit": "元", "jurisdiction": "CN-SC", "objects": "货物、服务",
    "valid_from": "2020-01-01", "source": "川办函〔2019〕1号", "quote": "公开招标数额标准为400万元", "status": "依据二手资料",
}  # fmt: skip


@pytest.fixture
def administrators(office, sign_in):
    yield sign_in("administrator"), sign_in("second-administrator")
    rules.use(())


def rule_title():
    return rules.Law(date(2026, 3, 2), "goods").rule("open_tender_threshold").title.zh


def test_a_rule_of_law_counts_once_a_second_person_confirmed_it(administrators, virtual_clock):
    one, two = administrators
    address = imported(one, json.dumps([RULE | {"name": rule_title()}]).encode(), "law.json", "law")
    assert one.submit(address, decision="hand_on").status_code == 303
    assert "4,000,000" not in threshold_on(one)
    confirm(two, address)
    assert "4,000,000" in threshold_on(one)
    day = date(2026, 3, 3)
    assert rules.Law(day, "goods", region="CN-SC").value("open_tender_threshold") == 4_000_000


def threshold_on(client):
    return client.get("/data/law?origin=entered&lang=en").text


def test_a_rule_that_can_not_be_is_refused_beside_its_cell(administrators):
    answer = administrators[0].submit("/data/tables/law/enter", name="open_tender_threshold", value="4000000", unit="d",
                                      jurisdiction="CN-SC", objects="goods", valid_from="2020-01-01", source="x",
                                      quote="x", status="S")  # fmt: skip
    assert (answer.status_code, 'href="#f-unit"' in answer.text) == (422, True)


def test_the_page_of_the_law_lists_every_rule(administrators):
    page = administrators[0].get("/data/law?format=csv").text
    assert len(page.splitlines()) >= len(rules.statute())


# -- the plan

PLANNED = {
    "year": 2027, "line": "A01", "number": "1", "object": "货物", "code": "A0232", "name": "超声诊断设备",
    "quantity": "2", "unit": "台", "unit_price": "300000", "wanted_on": "2027-03-01",
}  # fmt: skip


def test_a_buyer_s_plan_is_entered_by_its_handler_and_confirmed_by_its_reviewer(app, officer, second, sign_in):
    entered(app, officer, second, LINE)
    handler, reviewer = sign_in("buyer-handler"), sign_in("buyer-reviewer")
    address = imported(handler, json.dumps([PLANNED]).encode(), "plan.json", "plan")
    assert handler.submit(address, decision="hand_on").status_code == 303
    assert handler.submit(address, decision="confirm", seen="0").status_code == 403
    assert confirm(reviewer, address).status_code == 303
    assert "¥600,000.00" in handler.get("/data/plan?lang=en").text


def test_a_plan_beyond_its_line_is_refused_beside_its_price(app, officer, second, sign_in):
    entered(app, officer, second, LINE)
    answer = sign_in("buyer-handler").submit(
        "/data/tables/plan/enter", **{**PLANNED, "object": "goods", "quantity": "5"}
    )
    assert (answer.status_code, 'href="#f-unit_price"' in answer.text) == (422, True)


def test_another_buyer_s_people_do_not_see_a_plan_s_entry(app, officer, second, sign_in):
    entered(app, officer, second, LINE)
    address = imported(sign_in("buyer-handler"), json.dumps([PLANNED]).encode(), "plan.json", "plan")
    assert officer.get(address).status_code == 404


# -- the centralised catalogue

ITEM = {
    "code": "A02010100", "name_zh": "计算机", "name_en": "Computers", "carried_out_by": "集中采购机构采购",
    "jurisdiction": "CN-SC", "level": "省级", "valid_from": "2026-01-01", "source": "川办发〔2025〕1号",
}  # fmt: skip


def test_the_catalogue_counts_once_a_second_person_confirmed_it(administrators):
    one, two = administrators
    address = imported(one, json.dumps([ITEM]).encode(), "catalogue.json", "catalogue")
    assert one.submit(address, decision="hand_on").status_code == 303
    assert "Computers" not in one.get("/data/catalogue?lang=en").text
    confirm(two, address)
    page = one.get("/data/catalogue?lang=en").text
    assert "Computers" in page
    assert "counts from 3 March 2026" in page


def test_a_row_of_the_catalogue_is_found_by_its_level_and_its_words(administrators):
    one, two = administrators
    address = imported(one, json.dumps([ITEM]).encode(), "catalogue.json", "catalogue")
    one.submit(address, decision="hand_on")
    confirm(two, address)
    found = ["Computers" in one.get(f"/data/catalogue?format=csv&lang=en&{asked}").text
             for asked in ("level=province", "level=city", "level=every", "q=a0201", "q=a03")]  # fmt: skip
    assert found == [True, False, False, True, False]


def test_an_item_that_can_not_be_is_refused_beside_its_cell(administrators):
    row = {**ITEM, "carried_out_by": "body", "level": "province"}
    for field, value in (("code", "0201"), ("level", "central"), ("carried_out_by", "nobody")):
        answer = administrators[0].submit("/data/tables/catalogue/enter", **{**row, field: value})
        assert (answer.status_code, f'href="#f-{field}"' in answer.text) == (422, True)


def test_a_central_procurement_body_is_an_agency_that_is_entered(app, administrators):
    one, two = administrators
    row = {"jurisdiction": "CN-SC", "level": "province", "valid_from": "2026-01-01", "source": "川编发〔2003〕1号"}
    refused = one.submit("/data/tables/central_bodies/enter", agency="无此机构", **row)
    assert (refused.status_code, 'href="#f-agency"' in refused.text) == (422, True)
    with app.extensions["tenderway"].sessions() as session:
        agency = organisations.of_kind(session, "agency")[0].name_zh
    address = one.submit("/data/tables/central_bodies/enter", agency=agency, **row).location
    confirm(two, address)
    assert agency in one.get("/data/catalogue?lang=zh").text


def test_level_and_region_are_entered_later_and_nothing_else_of_an_organisation_is_changed(app, administrators, town):
    one, two = administrators
    with app.extensions["tenderway"].sessions() as session:
        known = organisations.get(session, town.finance)
        row = {name: getattr(known, name) for name in ("kind", "uscc", "name_zh", "name_en", "region", "short_code")}  # fmt: skip
    changed = one.submit("/data/tables/organisations/enter", **{**row, "name_zh": "另一财政局", "budget_level": "city"})
    assert changed.status_code == 422
    assert one.submit("/data/tables/organisations/enter", **row).status_code == 422
    settled = {**row, "budget_level": "city", "region": "CN-SC"}
    confirm(two, one.submit("/data/tables/organisations/enter", **settled).location)
    assert one.submit("/data/tables/organisations/enter", **{**settled, "region": "CN-GD"}).status_code == 422
    with app.extensions["tenderway"].sessions() as session:
        finance = organisations.get(session, town.finance)
        assert (finance.region, finance.budget_level) == ("CN-SC", "city")
