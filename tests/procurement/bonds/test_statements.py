"""Bank statements: read in every version, refused in words about the entry, never anything but data."""

from datetime import UTC, datetime
from decimal import Decimal

import bank
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.errors import Refusal, Several
from app.procurement import bonds
from app.procurement.bonds import EntryUnreadable, NotAStatement, StatementIncomplete, read_statements

VERSIONS = ["02", "04", "06", "08", "10", "13"]


def only(data):
    (read,) = read_statements(data)
    return read


@pytest.mark.parametrize("version", VERSIONS)
def test_a_credit_says_the_same_in_every_version(version):
    read = only(bank.statement(bank.entry(remittance="RF18 5390", version=version), version=version))
    (credit,) = read.credits
    assert read.account == bank.ACCOUNT
    assert (credit.amount, credit.currency, credit.remittance) == (Decimal("12000.00"), "CNY", "RF18 5390")
    assert (credit.payer_name, credit.payer_account) == ("健源医疗器械有限公司", "6222021234567890")
    assert (credit.payer_bank, credit.bank_reference) == ("102651000000", "B1")


def test_a_booking_day_counts_as_its_end():
    (credit,) = only(bank.statement(bank.entry())).credits
    assert credit.booked_at == datetime(2026, 3, 10, 16, tzinfo=UTC)


@pytest.mark.parametrize("said", ["2026-03-10T09:29:59+08:00", "2026-03-10T09:29:59", "2026-03-10T01:29:59Z"])
def test_an_instant_without_a_zone_is_chinas(said):
    (credit,) = only(bank.statement(bank.entry(booked=f"<DtTm>{said}</DtTm>"))).credits
    assert credit.booked_at == datetime(2026, 3, 10, 1, 29, 59, tzinfo=UTC)


@pytest.mark.parametrize("what", [{"kind": "DBIT"}, {"state": "PDNG"}, {"reversal": True}])
@pytest.mark.parametrize("version", ["02", "08"])
def test_what_isnt_a_booked_credit_is_passed_over(what, version):
    read = only(bank.statement(bank.entry(version=version, **what), bank.entry(version=version), version=version))
    assert (len(read.credits), read.passed_over) == (1, 1)


def test_a_batch_is_as_many_credits_as_it_has_transactions():
    parts = "".join(
        f"<TxDtls><Refs><EndToEndId>E{n}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy='CNY'>{n}00.00</Amt></TxAmt></AmtDtls>"
        f"<RmtInf><Strd><CdtrRefInf><Ref>RF{n}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
        for n in (1, 2)
    )
    credits = only(bank.statement(bank.entry("300.00", details=parts))).credits
    assert [(c.amount, c.bank_reference, c.remittance) for c in credits] == [
        (Decimal(100), "B1/1", "RF1 E1"),
        (Decimal(200), "B1/2", "RF2 E2"),
    ]


def test_credits_without_a_reference_of_the_bank_are_told_apart_the_same_way_every_time():
    twice = [bank.entry(reference=""), bank.entry(reference=""), bank.entry("1.00", reference="")]
    first, again = (only(bank.statement(*twice, number=n)).credits for n in ("S1", "S2"))
    assert len({credit.bank_reference for credit in first}) == 3
    assert [c.bank_reference for c in first] == [c.bank_reference for c in again]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"amount": "12,000.00"}, "the amount “12,000.00” can't be read"),
        ({"amount": "-5"}, "the amount “-5” can't be read"),
        ({"amount": "1.001"}, "more than two decimals"),
        ({"currency": ""}, "no currency"),
        ({"booked": ""}, "no booking date"),
        ({"booked": "<Dt>2026-02-30</Dt>"}, "the booking date “2026-02-30” can't be read"),
    ],
)
def test_an_entry_that_cant_be_read_is_named(what, said):
    with pytest.raises(EntryUnreadable, match=f"Statement S1, entry 2: .*{said}"):
        read_statements(bank.statement(bank.entry(), bank.entry(**what)))


def test_all_problems_are_told_at_once():
    with pytest.raises(Several) as caught:
        read_statements(bank.statement(bank.entry("x"), bank.entry(), bank.entry(booked="")))
    assert [part.details["number"] for part in caught.value.parts] == [1, 3]


def test_entries_that_lead_from_one_balance_to_the_other_are_complete():
    balances = bank.balance("OPBD", "100.00") + bank.balance("CLBD", "12050.00")
    read = only(bank.statement(bank.entry(), bank.entry("50.00", kind="DBIT", reference="B2"), balances=balances))
    assert len(read.credits) == 1


def test_a_statement_that_lost_an_entry_is_refused():
    balances = bank.balance("OPBD", "100.00") + bank.balance("CLBD", "24100.00")
    with pytest.raises(StatementIncomplete, match=r"add up to 12,100\.00 but the closing balance is 24,100\.00"):
        read_statements(bank.statement(bank.entry(), balances=balances))


def test_one_page_of_several_isnt_held_to_the_balances():
    balances = bank.balance("OPBD", "100.00") + bank.balance("CLBD", "24100.00")
    pages = "<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>"
    assert only(bank.statement(bank.entry(), balances=balances, pages=pages)).credits


BOMB = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
THIEF = '<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("before", [BOMB, THIEF, '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">'])
def test_document_types_and_entities_are_refused(before):
    with pytest.raises(NotAStatement):
        read_statements(bank.statement(bank.entry(remittance="&f;" if "SYSTEM" in before else "x"), before=before))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"<a/>",
        b"\xff\xfe",
        bank.statement(bank.entry(), version="99"),
        bank.statement(bank.entry()).replace(b"camt.053", b"camt.054"),
        bank.statement().replace(b"Stmt>", b"Other>"),
        bank.statement(account=""),
    ],
    ids=["empty", "words", "another", "bytes", "version", "camt.054", "no statement", "no account"],
)
def test_what_isnt_a_statement_is_said_to_be_none(data):
    with pytest.raises(NotAStatement):
        read_statements(data)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_makes_the_reader_fail_in_any_other_way(data):
    with pytest.raises(Refusal):
        read_statements(data)


def test_the_reference_is_found_however_the_bank_wraps_it(session, town, lot):
    bond = bonds.request(session, town.bidders[0], lot_id=lot.id)
    spaced = " ".join(bond.reference[n : n + 4] for n in range(0, 16, 4)).lower()
    (credit,) = only(bank.statement(bank.entry(remittance=f"投标保证金 {spaced} 谢谢"))).credits
    assert bonds.read_reference(credit.remittance) == bond.reference
