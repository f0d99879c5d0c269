"""The words for how a bid and its bond stand at the opening."""

from __future__ import annotations

from app.foundation.text import Text

REASONS: dict[str, Text] = {
    "unconfirmed": Text(
        "not confirmed after the correction of the tender documents", "招标文件更正后未在截止时间前重新确认"
    ),
    "no_bond": Text("no bid bond was paid as the tender documents require", "未按招标文件规定提交投标保证金"),
    "late_bond": Text("the bid bond arrived after the deadline", "投标保证金在截止时间后到账"),
    "few_bids": Text("not opened: fewer than three bidders", "投标人不足三家，未开标"),
    "documents_flawed": Text("not opened: the tender documents were at fault", "招标文件存在重大缺陷，未开标"),
    "terminated": Text("not opened: the tender was terminated", "招标终止，未开标"),
    "changed": Text("the stored content does not match the receipt", "存储内容与签收回执不一致"),
    "seal": Text("the bid cannot be decrypted with the key of the lot", "无法用本采购包密钥解密"),
    "content": Text("the content cannot be read as a bid for this lot", "内容无法识别为本采购包的投标文件"),
}
"""Why a bid wasn't opened or isn't valid."""

BOND_STANDS: dict[str, Text] = {
    "none_asked": Text("not required", "不收取"),
    "held": Text("received", "已到账"),
    "unproved": Text("not yet on a bank statement", "待银行对账确认"),
    "late": Text("late", "逾期"),
    "missing": Text("missing", "未提交"),
}
"""How a bidder's bond stands at the opening."""
