"""What every act on a case shares: it says why, and it happens to the case as it was shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from app.engine import locks
from app.engine.interventions import NoReasons
from app.engine.records import InstanceRow
from app.foundation.errors import Conflict, Invalid, Refusal
from app.foundation.text import Text
from app.web import current, errors

LONGEST_REASONS = 2_000


class CaseMoved(Conflict):
    """The case moved between the page and the act."""

    text = Text(
        "The case has continued since this page was shown. What you entered is kept. Check again before you continue.",
        "页面显示后流程已有进展。您填写的内容已保留，请重新核对后再操作。",
    )


class NotPreviewed(Invalid):
    """What is to be done isn't what was previewed."""

    text = Text(
        "You changed your choice after the preview. Check the new preview, then continue.",
        "预览之后您又更改了选择。请核对新的预览结果后再执行。",
    )


def refuse_unless_previewed(choice: str) -> None:
    """Go on only if the form's preview was of this very choice.

    :raises NotPreviewed:
    """
    if request.form.get("previewed") != choice:
        raise NotPreviewed


def reasons() -> str:
    """The reasons given with the form.

    :raises NoReasons: without any
    """
    given = request.form.get("reasons", "").strip()[:LONGEST_REASONS]
    if not given:
        raise NoReasons(field="reasons")
    return given


def locked_as_seen(instance_id: str) -> InstanceRow:
    """The case's row, locked, if it still is as the form showed it.

    :raises CaseMoved:
    """
    row = locks.locked(current.session(), instance_id)
    if request.form.get("seen") != seen(row):
        raise CaseMoved
    return row


def seen(row: InstanceRow) -> str:
    """What tells whether a case is as it was: for the hidden field of its forms."""
    return f"{row.version}-{row.state}"


Page = str | Response | tuple[str, int]


def refused(refusal: Refusal, page: Callable[[Sequence[Refusal]], str]) -> tuple[str, int]:
    """The page again, with what was entered and what stands against it; nothing of the act is kept."""
    current.session().rollback()
    return page(errors.parts_of(refusal)), errors.status_of(type(refusal))


def entered(*names: str) -> dict[str, Any]:
    """The texts of these fields as they were sent."""
    return {name: request.form.get(name, "") for name in names}
