"""A whole tender over HTTP, from the application to the payment: every person in a browser of their own, no script."""

import io
from datetime import datetime, timedelta

import pytest

from app.demonstration import cases, lives
from app.engine import invariants
from app.foundation.clock import PLACE
from tests.procurement import bank

CASE = cases.MAINTENANCE
BIDDERS = [offer.login for offer in CASE.offers]
ACCOUNT = "51050110462500000001"


@pytest.fixture
def people(person):
    """``people.chen``: everybody, each signed in in a browser."""

    class People:
        def __getattr__(self, login):
            found = person(login)
            setattr(self, login, found)
            return found

    return People()


@pytest.fixture
def turn(play, virtual_clock):
    """Turns the clock; what is due on the way fires."""
    return lambda instant: play.turn_to(instant)


def rows_of(name, rows):
    """A table's rows as fields of a form."""
    return {f"{name}-{n}-{column}": value for n, row in enumerate(rows) for column, value in row.items()}


def apply_and_approve(people):
    people.chen.open("/start?lang=en")
    people.chen.fill(action="/start/project")
    people.chen.page.xpath("//form")  # the application's task is open
    application = CASE.applied("")
    line = next(
        option.get("value") for option in people.chen.page.xpath("//option") if "Maintenance of medical" in option.text
    )
    simple = {name: value for name, value in application.items() if name != "items"}
    people.chen.fill({**simple, "budget_line": line, **rows_of("items", application["items"])})
    people.zhou.do("Review the application", {"decision": "approve"})
    people.liu.do("File the application", {"decision": "file"})


def plan(people):
    people.chen.take("Plan the procurement")
    people.chen.fill(
        {
            "lots-0-name": CASE.lots[0].zh,
            "lots-0-name_en": CASE.lots[0].en,
            "items-0-is_core": "true",
            "contract_plan": "固定总价合同，按季度验收后支付。",
        }
    )
    people.chen.do("Choose the method", {"method": "open_tender"})


def entrust(people):
    people.chen.take("Choose the agency")
    agency = next(o.get("value") for o in people.chen.page.xpath("//option") if "Public Procurement Agency" in o.text)
    people.chen.fill({"agency": agency, "fee": "8,000.00", "fee_payer": "buyer"})
    people.sun.do("Sign the agreement as agency", {"decision": "sign"})
    people.zhou.do("Sign the agreement as buyer", {"agreed": "true"})


def publish(people):
    people.sun.take("Prepare the tender documents")
    values = lives.documents_of(CASE)
    fields = {name: value for name, value in values.items() if name not in ("requirements", "factors")}
    requirements = [
        {name: value for name, value in row.items() if value not in (False, "")} for row in values["requirements"]
    ]
    factors = [{name: value for name, value in row.items() if value != ""} for row in values["factors"]]
    for row in requirements:
        row.update({"starred": "true"} if row.get("starred") else {})
    typed = {**fields, **rows_of("requirements", requirements), **rows_of("factors", factors)}
    page, at = people.sun.page, people.sun.at
    people.sun.fill(typed, button=("_preview", "1"))
    assert people.sun.page is None, "the preview is a PDF"
    people.sun.page, people.sun.at = page, at
    people.sun.fill(typed)
    people.chen.take("Confirm the tender documents")
    assert people.chen.page.xpath("//main//a[starts-with(@href, '/documents/')]"), "the drawn documents are at hand"
    people.chen.fill({"decision": "confirm"})
    people.chen.do("Wait for the day of the notice", {"decision": "publish"})  # the plan wants a later day


def ask_and_answer(people, tender_id):
    people.hua.open(f"/supplier/tenders/{tender_id}?lang=en")
    people.hua.fill({"text": "备件是否可以由制造商直接供应？"}, action="#questions")
    people.sun.do("Answer the enquiry", {"answer": "可以，须在备件清单中写明。", "effect": "explains"})


def bid(people, play, tender_id):
    lot_id = lives.lots_of(play)[1]
    payments = []
    for offer in CASE.offers:
        browser = getattr(people, offer.login)
        browser.open(f"/supplier/tenders/{tender_id}?lang=en")
        browser.open(f"/supplier/lots/{lot_id}/bond?lang=en")
        browser.fill(action=f"/supplier/lots/{lot_id}/bond")
        reference = browser.page.get_element_by_id("reference").text_content().strip()
        payments.append(bank.entry("12400.00", remittance=reference, reference=f"B{offer.login}"))
        write(browser, play, lot_id, offer)
        seal(browser, people.jia if offer.login == "ming" else browser, lot_id)
    people.sun.open("/bonds?lang=en")
    statement = bank.statement(*payments, account=ACCOUNT, number="JC-1")
    people.sun.fill({"file": (io.BytesIO(statement), "statement.xml")}, action="/bonds/statements")
    assert "New credits: ¥49,600.00" in people.sun.said("tw-status")  # before the deadline only the sum (O87 28)


def write(browser, play, lot_id, offer):
    """A supplier fills its bid in and attaches its evidence."""
    with play.looking() as session:
        content = lives.content_of(session, lot_id, offer)
    browser.open(f"/supplier/lots/{lot_id}/bid?lang=en")
    fields = {
        "price": content["price"],
        "declarations": content["declarations"],
        **{f"prices-{item}": price for item, price in content["prices"].items()},
        **{f"responses-{id_}": response["value"] for id_, response in content["responses"].items()},
        "file-T3": (io.BytesIO("备件清单".encode()), "备件清单.txt"),
    }
    browser.fill(fields, button=("_check", "1"))


def seal(writer, signer, lot_id):
    """Who may bind the company seals the bid; who only writes hands it on."""
    if signer is not writer:
        writer.fill(action=f"/supplier/lots/{lot_id}/bid/hand-on")
        signer.open(f"/supplier/lots/{lot_id}/bid/check?lang=en")
    signer.fill(action=f"/supplier/lots/{lot_id}/bid/submit")
    assert "Your bid has been sealed and received." in signer.said("tw-status")


def evaluate(people, play):
    people.he.do("Sign the opening record", {"agreed": "true"})
    people.zhou.take("Appoint the buyer's representative")
    zheng = next(o.get("value") for o in people.zhou.page.xpath("//option") if "Zheng Li" in o.text)
    people.zhou.fill({"account": zheng})
    people.sun.do("Set the conditions of the draw", {"specialities": ["C04"]})
    for member in members(play, "answer_call"):
        getattr(people, member).do("Answer the invitation", {"decision": "accept", "agreed": "true"})
    people.sun.take("Review the qualifications")
    people.sun.fill(dict.fromkeys(people.sun.names("-result"), "met"))
    committee = members(play, "review_conformity")
    for member in committee:
        browser = getattr(people, member)
        browser.take("Review the compliance")
        browser.fill(dict.fromkeys(browser.names("-result"), "met"))
    for member in committee:
        browser = getattr(people, member)
        browser.take("Score the bids")
        browser.fill(points(browser, play))
    for member in committee:
        getattr(people, member).do("Sign the evaluation report", {"decision": "agree"})


def members(play, element_id):
    return [lives.login_of(play, account_id) for account_id in play.holders(element_id)]


def points(browser, play):
    """The points a member enters, by what the page shows of each bid."""
    given = {}
    for cell in browser.page.xpath("//table[contains(@class, 'tw-matrix')]//td"):
        for name in cell.xpath(".//input/@name"):
            if name.endswith("-points"):
                said = cell.xpath(".//*[@class='tw-matrix__words']")[0].text_content()
                given[name] = CASE.points({"response": said, "range": f"0–{most_of(cell)}"})
    return given


def most_of(cell):
    """The most points of a cell, by its factor's name."""
    factor = cell.xpath(".//*[@class='tw-matrix__name']")[0].text_content()
    return next(str(each.points) for each in CASE.factors if each.name.zh in factor or each.name.en in factor)


def conclude(people, play, turn):
    winner = lives.winner_of(play, lives.lots_of(play)[1], "supplier-signer")
    signer = getattr(people, winner)
    signer.do("Sign the contract as supplier", {"agreed": "true"})
    people.wu.do("Sign the contract as buyer", {"agreed": "true"})
    people.wu.do("Publish and file the contract")
    signer.open("/inbox")
    signer.follow("Submit the performance bond")
    signer.follow("Submit the bond")
    signer.fill({"number": "LYBH-1", "issuer": "江城银行", "valid_until": "2029-12-31"})
    signer.do("Report the delivery", {"note": "首季度服务已完成。"})
    people.wu.take("Accept the delivery")
    met = dict.fromkeys(people.wu.names("-result"), "met") | dict.fromkeys(people.wu.names("-evidence"), "现场核验")
    people.wu.fill({**met, "rating": "5"})
    signer.take("Apply for payment")
    signer.fill({"invoice_number": "25512000000000000001", "attachments": (io.BytesIO(b"%PDF-1.7\n"), "发票.pdf")})
    people.zheng.do("Check the payment application", {"decision": "pass"})
    people.liu.do("Approve the payment", {"agreed": "true"})
    people.bai.do("Pay", {"bank_reference": "TREASURY-1"})


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_tender_goes_from_its_application_to_the_payment_over_http(people, play, turn, site):
    apply_and_approve(people)
    with play.looking() as session:
        [play.instance_id] = lives.running(session)
    plan(people)
    entrust(people)
    publish(people)
    tender_id, deadline_at = lives.tender_of(play)
    ask_and_answer(people, tender_id)
    turn(datetime(2026, 3, 11, 9, tzinfo=PLACE))
    bid(people, play, tender_id)
    turn(deadline_at)
    evaluate(people, play)
    people.zhou.do("Confirm the winning bidder")
    turn(play.clock.instant + timedelta(days=1))
    people.sun.do("Return unsuccessful bidders' bid bonds", {"agreed": "true"})
    lives.let_the_query_window_end(play, CASE)
    conclude(people, play, turn)
    assert play.state == "completed"
    house = site.extensions["tenderway"]
    with play.looking() as session:
        assert list(invariants.violations(house.engine, session)) == []
