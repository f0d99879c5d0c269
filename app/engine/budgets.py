"""What an expression or a decision asked more of than it may have, in words."""

from __future__ import annotations

from app import feel
from app.foundation.text import Text

_EXCEEDED = {
    "steps": Text("%(text)s needs more than %(limit)s steps of evaluation", "%(text)s 的求值超过 %(limit)s 步"),
    "size": Text("%(text)s makes something larger than %(limit)s", "%(text)s 的结果超过 %(limit)s 的大小限制"),
    "depth": Text("%(text)s is nested too deeply", "%(text)s 的嵌套过深"),
}


def exceeding(text: str, exceeded: feel.BudgetExceeded | RecursionError) -> Text:
    """That ``text`` (an expression, a decision's name) exceeded its budget, and by what."""
    if isinstance(exceeded, RecursionError):
        return _EXCEEDED["depth"].filled(text=text)
    return _EXCEEDED[exceeded.what].filled(text=text, limit=exceeded.limit)
