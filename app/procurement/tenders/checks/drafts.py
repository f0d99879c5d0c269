"""What the checks look at, and what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from app.foundation.text import Text
from app.foundation.workdays import Calendar
from app.procurement.projects import Lot, Project
from app.procurement.rules import Law, Rule
from app.procurement.tenders.records import Factor, Requirement, Tender

ERROR, WARNING, UNCERTAIN = "error", "warning", "uncertain"
OVERRIDDEN = "overridden"
"""Of an error that two persons said was misread (``tenders.overrides``): shown, but it blocks nothing."""


@dataclass(frozen=True)
class Found:
    """One finding: the rule's id, its article, where it is (``1/requirements/T3``), how grave, what is wrong, what mends it.

    ``read``: the places whose words it was read from. Words can be misread, so two persons may override such a finding;
    one that was worked out from figures, dates and codes has none, and stands (docs/decisions/0018).
    """

    rule: str
    article: str
    place: str
    severity: str
    problem: Text
    fix: Text
    read: tuple[str, ...] = ()

    @property
    def may_be_overridden(self) -> bool:
        """Whether it blocks, and rests on a reading that can be wrong."""
        return self.severity == ERROR and bool(self.read)


@dataclass(frozen=True)
class Draft:
    """The documents under check: the tender, its project, and the day its notice is to be published."""

    tender: Tender
    project: Project
    calendar: Calendar
    notice_on: date
    law: Law
    confirmed_deadline_on: date | None = None

    @property
    def lots(self) -> list[Lot]:
        """The lots of the project."""
        return self.project.lots

    def rule(self, name: str) -> Rule:
        """The statutory rule in force on the day of the notice."""
        return self.law.rule(name)

    def article(self, code: str) -> str:
        """The article that a check rests on for the method; empty where its row names none."""
        return self.law.article(code) or ""

    def requirements(self, lot: Lot, kind: str | None = None) -> list[Requirement]:
        """A lot's requirements (of a kind)."""
        return [r for r in self.tender.requirements if r.lot_id == lot.id and kind in (None, r.kind)]

    def factors(self, lot: Lot) -> list[Factor]:
        """A lot's scoring factors."""
        return [f for f in self.tender.factors if f.lot_id == lot.id]

    def place(self, part: Requirement | Factor) -> str:
        """Where a part stands: its lot's number, its list, its code."""
        numbers = {lot.id: lot.number for lot in self.lots}
        name = "requirements" if isinstance(part, Requirement) else "factors"
        return f"{numbers[part.lot_id]}/{name}/{part.code}"


Check = Callable[[Draft], Iterator[Found]]
"""A check yields a finding for each place where its rule isn't kept."""


def text_of(part: Requirement | Factor) -> str:
    """All Chinese words of a part."""
    if isinstance(part, Requirement):
        return f"{part.text_zh}。{part.evidence}"
    return f"{part.name_zh}。{part.standard}"
