"""The law of a purchase on a day: the only way to ask for a row of the statutory data.

A row can be made for an object, a method, a region, a level of the budget; whoever asks for it names the purchase, so that the most specific row
counts wherever its rule is asked. What is the same for every purchase (``COMMON``) is asked of ``common``. What a method is
and calls its papers, and which rules hold for it, its own row says (``Law.method``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from sqlalchemy.orm import Session

from app.foundation import clock
from app.foundation.workdays import local_day
from app.identity import organisations
from app.procurement.rules import methods
from app.procurement.rules.methods import Method
from app.procurement.rules.statutes import Rule, find

NATION = "CN"
COMMON = frozenset(
    {
        "breach_fine_max",
        "breach_fine_min",
        "breach_reply",
        "clean_record_years",
        "dishonesty_shown",
        "exclusion_max",
        "exclusion_min",
        "interest_day_basis",
        "late_bond_markup",
        "late_payment_interest",
        "loan_base_rate",
        "loan_prime_rate",
        "registration_validity",
    }
)
"""The rules that no purchase can have of its own: of suppliers, of their breaches, of rates and the days they count by."""


class Purchase(Protocol):
    """What a rule can depend on: a project as ``app.procurement.projects`` has it."""

    @property
    def object(self) -> str:
        """Goods, services or works."""

    @property
    def method(self) -> str | None:
        """The procurement method; None until one is chosen."""

    @property
    def buyer_id(self) -> str:
        """The organisation whose region it is."""

    @property
    def finance_id(self) -> str:
        """The finance department, whose budget's level it is (GPL 7)."""


@dataclass(frozen=True)
class Law:
    """The rules of one purchase on a day; ``object`` and ``method_id`` are None where they are open (or of no purchase)."""

    on: date
    object: str | None = None
    method_id: str | None = None
    region: str = NATION
    level: str = ""

    @property
    def method(self) -> Method:
        """The row of its method; of the main one while none is chosen (GPL 26)."""
        return methods.find(self.method_id, on=self.on, jurisdiction=self.region)

    @property
    def main(self) -> Method:
        """The row of the method that a purchase has unless it may have another (GPL 26)."""
        return methods.find(None, on=self.on, jurisdiction=self.region)

    @property
    def threshold(self) -> Rule:
        """From which amount every method but the main one needs an approval (GPL 27)."""
        return self.rule(self.main.threshold)

    def rule(self, name: str) -> Rule:
        """The row of a name that is in force, the most specific one.

        :raises NoRule:
        """
        if self.object is None and name not in COMMON:
            raise ValueError(f"{name} depends on the purchase: ask law(session, project)")
        return find(
            name,
            on=self.on,
            object=self.object,
            method=self.method_id,
            level=self.level,
            jurisdiction=self.region,
        )

    def value(self, name: str) -> Decimal:
        """Its value.

        :raises NoRule:
        """
        return self.rule(name).value

    def count(self, name: str) -> int:
        """Its value as a whole number: days, heads.

        :raises NoRule:
        """
        return self.rule(name).count

    def article(self, code: str) -> str | None:
        """The article that a refusal, a check or a sentence rests on for its method; None where its row names none."""
        return self.method.articles.get(code)

    def step(self, name: str) -> Rule | None:
        """The rule of a date in its method's timetable; None where the method has no such date.

        :raises NoRule:
        """
        return next((self.rule(step.rule) for step in self.method.timetable if step.name == name), None)

    def least_offers(self) -> int:
        """How many offers must be there and remain for a lot to go on (GPL 36); none where its method asks for none."""
        return self.count(self.method.least_offers) if self.method.least_offers else 0

    def most_candidates(self) -> int | None:
        """How many candidates the evaluation names at most; None where its method sets no limit."""
        return self.count(self.method.candidates) if self.method.candidates else None

    def group_size(self, budget: Decimal) -> Rule | None:
        """How many evaluators there are at least for an amount; None where its method has no group of them."""
        group = self.method.group
        is_large = bool(group.large_from) and budget >= self.value(group.large_from)
        name = group.size_large if is_large else group.size
        return self.rule(name) if name else None

    def expert_share(self) -> int:
        """How many thirds of the evaluators are experts at least; none where its method asks for no share."""
        return self.count(self.method.group.expert_share) if self.method.group.expert_share else 0

    def at(self, on: date) -> Law:
        """The rules of the same purchase on another day."""
        return replace(self, on=on)

    def settled(self) -> Law:
        """The rules of the same purchase by its method; by the main one while none is chosen (GPL 26)."""
        return replace(self, method_id=self.method.id)


def law(session: Session, project: Purchase, *, on: date | None = None) -> Law:
    """The law of a project ``on`` a day, today unless given; the region is its buyer's, the level its budget's."""
    region = organisations.get(session, project.buyer_id).region or NATION
    level = organisations.get(session, project.finance_id).budget_level
    return Law(on or local_day(clock.now(session)), project.object, project.method, region, level)


def common(on: date) -> Law:
    """What the law says on a day that is the same for every purchase: the rows of ``COMMON``."""
    return Law(on)
