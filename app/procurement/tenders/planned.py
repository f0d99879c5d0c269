"""What the plan says about the contract, read out of its words: the documents start from it, and are compared with it."""

from __future__ import annotations

import re

PERIODS = (
    re.compile(
        r"(?:交货|交付|供货|履行|服务|工)(?:期限|期|时间)[^。；;，,\d]{0,12}?(\d{1,4})\s*(?:个)?(?:日历|自然)?[日天]"
    ),
    re.compile(r"(?:签订|签署|生效)后\s*(\d{1,4})\s*(?:个)?(?:日历|自然)?[日天]内?(?:交货|交付|供货|完成|履行)"),
    re.compile(r"(?i)(?:deliver\w*|perform\w*|complet\w*)[^.;,\d]{0,30}?(\d{1,4})\s*(?:calendar )?days"),
)
"""How a plan names the days of performance after the contract, in Chinese or English."""


def delivery_days(plan: str) -> int | None:
    """The days of performance that a plan's words name; None if they name none, or several that differ."""
    named = {int(found) for pattern in PERIODS for found in pattern.findall(plan)}
    return named.pop() if len(named) == 1 else None
