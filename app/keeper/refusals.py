"""What the keeper says when it doesn't do something."""

from __future__ import annotations

from app.foundation.errors import Conflict, NotFound, Refusal, RuleBroken
from app.foundation.text import Text


class KeyNotDue(RuleBroken):
    """A key is given out after the deadline only (O87 33)."""

    text = Text(
        "The key service releases this key after %(deadline)s. Its clock shows %(now)s.",
        "密钥保管服务须在%(deadline)s之后方可提供密钥；其当前时间为%(now)s。",
    )
    statute = "O87 33"


class DeadlineNotAhead(RuleBroken):
    """A key's deadline lies in the future, and moves later only."""

    code = "key-deadline-not-ahead"
    text = Text(
        "The key service holds the key of this lot until %(deadline)s. An earlier time is not accepted.",
        "密钥保管服务已将该采购包的密钥保管至%(deadline)s，不接受更早的时间。",
    )
    statute = "O87 27"


class DeadlineTooFar(RuleBroken):
    """A key is held for a time that a tender may last, not for ever: who has the secret can't shut bids away."""

    code = "key-deadline-too-far"
    text = Text("The key service cannot hold a key beyond %(latest)s.", "密钥保管服务最晚将密钥保管至%(latest)s。")


class KeyReleased(Conflict):
    """The key was given out: its deadline can't be moved any more."""

    text = Text("The key of this lot has already been released.", "该采购包的密钥已经提供。")


class KeyUnknown(NotFound):
    """The key service has no key for this lot."""

    text = Text("The key service has no key for this lot.", "密钥保管服务中没有该采购包的密钥。")


class KeyDamaged(Conflict):
    """The keeper's file was changed by somebody else: the key doesn't open under the master key with its deadline."""

    text = Text(
        "The record of this key in the key service was changed from outside and cannot be opened.",
        "密钥保管服务中该密钥的记录被外部改动，无法打开。",
    )


class KeeperAway(Conflict):
    """The keeper doesn't answer, or what answers isn't the keeper."""

    text = Text(
        "The key service is not responding (%(why)s). Nothing has been changed. Try again when it is running.",
        "密钥保管服务无响应（%(why)s）。未作任何更改，请待其恢复后重试。",
    )


class ClocksApart(Conflict):
    """The keeper's clock and ours differ: a deadline would mean two different instants."""

    text = Text(
        "The clock of the key service differs from the clock of this server by %(seconds)s seconds. Deadlines cannot be set until the clocks agree.",
        "密钥保管服务与本服务器时钟相差%(seconds)s秒，校准前不能设定截止时间。",
    )


BY_CODE: dict[str, type[Refusal]] = {
    refusal.code: refusal
    for refusal in (KeyNotDue, DeadlineNotAhead, DeadlineTooFar, KeyReleased, KeyUnknown, KeyDamaged)
}
"""The refusals that the keeper itself sends, by what it calls them."""
