"""Each minute this machine's clock is compared with the keeper's and the database's."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from app.foundation import doubts
from app.foundation.database import sessions
from app.keeper import KeeperAway
from app.serving.watching import Watch

SECOND = timedelta(seconds=1)


class Keeper:
    """A keeper whose clock is ahead by so much, as far as can be told."""

    def __init__(self, ahead: timedelta, error: timedelta) -> None:
        self.found = ahead, error

    def difference(self):
        return self.found


class Away:
    def difference(self):
        raise KeeperAway(why="away")


@pytest.fixture
def house(database):
    """What a watch needs of the house."""
    factory = sessions(database)

    def in_transaction(act):
        with factory() as session:
            act(session)
            session.commit()

    return SimpleNamespace(
        keeper=None,
        database=database,
        engine=SimpleNamespace(clock=None),
        ahead=timedelta(0),
        in_transaction=in_transaction,
    )


@pytest.mark.parametrize(
    ("ahead", "error", "doubted", "corrected"),
    [
        (timedelta(milliseconds=3), timedelta(milliseconds=5), 0, timedelta(0)),
        (timedelta(milliseconds=400), timedelta(milliseconds=5), 0, timedelta(milliseconds=400)),
        (-2 * SECOND, timedelta(milliseconds=5), 1, -2 * SECOND),
        (2 * SECOND, 3 * SECOND, 0, timedelta(0)),
    ],
)
def test_a_difference_that_is_more_than_the_measuring_corrects_and_over_a_second_alarms(
    house, session, ahead, error, doubted, corrected
):
    house.keeper = Keeper(ahead, error)
    Watch(house, "here").look()
    assert (len(doubts.unseen(session)), house.ahead) == (doubted, corrected)


def test_a_keeper_that_is_away_is_no_doubt_about_its_clock(house, session):
    house.keeper = Away()
    Watch(house, "here").look()
    assert doubts.unseen(session) == []


def test_the_databases_own_clock_is_compared(house, monkeypatch, session):
    house.keeper = Keeper(timedelta(0), timedelta(0))
    shifted = SimpleNamespace(now=lambda _zone: datetime.now(UTC) - 5 * SECOND)
    monkeypatch.setattr("app.serving.watching.datetime", shifted)
    Watch(house, "here").look()
    found = [doubt.clock for doubt in doubts.unseen(session)]
    assert found == (["database"] if house.database.dialect.name == "postgresql" else [])
