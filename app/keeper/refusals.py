"""What the keeper says when it doesn't do something."""

from __future__ import annotations

from app.foundation.errors import Conflict, NotFound, Refusal, RuleBroken
from app.foundation.text import Text


class KeyNotDue(RuleBroken):
    """A key is given out after the deadline only (O87 33)."""

    code = "key-not-due"
    text = Text(
        "The keeper gives this key out after %(deadline)s; by its clock it is %(now)s.",
        "密钥保管服务须在%(deadline)s之后方可交出密钥；其当前时间为%(now)s。",
    )
    statute = "O87 33"


class DeadlineNotAhead(RuleBroken):
    """A key's deadline lies in the future, and moves later only."""

    code = "key-deadline-not-ahead"
    text = Text(
        "The keeper holds this lot's key until %(deadline)s; an earlier time isn't taken.",
        "密钥保管服务已将该采购包的密钥保管至%(deadline)s，不接受更早的时间。",
    )
    statute = "O87 27"


class DeadlineTooFar(RuleBroken):
    """A key is held for a time that a tender may last, not for ever: who has the secret can't shut bids away."""

    code = "key-deadline-too-far"
    text = Text("The keeper holds a key until %(latest)s at the latest.", "密钥保管服务最晚将密钥保管至%(latest)s。")


class KeyReleased(Conflict):
    """The key was given out: its deadline can't be moved any more."""

    code = "key-released"
    text = Text("The key of this lot has been given out already.", "该采购包的密钥已经交出。")


class KeyUnknown(NotFound):
    """The keeper has no key for this lot."""

    code = "key-unknown"
    text = Text("The keeper has no key for this lot.", "密钥保管服务中没有该采购包的密钥。")


class KeyDamaged(Conflict):
    """The keeper's file was changed by somebody else: the key doesn't open under the master key with its deadline."""

    code = "key-damaged"
    text = Text(
        "The keeper's record of this key was changed from outside; it doesn't open.",
        "密钥保管服务中该密钥的记录被外部改动，无法打开。",
    )


class KeeperAway(Conflict):
    """The keeper doesn't answer, or what answers isn't the keeper."""

    code = "keeper-away"
    text = Text(
        "The keeper of the keys doesn't answer (%(why)s). Nothing has been changed; try again when it runs.",
        "密钥保管服务无响应（%(why)s）。未作任何更改，请待其恢复后重试。",
    )


class ClocksApart(Conflict):
    """The keeper's clock and ours differ: a deadline would mean two different instants."""

    code = "clocks-apart"
    text = Text(
        "The keeper's clock and this machine's differ by %(seconds)s seconds; deadlines can't be set until they agree.",
        "密钥保管服务与本机时钟相差%(seconds)s秒，校准前不能设定截止时间。",
    )


BY_CODE: dict[str, type[Refusal]] = {
    refusal.code: refusal
    for refusal in (KeyNotDue, DeadlineNotAhead, DeadlineTooFar, KeyReleased, KeyUnknown, KeyDamaged)
}
"""The refusals that the keeper itself sends, by what it calls them."""
