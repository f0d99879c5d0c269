"""Statements as banks' sites give them: Excel and CSV in each bank's own words, and payments known from two sources."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations

import openpyxl
import pytest

from app.foundation.documents import NoSuchDocument
from app.procurement import bonds
from app.procurement.bonds import ASKED, KNOWN, BondState, NotAStatement, Source, StatementEntry
from app.procurement.bonds.credits import Credit
from app.procurement.bonds.layouts import guess
from app.procurement.bonds.tables import read_table
from tests.procurement import bank

HEADS = ["交易日期", "交易时间", "借方发生额", "贷方发生额", "对方户名", "对方账号", "附言", "交易流水号"]
PAID = ["2026-03-10", "10:00:00", "", "12,000.00", "健源医疗器械有限公司", "6222021234567890", "RF", "B1"]


def text(*rows, encoding="utf-8-sig", separator=","):
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=separator).writerows(rows)
    return made.getvalue().encode(encoding)


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def changed(row=PAID, heads=HEADS, **cells):
    """A row with other cells, by the heads."""
    return [cells.get(head, cell) for head, cell in zip(heads, row, strict=True)]


@pytest.fixture
def bond(session, town, lot):
    return bonds.request(session, town.bidders[0], lot_id=lot.id)


@pytest.fixture
def account(session, town):
    return bonds.set_account(session, town.officer, holder="代理", account=bank.ACCOUNT, bank_name="建设银行江城分行")


@pytest.fixture
def take(session, town, account):
    """Takes a table in as it is guessed; gives what came of its lines that weren't known."""

    def act(content, name="mingxi.csv"):
        kept = bonds.keep_table(session, town.officer, data=content, name=name)
        table = bonds.look_at_table(session, town.officer, kept.id)
        chosen = {name: table.heads.index(head) for name, head in table.layout.items()}
        return [entry.outcome for entry in bonds.import_table(session, town.officer, kept.id, chosen)]

    return act


def paid(bond, **cells):
    return changed(**{"附言": bond.reference, **cells})


BANKS = {
    "debit and credit apart": (
        ["交易时间", "借方发生额/元(支取)", "贷方发生额/元(收入)", "余额", "币种", "对方户名", "对方账号", "对方开户机构", "摘要", "备注", "账户明细编号-交易流水号"],
        ["20260310 10:00:00", "0.00", "12,000.00", "99,000.00", "人民币元", "甲公司", "6222", "工行", "转账", "RFX", "1-2"],
        ["20260310 11:00:00", "12,000.00", "0.00", "87,000.00", "人民币元", "乙公司", "6223", "工行", "转账", "", "1-3"],
    ),
    "both languages": (
        ["交易类型[ Transaction Type ]", "交易日期[ Transaction Date ]", "交易时间[ Transaction time ]", "交易货币[ Trade Currency ]", "交易金额[ Trade Amount ]", "付款人名称[ Payer's Name ]", "付款人账号[ Debit Account No. ]", "用途[ Purpose ]"],
        ["来账", "20260310", "10:00:00", "CNY", "12000.00", "甲公司", "6222", "RFX"],
        ["往账", "20260310", "11:00:00", "CNY", "-12000.00", "乙公司", "6223", ""],
    ),
    "one amount and a word": (
        ["日期", "时间", "收/支", "金额", "对方名称", "对方账号", "摘要"],
        ["2026/3/10", "10:00", "收入", "¥12,000.00", "甲公司", "6222", "RFX"],
        ["2026/3/10", "11:00", "支出", "¥12,000.00", "乙公司", "6223", ""],
    ),
    "English with signs": (
        ["Date", "Amount", "Counterparty", "Counterparty account", "Remark", "Reference"],
        ["2026-03-10 10:00:00", "+12000.00", "A Ltd", "6222", "RFX", "R1"],
        ["2026-03-10 11:00:00", "-12000.00", "B Ltd", "6223", "", "R2"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("write", [text, workbook, lambda *rows: text(*rows, encoding="gb18030"), lambda *rows: text(*rows, encoding="utf-16", separator="\t")], ids=["csv", "xlsx", "gb18030", "utf-16"])  # fmt: skip
@pytest.mark.parametrize("form", BANKS.values(), ids=BANKS)
def test_a_banks_table_is_read_in_its_own_words(form, write):
    heads, came, went = form
    table = read_table(write(["账号", bank.ACCOUNT], [], heads, came, went, ["合计", *[""] * 8]), bank.ACCOUNT)
    (credit,) = table.credits
    assert (credit.amount, credit.booked_at) == (Decimal("12000.00"), datetime(2026, 3, 10, 2, tzinfo=UTC))
    assert "RFX" in credit.remittance
    assert (credit.payer_account, table.unread) == ("6222", ())


def test_a_payment_of_a_table_settles_its_bond_as_one_of_camt_053_does(take, bond):
    assert take(text(HEADS, paid(bond))) == ["matched"]
    assert (bond.state, bond.payer_account) == (BondState.HELD, "6222021234567890")


@pytest.mark.parametrize("cell", ["2026-03-10", "20260310", "2026年3月10日", "2026-03-10 00:00:00"])
def test_a_day_alone_counts_as_its_end(cell):
    (credit,) = read_table(text(HEADS, changed(交易日期=cell, 交易时间="")), bank.ACCOUNT).credits
    assert credit.booked_at == datetime(2026, 3, 10, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"交易日期": "soon"}, "booked"),
        ({"交易日期": "2026-02-30"}, "booked"),
        ({"交易日期": "9999-12-31", "交易时间": ""}, "booked"),
        ({"交易时间": "25:00"}, "booked"),
        ({"贷方发生额": "twelve"}, "credit"),
        ({"贷方发生额": "1.234"}, "credit"),
        ({"对方账号": "6.22202E+18"}, "payer_account"),
        ({"交易流水号": "1.00000E+20"}, "bank_reference"),
    ],
)
def test_what_cant_be_read_is_said_beside_its_cell(cells, field):
    (line,) = read_table(text(HEADS, changed(**cells)), bank.ACCOUNT).unread
    assert list(line.problems) == [field]


def test_a_number_that_excel_has_cut_is_never_taken_for_an_account():
    (line,) = read_table(workbook(HEADS, changed(对方账号=6222021234567890123)), bank.ACCOUNT).unread
    assert list(line.problems) == ["payer_account"]


def test_while_a_line_is_unread_nothing_is_imported(session, take, bond):
    with pytest.raises(bonds.TableUnread):
        take(text(HEADS, paid(bond), changed(贷方发生额="x")))
    assert session.query(StatementEntry).count() == 0


def test_what_the_columns_mean_is_remembered_for_the_account(session, town, account):
    content = text(["a", "b", "c"], ["2026-03-10", "500.00", "x"])
    kept = bonds.keep_table(session, town.officer, data=content, name="odd.csv")
    assert not bonds.look_at_table(session, town.officer, kept.id).is_laid_out
    bonds.import_table(session, town.officer, kept.id, {"booked": 0, "credit": 1, "remittance": 2})
    again = text(["z", "c", "b", "a"], ["", "y", "700.00", "2026-03-11"])
    kept = bonds.keep_table(session, town.officer, data=again, name="odd.csv")
    (credit,) = bonds.look_at_table(session, town.officer, kept.id).credits
    assert (credit.amount, credit.remittance) == (Decimal("700.00"), "y")


def test_lines_of_other_accounts_are_left_out(account, take, bond):
    heads = [*HEADS, "本方账号"]
    assert take(text(heads, [*paid(bond), bank.ACCOUNT], [*PAID, "1234567890"])) == ["matched"]
    with pytest.raises(bonds.AnothersAccount):
        take(text(heads, [*PAID, "1234567890"]))


def test_a_table_that_names_another_account_above_is_refused():
    with pytest.raises(NotAStatement) as refusal:
        read_table(text(["账号：1234567890123"], HEADS, PAID), bank.ACCOUNT)
    assert "1234567890123" in str(refusal.value)


def test_the_same_file_is_taken_once(take):
    take(text(HEADS, PAID))
    with pytest.raises(bonds.StatementKnown):
        take(text(HEADS, PAID))


def test_a_line_with_the_banks_number_is_known_in_a_longer_table(take):
    take(text(HEADS, PAID))
    assert take(text(HEADS, PAID, changed(交易流水号="B2", 贷方发生额="3.00"))) == ["no_reference"]


def test_a_line_without_a_number_that_comes_again_waits_for_a_person(take):
    take(text(HEADS, changed(交易流水号="")))
    assert take(text(HEADS, changed(交易流水号=""), changed(交易流水号="", 贷方发生额="3.00"))) == [
        ASKED,
        "no_reference",
    ]


def camt(bond, reference="B1"):
    return bank.statement(
        bank.entry(remittance=f"bond {bond.reference}", reference=reference, booked="<Dt>2026-03-10</Dt>", payer="健源")
    )


def by_hand(bond, reference="B1"):
    return Credit(
        bank_reference=reference,
        booked_at=datetime(2026, 3, 10, 3, tzinfo=UTC),
        amount=bond.amount,
        currency="CNY",
        remittance=bond.reference,
        payer_name="健源医疗",
        payer_account="6222021234567890",
    )


@pytest.fixture
def know(session, town, take, bond):
    """Takes the payment of the bond in from a source, under a number of the bank; gives the outcomes."""

    def act(source, reference):
        if source == Source.CAMT:
            data = camt(bond, reference)
            return [e.outcome for e in bonds.import_statement(session, town.officer, data=data, name="a.xml")]
        if source == Source.TABLE:
            return take(text(HEADS, paid(bond, 交易流水号=reference)))
        try:
            return [bonds.book_by_hand(session, town.officer, by_hand(bond, reference)).outcome]
        except bonds.AlreadyBooked:
            return []

    return act


@pytest.mark.parametrize(("first", "later"), list(permutations(Source, 2)))
@pytest.mark.parametrize("reference", ["B1", "B2"])
def test_a_payment_known_from_two_sources_counts_once(session, know, first, later, reference):
    assert know(first, "B1") == ["matched"]
    assert know(later, reference) == ([] if reference == "B1" else [ASKED])
    assert {entry.outcome for entry in session.query(StatementEntry)} == {
        "matched",
        KNOWN if reference == "B1" else ASKED,
    }


def test_a_kept_table_is_seen_by_who_brought_it_and_by_nobody_else(session, town, account):
    kept = bonds.keep_table(session, town.officer, data=text(HEADS, PAID), name="a.csv")
    with pytest.raises(NoSuchDocument):
        bonds.look_at_table(session, replace(town.officer, id="somebody"), kept.id)


WRONG = {
    "a.pdf": (b"%PDF-1.7", "PDF"),
    "a.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"),
    "b.xls": (b"<html><table>", "web page"),
    "a.png": (b"\x89PNG\r\n\x1a\n", "picture"),
    "a.zip": (b"PK\x03\x04", "unpack"),
    "a.sta": (b":20:START\n", "MT940"),
    "a.csv": (b"", "empty"),
    "a.doc": (b"hello", ".doc"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_says_what_it_is_and_what_to_do(name):
    content, said = WRONG[name]
    assert said in bonds.what_it_is(content, name).en


@pytest.mark.parametrize("kind", ["camt.052.001.08", "camt.054.001.08", "pain.001.001.09"])
def test_another_message_of_the_bank_is_named(kind):
    content = f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{kind}"/>'.encode()
    with pytest.raises(NotAStatement) as refusal:
        bonds.read_statements(content)
    assert ("camt.053" in str(refusal.value), "order" in str(refusal.value)) == (True, kind.startswith("pain"))


def test_a_head_has_one_meaning_and_units_are_read_over():
    assert guess(["摘要", "贷方金额（元）", "发生额", "交易日期"]) == {
        "booked": "交易日期",
        "credit": "贷方金额（元）",
        "remittance": "摘要",
    }
