"""Rows of the statutory data that the office enters itself: a region's own limits, a rate or a period that changed.

A row says again what a shipped one says (its ``name``), for a place, an object, a method and a time; the most specific and
newest one counts (``statutes.find``), from the day that ``dated`` gives it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Engine, String, UniqueConstraint, select
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import journal
from app.foundation.actor import Actor
from app.foundation.database import Base, Exact, Json, new_id, one_of, reading
from app.foundation.text import Text
from app.identity import roles
from app.procurement.rules import dated, statutes
from app.procurement.rules.dated import EntryWrong
from app.procurement.rules.statutes import Rule, Verification

PLACES = 8
"""How many decimals a value has at most."""
DAYS = frozenset({"d", "wd"})
CHANGEABLE = ("value", "unit", "valid_to", "source", "article", "quote", "status")


class Entry(Base):
    """An entered row. ``counts_from``: the day from which it decides; ``objects``, ``methods``, ``levels``: none means all."""

    __tablename__ = "statute_entry"
    __table_args__ = (UniqueConstraint("name", "jurisdiction", "scope", "valid_from"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[Decimal] = mapped_column(Exact(PLACES))
    unit: Mapped[str] = mapped_column(String(10))
    jurisdiction: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(String(200))
    objects: Mapped[list[str]] = mapped_column(Json)
    methods: Mapped[list[str]] = mapped_column(Json)
    levels: Mapped[list[str]] = mapped_column(Json)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(default=None)
    counts_from: Mapped[date]
    source: Mapped[str] = mapped_column(String(100))
    article: Mapped[str] = mapped_column(String(60))
    quote: Mapped[str] = mapped_column(LongText)
    status: Mapped[Verification] = mapped_column(one_of(Verification, 1, "status"))


@dataclass(frozen=True)
class NewEntry:
    """A row as somebody enters it."""

    name: str
    value: Decimal
    unit: str
    jurisdiction: str
    objects: tuple[str, ...]
    methods: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    source: str
    article: str
    quote: str
    status: Verification
    levels: tuple[str, ...] = ()

    @property
    def scope(self) -> str:
        """Objects, methods and (where it is for some) levels as one word."""
        scopes = (self.objects, self.methods, self.levels) if self.levels else (self.objects, self.methods)
        return "/".join(",".join(sorted(each)) for each in scopes)


def names() -> dict[str, Text]:
    """What rows can be about: every name of the shipped data with its title, in the order of the titles."""
    found: dict[str, Text] = {}
    for rule in statutes.statute():
        found.setdefault(rule.name, rule.title)
    return dict(sorted(found.items(), key=lambda pair: pair[1].en))


def shipped(name: str) -> Rule:
    """The newest shipped row of a name: what kind of value it has, and what it is counted from."""
    return max((rule for rule in statutes.statute() if rule.name == name), key=lambda rule: rule.valid_from)


def find(session: Session, new: NewEntry, *, lock: bool = False) -> Entry | None:
    """The entered row that a new one would change."""
    statement = select(Entry).where(
        Entry.name == new.name,
        Entry.jurisdiction == new.jurisdiction,
        Entry.scope == new.scope,
        Entry.valid_from == new.valid_from,
    )
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def problems(session: Session, new: NewEntry) -> list[EntryWrong]:
    """What speaks against a row, each with its column."""
    times = dated.time_problems(session, find(session, new), new, CHANGEABLE)
    return [*_value_problems(new), *times, *dated.place_problems(new.jurisdiction)]


def _value_problems(new: NewEntry) -> list[EntryWrong]:
    base = shipped(new.name)
    if new.unit != base.unit and not {new.unit, base.unit} <= DAYS:
        why = Text(f"This rule is in {UNITS[base.unit].en}.", f"该规则的单位为{UNITS[base.unit].zh}。")
        return [EntryWrong(field="unit", why=why)]
    for field, several in (("objects", new.objects), ("methods", new.methods)):
        if not several and all(getattr(rule, field) for rule in statutes.statute() if rule.name == new.name):
            why = Text(
                "Enter what the rule applies to. If you leave it empty, it applies to nothing.",
                "请填写适用范围；不填写的，本条不会适用。",
            )
            return [EntryWrong(field=field, why=why)]
    whole = new.unit not in ("ratio", "CNY")
    most = Decimal(1) if new.unit == "ratio" else Decimal(10) ** 12 if new.unit == "CNY" else Decimal(10_000)
    if new.value > most or (whole and new.value != new.value.to_integral_value()):
        why = Text(
            f"In {UNITS[new.unit].en} this is {'a whole number' if whole else 'a number'} from 0 to {most:,}.",
            f"单位为{UNITS[new.unit].zh}的，应为0至{most:,}的{'整数' if whole else '数'}。",
        )
        return [EntryWrong(field="value", why=why)]
    return []


def enter(session: Session, actor: Actor, new: NewEntry) -> Entry:
    """Enter a row, change one that doesn't count yet, or end one that does.

    :raises EntryWrong:
    """
    roles.require_one(actor, "system", "administrator")
    wrong = problems(session, new)
    if wrong:
        raise wrong[0]
    entry, changed = dated.put(
        session,
        find(session, new, lock=True),
        lambda counts_from: Entry(
            name=new.name,
            jurisdiction=new.jurisdiction,
            scope=new.scope,
            objects=sorted(new.objects),
            methods=sorted(new.methods),
            levels=sorted(new.levels),
            valid_from=new.valid_from,
            counts_from=counts_from,
        ),
        new,
        CHANGEABLE,
    )
    facts = {
        "name": new.name,
        "jurisdiction": new.jurisdiction,
        "counts_from": str(entry.counts_from),
        "changed": changed,
    }
    journal.write(session, actor, case=f"statute:{entry.id}", act="statutes.enter", facts=facts)
    return entry


def every(session: Session) -> list[Entry]:
    """The entered rows that can decide something, by name and time: not those of a rule that is no longer shipped."""
    statement = select(Entry).where(Entry.name.in_(names()))
    return list(session.scalars(statement.order_by(Entry.name, Entry.jurisdiction, Entry.valid_from)))


def as_rule(entry: Entry) -> Rule:
    """An entered row as the rules are read; what isn't its own is the shipped row's."""
    base = shipped(entry.name)
    return Rule(
        id=f"{base.id}·{entry.id[-6:]}",
        name=entry.name,
        title=base.title,
        value=entry.value,
        unit=entry.unit,
        sense=base.sense,
        start=base.start,
        jurisdiction=entry.jurisdiction,
        objects=frozenset(entry.objects),
        methods=frozenset(entry.methods),
        levels=frozenset(entry.levels),
        valid_from=entry.counts_from,
        valid_to=entry.valid_to,
        source=entry.source,
        article=entry.article,
        quote=entry.quote,
        status=entry.status,
    )


def refresh(database: Engine) -> None:
    """Let this process know every entered row; called before a process acts, and each minute."""
    with reading(database) as session:
        take(every(session))


def take(found: Collection[Entry]) -> None:
    """Let these entered rows count in this process."""
    statutes.use([as_rule(entry) for entry in found])


UNITS: dict[str, Text] = {
    "d": Text("calendar days", "日（自然日）"),
    "wd": Text("working days", "工作日"),
    "min": Text("minutes", "分钟"),
    "year": Text("years", "年"),
    "ratio": Text("a share (0.10 for 10%)", "比例（10%填写0.10）"),
    "CNY": Text("yuan", "元"),
    "count": Text("a number of people or things", "人数或者个数"),
    "thirds": Text("thirds", "三分之几"),
}
"""What values are counted in."""
