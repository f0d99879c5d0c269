"""Date and time functions (DMN 1.5, tables 79 and 81)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.feel import temporal as t
from app.feel.evaluation import Environment
from app.feel.functions.signatures import built_in

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@built_in("now", "")
def _now(env: Environment) -> Any:
    return env.run.now


@built_in("today", "")
def _today(env: Environment) -> Any:
    return env.run.now.date() if env.run.now is not None else None


def _of_date(name: str, result: Callable[[Any], Any]) -> None:
    @built_in(name, "date: date|date and time")
    def body(_env: Environment, value: Any) -> Any:
        return result(value)


_of_date("day of week", lambda day: DAYS[t.weekday(day) - 1])
_of_date("month of year", lambda day: MONTHS[day.month - 1])
_of_date("day of year", lambda day: Decimal(t.in_common_years(day).timetuple().tm_yday))
_of_date("week of year", lambda day: Decimal(t.in_common_years(day).isocalendar().week))
