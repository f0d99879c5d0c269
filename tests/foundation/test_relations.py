"""Who sets the id of another record finds that record behind the relation, whoever has read the one before."""

from __future__ import annotations

import pytest
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from app.foundation import database

assert database.sessions, "sessions of the program are made here, so that their relations follow"


class Base(DeclarativeBase):
    pass


class Office(Base):
    __tablename__ = "office"
    id: Mapped[int] = mapped_column(primary_key=True)


class Letter(Base):
    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    subject: Mapped[str] = mapped_column(default="")
    office: Mapped[Office] = relationship()


@pytest.fixture
def letter():
    """A letter to the first of two offices, whose relation was read; both are held on to."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        offices = [Office(id=1), Office(id=2)]
        written = Letter(id=1, office_id=1)
        session.add_all([*offices, written])
        session.flush()
        assert written.office is offices[0]
        yield written
    engine.dispose()


def flush(letter):
    Session.object_session(letter).flush()


def test_a_relation_follows_its_key(letter):
    letter.office_id = 2
    flush(letter)
    assert letter.office.id == 2


def test_a_relation_that_was_set_itself_is_kept(letter):
    letter.office = Session.object_session(letter).get(Office, 2)
    flush(letter)
    assert "office" in vars(letter)
    assert letter.office_id == 2


def test_another_change_asks_for_nothing_anew(letter):
    letter.subject = "changed"
    flush(letter)
    assert "office" in vars(letter)
