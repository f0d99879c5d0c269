"""Checks of wordings the law doesn't allow. The wordings are data, each with its article and its place in the list of
61 typical errors in procurement documents (Sichuan, 2023)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.foundation.text import Text
from app.procurement.tenders.checks.drafts import Draft, Found, text_of

WORDING_FILE = Path(__file__).with_name("wording.json")
_NEGATION = re.compile(r"(不得|不要求|不接受|不收取|无需|无须|禁止|不以|不限定?|不设|严禁)[^，。；]{0,8}$|不$")


@dataclass(frozen=True)
class Wording:
    """A wording that isn't allowed ``where``: qualification, starred, factor, contract or any; ``unless`` excuses it."""

    id: str
    typical: tuple[int, ...]
    where: frozenset[str]
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    severity: str
    article: str
    problem: Text
    fix: Text
    bad: str
    good: str

    def found_in(self, text: str) -> str | None:
        """The first words of ``text`` that break this rule; a negated or excused mention doesn't."""
        for match in self.pattern.finditer(text):
            sentence_from = max(text.rfind(mark, 0, match.start()) for mark in "。；\n") + 1
            sentence = re.split(r"[。；\n]", text[sentence_from:])[0]
            if self.unless and self.unless.search(sentence):
                continue
            if not _NEGATION.search(text[sentence_from : match.start()]):
                return match[0]
        return None


@cache
def wordings() -> tuple[Wording, ...]:
    """All wordings, from ``wording.json``."""
    rows = json.loads(WORDING_FILE.read_text(encoding="utf-8"))["wordings"]
    return tuple(
        Wording(
            **{
                **row,
                "typical": tuple(row["typical"]),
                "where": frozenset(row["where"]),
                "pattern": re.compile(row["pattern"]),
                "unless": re.compile(row["unless"]) if row["unless"] else None,
                "problem": Text(**row["problem"]),
                "fix": Text(**row["fix"]),
            }
        )
        for row in rows
    )


def wording(draft: Draft) -> Iterator[Found]:
    """Every part against every wording that is watched for in its place."""
    for place, kinds, text in _parts(draft):
        for rule in wordings():
            if rule.where & kinds:
                words = rule.found_in(text)
                if words is not None:
                    problem = Text(*(sentence.replace("%(found)s", words) for sentence in rule.problem))
                    yield Found(rule.id, rule.article, place, rule.severity, problem, rule.fix, read=(place,))


def _parts(draft: Draft) -> Iterator[tuple[str, set[str], str]]:
    for requirement in draft.tender.requirements:
        kinds = {"any", requirement.kind} | ({"starred"} if requirement.starred else set())
        yield draft.place(requirement), kinds, text_of(requirement)
    for factor in draft.tender.factors:
        yield draft.place(factor), {"any", "factor"}, text_of(factor)
    yield "terms/contract_terms", {"any", "contract"}, draft.tender.contract_terms


CHECKS = (wording,)
