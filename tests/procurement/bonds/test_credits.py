"""Every line of a bank's file is taken, known or asked: whatever the bank repeats, no payment is lost."""

from collections import Counter
from datetime import datetime
from decimal import Decimal

import bank
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.foundation.errors import Refusal
from app.procurement import bonds
from app.procurement.bonds import ASKED, KNOWN, BondState, EntryUnreadable, StatementEntry, StatementIncomplete
from app.procurement.projects import ReasonsMissing


@pytest.fixture
def bond(session, town, lot):
    return bonds.request(session, town.bidders[0], lot_id=lot.id)


@pytest.fixture
def account(session, town):
    return bonds.set_account(
        session, town.officer, holder="代理", account=bank.ACCOUNT, bank_name="中国建设银行江城分行"
    )


@pytest.fixture
def take(session, town, account):
    """Takes a file in; gives what came of its lines that weren't known."""

    def act(data, **more):
        return [e.outcome for e in bonds.import_statement(session, town.officer, data=data, name="a.xml", **more)]

    return act


def part(amount, *, remittance="", reference="", sign="", currency="CNY", place="Amt"):
    """One transaction of a batch; ``place`` is where its amount is said."""
    said = f"<Amt Ccy='{currency}'>{amount}</Amt>"
    said = said if place == "Amt" else f"<AmtDtls><{place}>{said}</{place}></AmtDtls>"
    refs = f"<Refs><AcctSvcrRef>{reference}</AcctSvcrRef></Refs>" if reference else ""
    indicator = f"<CdtDbtInd>{sign}</CdtDbtInd>" if sign else ""
    return f"<TxDtls>{refs}{said}{indicator}<RmtInf><Ustrd>{remittance}</Ustrd></RmtInf></TxDtls>"


def numbered(amount, remittance):
    """An entry that has only its number within the statement."""
    return bank.entry(amount, reference="", remittance=remittance).replace("<Amt", "<NtryRef>1</NtryRef><Amt", 1)


def doubled(data, *changes):
    """A file with its statement twice, the second changed."""
    said = data.decode()
    i, j = said.index("<Stmt>"), said.index("</Stmt>") + 7
    other = said[i:j]
    for before, after in changes:
        other = other.replace(before, after)
    return (said[:i] + other + said[i:]).encode()


def test_transactions_that_repeat_the_batchs_reference_are_all_taken(take, bond):
    parts = part("5.00", remittance="other", reference="B1") + part(
        "12000.00", remittance=bond.reference, reference="B1"
    )
    assert take(bank.statement(bank.entry("12005.00", details=parts))) == ["no_reference", "matched"]


def test_numbers_that_begin_again_in_every_statement_are_no_repeats(take, bond):
    take(bank.statement(numbered("5.00", "other"), number="S1"))
    assert take(bank.statement(numbered("12000.00", bond.reference), number="S2")) == ["matched"]


def test_two_collective_credits_of_a_day_under_one_reference_are_both_taken(take, bond):
    file = bank.statement(bank.entry("5.00", remittance="x"), bank.entry("5.00", remittance="x"), bank.entry("7.00"))
    assert take(file) == ["no_reference"] * 3


def test_the_same_statement_in_another_file_is_known(take, bond):
    file = bank.statement(numbered("12000.00", bond.reference), bank.entry("1.00"))
    take(file)
    assert take(file + b"\n") == []


def test_an_entry_that_the_bank_names_once_is_known_in_another_statement(take):
    take(bank.statement(bank.entry(), number="S1"))
    assert take(bank.statement(bank.entry("3.00", reference="B2"), bank.entry(), number="S2")) == ["no_reference"]


@pytest.mark.parametrize(
    "again",
    [
        numbered("12000.00", "x"),
        numbered("12000.00", "x").replace("<Dt>2026-03-10</Dt>", "<DtTm>2026-03-10T09:00:00+08:00</DtTm>"),
    ],
    ids=["another statement", "at an instant"],
)
def test_what_cant_be_told_apart_waits_for_a_person(take, again):
    take(bank.statement(numbered("12000.00", "x"), number="S1"))
    assert take(bank.statement(again, number="S2")) == [ASKED]


@pytest.mark.parametrize(("is_new", "outcome"), [(True, "matched"), (False, KNOWN)])
def test_a_person_says_what_an_asked_entry_is(session, town, take, bond, is_new, outcome):
    parts = part("12000.00", remittance=bond.reference) * 2
    assert take(bank.statement(bank.entry(details=parts)), reasons="bank confirmed") == [ASKED]
    asked = session.query(StatementEntry).one()
    asked.remittance = bond.reference
    bonds.decide(session, town.officer, entry_id=asked.id, is_new=is_new, reasons="the bank told so by phone")
    assert (asked.outcome, bond.state) == (outcome, BondState.HELD if is_new else BondState.REQUESTED)


def test_a_decision_has_reasons_and_is_made_once(session, town, take):
    take(bank.statement(bank.entry(details=part("1.00") * 2)), reasons="x")
    asked = session.query(StatementEntry).one()
    with pytest.raises(ReasonsMissing):
        bonds.decide(session, town.officer, entry_id=asked.id, is_new=True, reasons=" ")
    bonds.decide(session, town.officer, entry_id=asked.id, is_new=False, reasons="seen")
    with pytest.raises(bonds.EntrySettled):
        bonds.decide(session, town.officer, entry_id=asked.id, is_new=True, reasons="again")


LINES = st.lists(
    st.tuples(
        st.sampled_from(["1.00", "2.50", "12000.00"]),
        st.sampled_from(["", "B1", "B2"]),
        st.sampled_from(["", "x"]),
        st.sampled_from(["<Dt>2026-03-10</Dt>", "<Dt>2026-03-11</Dt>", "<DtTm>2026-03-10T09:00:00</DtTm>"]),
        st.integers(1, 3),
    ),
    max_size=5,
)


@given(st.lists(st.tuples(LINES, st.sampled_from(["S1", "S2"])), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_line_of_a_file_is_taken_known_or_asked(session, town, account, files):
    for lines, number in files:
        entries = [
            bank.entry(
                str(Decimal(amount) * count),
                reference=reference,
                booked=booked,
                details=part(amount, remittance=words, reference=reference) * count,
            )
            for amount, reference, words, booked, count in lines
        ]
        said = Counter(Decimal(amount) for amount, *_, count in lines for _ in range(count))
        before = {row.id for row in session.query(StatementEntry)}
        try:
            bonds.import_statement(session, town.officer, data=bank.statement(*entries, number=number), name="a.xml")
        except bonds.StatementKnown:
            continue
        kept = [row for row in session.query(StatementEntry) if row.id not in before]
        assert Counter(row.amount for row in kept) == said


# -- batches against their entry


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (part("12000.00") * 2, "come to ¥24,000.00, the entry to ¥12,000.00"),
        (part("12000.00") + part("1.00", sign="DBIT"), "come to ¥11,999.00"),
        (part("6000.00") + part("6000.00", currency="USD"), "transaction 2 of the batch names no amount in CNY"),
        (
            part("6000.00", place="InstdAmt", currency="USD") + part("6000.00"),
            "transaction 1 of the batch names no amount in CNY",
        ),
        (part("12000.00", sign="DBIT"), "come to -¥12,000.00"),
        (part("11999.00"), "come to ¥11,999.00"),
        ("<Btch><NbOfTxs>3</NbOfTxs></Btch>" + part("12000.00"), "a batch of 3 payments, of which 1 are in the file"),
    ],
)
def test_a_batch_that_doesnt_make_up_its_entry_is_refused_or_waits_for_a_person(take, parts, said):
    file = bank.statement(bank.entry(details=parts))
    with pytest.raises(Refusal, match=said):
        take(file)
    assert take(file, reasons="The bank's own mistake.") == [ASKED]


def test_a_debit_inside_a_batch_is_no_credit():
    parts = part("12010.00", remittance="RF1") + part("10.00", sign="DBIT")
    (read,) = bonds.read_statements(bank.statement(bank.entry("12000.00", details=parts)))
    assert [credit.amount for credit in read.credits] == [Decimal(12010)]


def test_a_credit_inside_a_debited_batch_isnt_lost():
    parts = part("12010.00", sign="DBIT") + part("10.00", sign="CRDT")
    (read,) = bonds.read_statements(bank.statement(bank.entry("12000.00", kind="DBIT", details=parts)))
    assert ([credit.amount for credit in read.credits], read.passed_over) == ([Decimal(10)], 0)


# -- files as banks make them


def test_of_a_file_with_several_accounts_ours_is_taken_and_the_rest_is_said(session, town, bond, account):
    data = doubled(bank.statement(bank.entry(remittance=bond.reference)), (bank.ACCOUNT, "999"), ("12000.00", "bad"))
    imported = bonds.import_statement(session, town.officer, data=data, name="a.xml")
    assert ([entry.outcome for entry in imported], imported.others) == (["matched"], ("999",))


def test_two_statements_of_one_id_are_both_read(take):
    assert take(doubled(bank.statement(bank.entry()), ("12000.00", "5.00"))) == ["no_reference"] * 2


def test_two_statements_of_one_id_that_say_the_same_are_asked(take):
    assert take(doubled(bank.statement(numbered("5.00", "x")))) == ["no_reference", ASKED]


@pytest.mark.parametrize(
    ("booked", "instant"),
    [
        ("<Dt>2026-03-10T09:29:59</Dt>", "2026-03-10T09:29:59+08:00"),
        ("<Dt>2026-03-10+08:00</Dt>", "2026-03-11T00:00:00+08:00"),
        ("<Dt>2026-03-10Z</Dt>", "2026-03-11T08:00:00+08:00"),
        ("<DtTm>2026-03-10</DtTm>", "2026-03-11T00:00:00+08:00"),
    ],
)
def test_a_time_counts_wherever_it_is_said_and_a_day_as_its_end(booked, instant):
    (read,) = bonds.read_statements(bank.statement(bank.entry(booked=booked)))
    assert read.credits[0].booked_at == datetime.fromisoformat(instant)


def test_a_day_with_words_behind_it_isnt_cut():
    with pytest.raises(EntryUnreadable, match="can't be read"):
        bonds.read_statements(bank.statement(bank.entry(booked="<Dt>2026-03-10 morning</Dt>")))


def test_an_envelope_with_an_application_header_is_looked_through():
    data = bank.statement(bank.entry()).decode().replace("<Document", "<Envelope><AppHdr/><Document", 1)
    (read,) = bonds.read_statements((data + "</Envelope>").encode())
    assert len(read.credits) == 1


def test_an_incomplete_day_is_taken_with_reasons(take):
    balances = bank.balance("OPBD", "100.00") + bank.balance("CLBD", "24100.00")
    file = bank.statement(bank.entry(), balances=balances)
    with pytest.raises(StatementIncomplete):
        take(file)
    assert take(file, reasons="The day's second file comes tomorrow.") == ["no_reference"]
