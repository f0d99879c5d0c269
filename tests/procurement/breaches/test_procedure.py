"""A supplier is excluded only after it could be heard, by somebody else than who reported it, for one to three years."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pypdf import PdfReader

from app.foundation import documents
from app.identity.roles import RoleMissing
from app.procurement import breaches, suppliers
from app.procurement.breaches import BreachState
from app.procurement.projects import SamePerson
from app.procurement.suppliers import Registration, RegistrationState
from tests.procurement.conftest import person


@pytest.fixture
def supplier_id(session, town):
    session.add(
        Registration(
            organisation_id=town.supplier_ids[0],
            legal_representative="王芳",
            scale="small",
            state=RegistrationState.ACTIVE,
            declared_by="x",
            declared_at=datetime(2026, 1, 1, tzinfo=UTC),
            valid_until=date(2032, 1, 1),
        )
    )
    return town.supplier_ids[0]


@pytest.fixture
def report(session, town, supplier_id, tender):
    """Reports fake products in the tender's first lot, whose budget is 600,000 yuan."""

    def act(**options):
        values = {
            "supplier_id": supplier_id,
            "ground": "counterfeit",
            "facts": "探头系翻新件",
            "lot_id": tender.project.lots[0].id,
            **options,
        }
        return breaches.report(session, values.pop("actor", town.officer), **values)

    return act


@pytest.fixture
def notified(session, town, report):
    breach = report()
    return breaches.notify(session, town.finance, breach_id=breach.id, intended="禁止参加政府采购活动二年")


@pytest.fixture
def later(session, virtual_clock):
    """Commits, and turns the clock to the day after the time to reply."""

    def act():
        session.commit()
        virtual_clock.turn_to(datetime(2026, 3, 10, 4, tzinfo=UTC))

    return act


@pytest.fixture
def decide(session, town, notified):
    def act(**options):
        values = {"breach_id": notified.id, "decision": "exclude", "reasons": "证据确凿", "years": 2, **options}
        return breaches.decide(session, values.pop("actor", town.finance), **values)

    return act


@pytest.fixture
def reply(session, town, supplier_id, notified):
    def act(**options):
        admin = person("admin", supplier_id, "supplier-admin")
        values = {"breach_id": notified.id, "statement": "系运输损坏", **options}
        return breaches.reply(session, values.pop("actor", admin), **values)

    return act


def test_the_supplier_has_five_working_days_to_be_heard(notified):
    assert notified.reply_until_on == date(2026, 3, 9)


def test_gpl_77_an_exclusion_keeps_the_supplier_out_from_the_day_of_the_decision(
    session, town, supplier_id, later, decide
):
    suppliers.require_active(session, supplier_id)
    later()
    breach = decide()
    assert (breach.exclusion.valid_from, breach.exclusion.valid_until) == (date(2026, 3, 10), date(2028, 3, 9))
    with pytest.raises(suppliers.SupplierExcluded):
        suppliers.require_active(session, supplier_id)


def test_nothing_is_decided_while_the_supplier_may_still_reply(decide):
    with pytest.raises(breaches.ReplyOpen):
        decide()


def test_after_its_reply_nothing_needs_to_be_waited_for(reply, decide):
    reply()
    assert decide().state == BreachState.DECIDED


def test_a_hearing_that_was_asked_for_is_held_first(session, reply, later, decide):
    reply(wants_hearing=True)
    later()
    with pytest.raises(breaches.HearingOwed):
        decide()


def test_who_investigates_does_not_host_the_hearing(session, town, reply, notified):
    reply(wants_hearing=True)
    with pytest.raises(SamePerson):
        breaches.hear(session, town.finance, breach_id=notified.id, heard_on=date(2026, 3, 2), record="x")


def test_after_the_hearing_it_is_decided(session, town, reply, notified, decide):
    reply(wants_hearing=True)
    host = person("host_of_hearing", town.finance_id, "finance-officer")
    breaches.hear(session, host, breach_id=notified.id, heard_on=date(2026, 3, 2), record="听证笔录")
    assert decide().state == BreachState.DECIDED


def test_a_late_reply_is_refused(reply, later):
    later()
    with pytest.raises(breaches.ReplyLate):
        reply()


def test_only_the_supplier_itself_replies(town, reply):
    with pytest.raises(RoleMissing):
        reply(actor=person("x", town.supplier_ids[1], "supplier-admin"))


@pytest.mark.parametrize("years", [0, 4])
def test_gpl_77_one_to_three_years(later, decide, years):
    later()
    with pytest.raises(breaches.ExclusionOutOfRange):
        decide(years=years)


@pytest.mark.parametrize(("fine", "fits"), [("2999.99", False), ("3000", True), ("6000", True), ("6000.01", False)])
def test_gpl_77_a_fine_is_half_to_one_percent_of_the_amount(later, decide, fine, fits):
    later()
    if fits:
        assert decide(fine=Decimal(fine)).fine == Decimal(fine)
    else:
        with pytest.raises(breaches.FineOutOfRange):
            decide(fine=Decimal(fine))


def test_a_dismissed_report_excludes_nobody(session, supplier_id, later, decide):
    later()
    assert decide(decision="dismiss").state == BreachState.DISMISSED
    suppliers.require_active(session, supplier_id)


def test_who_reported_does_not_decide(session, town, report, later):
    breach = report(actor=town.finance)
    breaches.notify(session, town.finance, breach_id=breach.id, intended="x")
    later()
    with pytest.raises(SamePerson):
        breaches.decide(session, town.finance, breach_id=breach.id, decision="exclude", reasons="x", years=1)


def test_only_the_finance_department_decides(town, later, decide):
    later()
    with pytest.raises(RoleMissing):
        decide(actor=town.officer)


def test_another_finance_department_neither_sees_nor_decides_it(session, town, notified, later, decide):
    later()
    elsewhere = person("elsewhere", town.supplier_ids[3], "finance-officer")
    assert breaches.visible(session, elsewhere) == []
    assert not breaches.visible_to(elsewhere, notified)
    with pytest.raises(RoleMissing):
        decide(actor=elsewhere)


def test_without_a_procurement_the_reporters_finance_department_decides(town, report):
    assert report(actor=town.handler, lot_id=None).finance_id == town.finance_id
    assert report(actor=town.finance, lot_id=None).finance_id == town.finance_id
    assert report(actor=town.officer, lot_id=None).finance_id is None


def test_a_decision_is_published_with_its_reasons(session, town, later, decide):
    later()
    breach = breaches.publish(session, town.finance, breach_id=decide().id)
    paper = documents.get(session, breach.document_zh_id)
    pdf = PdfReader(io.BytesIO(documents.read(session, paper.id)))
    text = "".join("".join(page.extract_text() for page in pdf.pages).split())
    assert paper.access == "public"
    assert all(words in text for words in ("供应商0", "提供假冒伪劣产品", "证据确凿", "2028年3月9日"))


def test_the_public_record_shows_it_while_it_lasts_and_three_years_in_all(session, town, later, decide):
    later()
    breach = breaches.publish(session, town.finance, breach_id=decide().id)
    assert breaches.is_public(session, breach, date(2028, 3, 9))
    assert breaches.is_public(session, breach, date(2029, 3, 10))
    assert not breaches.is_public(session, breach, date(2029, 3, 11))


def test_a_decision_that_was_set_aside_lets_the_supplier_in_again(session, town, supplier_id, later, decide):
    later()
    breach = breaches.publish(session, town.finance, breach_id=decide().id)
    breaches.lift(session, town.finance, breach_id=breach.id, reasons="行政复议撤销")
    suppliers.require_active(session, supplier_id)
    assert not breaches.is_public(session, breach, date(2026, 3, 11))
    assert breaches.was_set_aside(breach)


def test_a_supplier_reports_nobody(town, report):
    with pytest.raises(RoleMissing):
        report(actor=town.bidders[1])


def test_nobody_reports_in_a_procurement_that_is_not_theirs(report):
    with pytest.raises(breaches.NotYourCase):
        report(actor=person("elsewhere", "elsewhere", "buyer-handler"))


def test_the_supplier_sees_it_once_it_was_notified(session, town, report):
    breach = report()
    accused, rival = town.bidders[0], town.bidders[1]
    assert not breaches.visible_to(accused, breach)
    breaches.notify(session, town.finance, breach_id=breach.id, intended="x")
    assert breaches.visible_to(accused, breach)
    assert not breaches.visible_to(rival, breach)
    assert breaches.visible(session, accused) == [breach]
    assert breaches.visible(session, rival) == []


def test_apl_59_the_decision_says_how_it_was_heard_how_it_is_performed_and_how_to_appeal(session, town, later, decide):
    later()
    breach = breaches.publish(session, town.finance, breach_id=decide().id)
    pdf = PdfReader(io.BytesIO(documents.read(session, breach.document_zh_id)))
    text = "".join("".join(page.extract_text() for page in pdf.pages).split())
    said = ("行政处罚决定书", "陈述、申辩", "履行方式和期限", "行政复议", "行政诉讼", "《中华人民共和国政府采购法")
    assert [words for words in said if words not in text] == []
