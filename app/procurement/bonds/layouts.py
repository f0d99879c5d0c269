"""What the columns of a bank's table mean: guessed from their heads, said by a person, remembered for the account."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.actor import Actor
from app.foundation.foreign.grids import Grid
from app.foundation.text import Text
from app.procurement.bonds.records import StatementLayout

LOOKED_AT = 40
"""Rows in which the heads may stand; banks put the account and its holder above them."""


@dataclass(frozen=True)
class Field:
    """Something a line of a statement says, and the heads under which banks write it."""

    name: str
    title: Text
    heads: tuple[str, ...]


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("booked", Text("Date of booking", "入账日期"), (
            "交易日期", "记账日期", "入账日期", "交易时间", "入账时间", "记账时间", "日期", "会计日期", "bookingdate",
            "transactiondate", "date", "postingdate", "valuedate", "起息日")),
        Field("time", Text("Time, in a column of its own", "时间（单独成列时）"), (
            "交易时间", "时间", "记账时间", "入账时间", "time")),
        Field("credit", Text("Amount that came in", "收入金额"), (
            "贷方发生额", "贷方金额", "收入金额", "收入", "转入金额", "存入金额", "贷方", "贷方发生额元",
            "creditamount", "credit", "amountin", "deposit", "paidin")),
        Field("amount", Text("Amount, in or out", "发生额（收支同列）"), (
            "交易金额", "发生额", "金额", "交易发生额", "amount", "transactionamount")),
        Field("direction", Text("Whether it came in or went out", "借贷方向"), (
            "借贷标志", "借贷方向", "收支类型", "借贷", "收支", "收支标志", "交易方向", "往来标志", "方向", "借贷别", "creditdebit",
            "creditdebitindicator", "cddbtind", "dc", "drcr", "交易类型")),
        Field("currency", Text("Currency", "币种"), ("币种", "货币", "交易币种", "currency", "ccy")),
        Field("payer_name", Text("Payer", "付款人名称"), (
            "对方户名", "对方名称", "对方账户名称", "对方单位名称", "对方单位", "付款人名称", "付款方户名", "付款人户名",
            "付款人", "对手名称", "对方姓名", "对方帐户名称", "counterparty", "counterpartyname", "payer", "payername")),
        Field("payer_account", Text("Payer's account", "付款人账号"), (
            "对方账号", "对方帐号", "对方账户", "付款人账号", "付款方账号", "付款账号", "对手账号", "counterpartyaccount",
            "payeraccount")),
        Field("payer_bank", Text("Payer's bank", "付款人开户行"), (
            "对方开户行", "对方行号", "对方开户机构", "对方银行", "对方行名", "付款人开户行", "付款方开户行", "对方开户行名",
            "counterpartybank", "payerbank")),
        Field("remittance", Text("Words of the payer", "附言"), (
            "附言", "交易附言", "用途", "备注", "摘要", "交易摘要", "remark", "remittance", "purpose", "description", "narrative")),
        Field("more", Text("More words of the payer", "其他附言"), (
            "摘要", "备注", "用途", "交易用途", "交易摘要", "个性化信息", "details", "memo")),
        Field("bank_reference", Text("The bank's number of the payment", "银行流水号"), (
            "交易流水号", "流水号", "银行流水号", "账户明细编号交易流水号", "账户明细编号", "交易序号", "业务编号", "主机流水号",
            "回单编号", "核心流水号", "凭证号", "reference", "transactionid", "bankreference")),
        Field("account", Text("The account the line is of", "本方账号"), (
            "本方账号", "账号", "帐号", "本方帐号", "查询账号", "account", "accountnumber")),
    )
}  # fmt: skip
"""What a table may say, in the order in which a page asks for it."""

Layout = dict[str, str]
"""The head of each field's column."""


def named(cells: Sequence[str]) -> list[str]:
    """The heads of a row, each told from the others: the second of a name gets a number; what has none is empty."""
    seen: Counter[str] = Counter()
    heads = []
    for cell in cells:
        head = " ".join(cell.split())[:80]
        seen[head] += 1
        heads.append(f"{head} ({seen[head]})" if head and seen[head] > 1 else head)
    return heads


def find_heads(grid: Grid, known: Mapping[str, str]) -> int | None:
    """The place (from 0) of the row of heads: where the remembered ones stand, else the one that banks' heads fit best."""
    rows = grid[:LOOKED_AT]
    if known:
        for place, (_, cells) in enumerate(rows):
            if set(known.values()) <= set(named(cells)):
                return place
    fitting = [len(guess(named(cells))) for _, cells in rows]
    best = max(fitting, default=0)
    if best >= 2:
        return fitting.index(best)
    return next((place for place, (_, cells) in enumerate(rows) if sum(map(bool, cells)) >= 3), None)


def guess(heads: Sequence[str]) -> Layout:
    """What the columns mean by their heads; a column has one meaning. An amount that came in by itself says it all."""
    found: Layout = {}
    for field in FIELDS.values():
        if field.name in ("amount", "direction") and "credit" in found:
            continue
        free = [head for head in heads if head and head not in found.values()]
        head = next(
            (head for known in field.heads for bare in (_bare, _short) if (head := _one(free, known, bare))), None
        )
        if head is not None:
            found[field.name] = head
    return found


def _one(heads: Sequence[str], known: str, bare: Callable[[str], str]) -> str | None:
    """The only head that is written so."""
    fitting = [head for head in heads if bare(head) == known]
    return fitting[0] if len(fitting) == 1 else None


def _bare(head: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", head).casefold() if sign.isalnum())


def _short(head: str) -> str:
    """Without what stands in brackets: a unit, or the same in another language."""
    return _bare(re.sub(r"[\[(【].*?[\])】]", "", unicodedata.normalize("NFKC", head)))


def remembered(session: Session, account: str) -> Layout:
    """What was said last of the tables of an account; empty if nothing was."""
    row = session.get(StatementLayout, account)
    return dict(row.heads) if row is not None else {}


def remember(session: Session, actor: Actor, account: str, layout: Layout) -> None:
    """Keep what the columns mean for the next table of an account."""
    row = session.get(StatementLayout, account)
    if row is None:
        row = StatementLayout(account=account)
        session.add(row)
    row.heads, row.set_by, row.set_at = dict(layout), actor.id, clock.now(session)
    session.flush()
