"""How the language's tests ask for values: ``text(expression, **variables)`` gives the value as FEEL writes it."""

from datetime import UTC, datetime

import pytest

from app import feel

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def value():
    def work_out(expression, warnings=None, **variables):
        return feel.compile(expression).evaluate(variables, now=NOW, warnings=warnings)

    return work_out


@pytest.fixture
def text(value):
    return lambda expression, **variables: feel.to_text(value(expression, **variables))
