"""Payments: only for what was accepted, only to the contract's account, by the day the law names (N38 3; SMEPay)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation import workdays
from app.identity.roles import RoleMissing
from app.procurement import acceptance, payments, rules
from app.procurement.contracts import ContractState
from app.procurement.payments import InvoiceState
from app.procurement.projects import LotState, ReasonsMissing


def test_a_checked_and_approved_application_is_paid_and_ends_the_contract(session, people, approved, active):
    payments.pay(session, people["payer"], invoice_id=approved.id, paid_on=date(2026, 4, 8), bank_reference="B1")
    assert (approved.state, approved.interest) == (InvoiceState.PAID, Decimal(0))
    assert (active.state, active.lot.state) == (ContractState.COMPLETED, LotState.PAID)


def test_a_part_payment_leaves_the_contract_open(session, town, people, active, deliver, accept, ask):
    deliver()
    accept()
    part = ask(amount=Decimal("100000.00"))
    payments.check(session, people["checker"], invoice_id=part.id, decision="pass")
    payments.approve(session, town.finance, invoice_id=part.id)
    payments.pay(session, people["payer"], invoice_id=part.id, paid_on=date(2026, 4, 8), bank_reference="B1")
    assert active.state == ContractState.ACTIVE
    assert payments.outstanding(session, active) == Decimal("460000.00")
    assert payments.paid(session, active.id) == Decimal("100000.00")


def test_a_returned_application_frees_its_amount_and_its_invoice(session, people, active, invoice, ask):
    payments.check(session, people["payer"], invoice_id=invoice.id, decision="return", reasons="税号有误")
    assert payments.outstanding(session, active) == Decimal("560000.00")
    assert ask().state == InvoiceState.REQUESTED


def test_sending_back_needs_reasons(session, people, invoice):
    with pytest.raises(ReasonsMissing):
        payments.check(session, people["payer"], invoice_id=invoice.id, decision="return")


def test_nothing_is_paid_before_the_acceptance(ask):
    with pytest.raises(payments.NotAccepted):
        ask()


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"amount": Decimal("560000.01")}, payments.MoreThanOwed),
        ({"amount": Decimal(0)}, payments.MoreThanOwed),
        ({"invoiced_on": date(2026, 4, 9)}, payments.InvoiceDayWrong),
        ({"invoiced_on": date(2026, 4, 7)}, payments.InvoiceDayWrong),
        ({"account": "工商银行江城支行 6222000011119999"}, payments.AccountDiffers),
    ],
    ids=["too much", "nothing", "tomorrow", "before the contract", "another account"],
)
def test_an_application_that_does_not_fit_the_contract_is_refused(deliver, accept, ask, options, refusal):
    deliver()
    accept()
    with pytest.raises(refusal):
        ask(**options)


def test_one_invoice_is_not_applied_for_twice(deliver, accept, ask):
    deliver()
    accept()
    ask(amount=Decimal(1000))
    with pytest.raises(payments.InvoiceKnown):
        ask(amount=Decimal(1000))


def test_the_buyer_does_not_approve_its_own_payment(session, people, invoice):
    payments.check(session, people["payer"], invoice_id=invoice.id, decision="pass")
    with pytest.raises(RoleMissing):
        payments.approve(session, people["payer"], invoice_id=invoice.id)


def test_nothing_is_paid_that_was_not_approved(session, people, invoice):
    with pytest.raises(payments.InvoiceNotOpen):
        payments.pay(session, people["payer"], invoice_id=invoice.id, paid_on=date(2026, 4, 8), bank_reference="B1")


@pytest.mark.parametrize("day", [date(2026, 4, 7), date(2026, 4, 9)], ids=["before it was asked for", "tomorrow"])
def test_a_payment_lies_between_the_application_and_today(session, people, approved, day):
    with pytest.raises(payments.PaidDayWrong):
        payments.pay(session, people["payer"], invoice_id=approved.id, paid_on=day, bank_reference="B1")


# -- the day it is due


def test_smepay_9_a_small_enterprise_is_paid_thirty_days_after_the_acceptance(invoice):
    assert (invoice.due_on, invoice.due_rule) == (date(2026, 5, 8), "T25")


@pytest.fixture
def due(session, town):
    calendar = workdays.load(session)

    def act(**options):
        values = {
            "received_on": date(2026, 4, 20),
            "accepted_on": date(2026, 4, 8),
            "accept_by_on": date(2026, 4, 17),
            "agreed_days": 30,
            "is_sme": True,
            **options,
        }
        return payments.due(calendar, rules.Law(date(2026, 6, 1), "goods"), **values)

    return act


@pytest.mark.parametrize(
    ("options", "on", "rule"),
    [
        ({}, date(2026, 5, 8), "T25s"),
        ({"is_sme": False, "agreed_days": 0}, date(2026, 5, 20), "T25"),
        ({"is_sme": False, "agreed_days": 10}, date(2026, 4, 18), "T25"),
        ({"is_sme": False, "agreed_days": 90}, date(2026, 5, 20), "T25"),
        ({"agreed_days": 90}, date(2026, 5, 20), "T25"),
        ({"agreed_days": 0}, date(2026, 5, 8), "T25s"),
        ({"accepted_on": date(2026, 4, 20), "accept_by_on": date(2026, 4, 10)}, date(2026, 5, 10), "T25s"),
        ({"received_on": date(2026, 6, 1), "accepted_on": date(2026, 6, 1)}, date(2026, 5, 17), "T25s"),
        ({"received_on": date(2026, 6, 1), "accepted_on": None}, date(2026, 5, 17), "T25s"),
        ({"received_on": date(2026, 6, 1)}, date(2026, 5, 8), "T25s"),
    ],
    ids=[
        "acceptance",
        "large, nothing agreed",
        "large, by the contract",
        "large, agreed too long",
        "agreed too long",
        "nothing agreed",
        "acceptance dragged",
        "acceptance dragged past the invoice's days",
        "acceptance still owed",
        "invoice late",
    ],
)
def test_the_earliest_day_that_a_rule_names_counts(due, options, on, rule):
    found = due(**options)
    assert (found.on, found.rule) == (on, rule)


def test_smepay_9_sixty_days_are_the_most_a_contract_may_agree_on(due):
    found = due(received_on=date(2026, 6, 5), agreed_days=90)
    assert (found.on, found.rule) == (date(2026, 6, 7), "T25s")


def test_smepay_10_a_supplier_applies_once_the_acceptance_is_overdue(deliver, turn, ask):
    owed = deliver().accept_by_on
    turn(owed + timedelta(days=1))
    assert ask().due_on == owed + timedelta(days=30)


def test_smepay_10_nobody_applies_while_the_buyer_is_in_time(deliver, turn, ask):
    turn(deliver().accept_by_on)
    with pytest.raises(payments.NotAccepted):
        ask()


def test_smepay_10_a_delivery_that_was_found_wanting_is_not_paid(deliver, accept, active, turn, ask):
    owed = deliver().accept_by_on
    turn(owed + timedelta(days=1))
    accept(missed=[acceptance.requirements_of(active)[0]["code"]])
    with pytest.raises(payments.NotAccepted):
        ask()


def test_a_contract_that_was_paid_first_is_completed_by_its_acceptance(
    session, town, people, active, deliver, accept, turn, ask
):
    on = deliver().accept_by_on + timedelta(days=1)
    turn(on)
    asked = ask()
    payments.check(session, people["checker"], invoice_id=asked.id, decision="pass")
    payments.approve(session, town.finance, invoice_id=asked.id)
    payments.pay(session, people["payer"], invoice_id=asked.id, paid_on=on, bank_reference="B1")
    assert active.state == ContractState.ACTIVE
    accept()
    payments.complete(session, active)
    assert (active.state, active.lot.state) == (ContractState.COMPLETED, LotState.PAID)


# -- being late


def test_smepay_17_a_late_payment_costs_interest_for_each_day(session, people, approved, turn):
    turn(date(2026, 5, 12))
    payments.mark_overdue(session, people["payer"], invoice_id=approved.id)
    assert payments.accrued(approved, date(2026, 5, 12)) == Decimal("1120.00")
    turn(date(2026, 5, 14))
    payments.pay(session, people["payer"], invoice_id=approved.id, paid_on=date(2026, 5, 13), bank_reference="B1")
    assert approved.interest == Decimal("1400.00")  # five days of 0.05 % on 560,000


def test_a_payment_in_time_is_not_marked_late(session, people, approved, turn):
    turn(date(2026, 5, 8))
    with pytest.raises(payments.NotOverdue):
        payments.mark_overdue(session, people["payer"], invoice_id=approved.id)


def test_marking_late_again_or_after_the_payment_changes_nothing(session, people, approved, turn):
    turn(date(2026, 5, 12))
    first = payments.mark_overdue(session, people["payer"], invoice_id=approved.id).overdue_at
    turn(date(2026, 5, 13))
    assert payments.mark_overdue(session, people["payer"], invoice_id=approved.id).overdue_at == first


def test_smepay_18_the_buyers_late_payments_are_counted_for_a_day(session, approved, active):
    assert payments.delays(session, active.buyer_id, date(2026, 5, 8)) == payments.Delay(0, Decimal(0))
    assert payments.delays(session, active.buyer_id, date(2026, 5, 9)) == payments.Delay(1, Decimal("560000.00"))


days = st.integers(0, 2000)
amounts = st.decimals(min_value=0, max_value=10**10, places=2)
rates = st.decimals(min_value=0, max_value=Decimal("0.01"), places=6)


def cost(amount, rate, late):
    due_on = date(2026, 5, 8)
    return payments.interest(amount, rate, due_on=due_on, paid_on=date.fromordinal(due_on.toordinal() + late))


@given(amounts, rates, days)
def test_interest_is_the_rate_for_each_day_to_the_nearest_cent(amount, rate, late):
    assert abs(cost(amount, rate, late) - amount * rate * late) <= Decimal("0.005")


@given(amounts, rates, st.integers(-2000, 0))
def test_paying_in_time_costs_nothing(amount, rate, early):
    assert cost(amount, rate, early) == 0


@given(amounts, rates, days, days)
def test_paying_later_never_costs_less(amount, rate, one, other):
    assert cost(amount, rate, min(one, other)) <= cost(amount, rate, max(one, other))
