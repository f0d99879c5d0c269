"""Ids: they sort as they were made, so that what is listed by id is listed in its order."""

import time
import uuid

import pytest

from app.foundation.database import new_id


@pytest.fixture
def standing_clock(monkeypatch):
    monkeypatch.setattr(time, "time_ns", lambda: 1_764_230_400_000_000_000)


def test_ids_of_one_millisecond_sort_in_the_order_in_which_they_were_made(standing_clock):
    made = [new_id() for _ in range(1000)]
    assert made == sorted(set(made))


def test_ids_go_on_in_order_when_the_clock_is_set_back(monkeypatch):
    before = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_764_230_400_000_000_000)
    assert new_id() > before


def test_an_id_is_a_uuid_of_version_7():
    made = uuid.UUID(new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_an_id_says_when_it_was_made():
    assert abs((uuid.UUID(new_id()).int >> 80) - time.time() * 1000) < 60_000
