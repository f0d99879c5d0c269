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
_NEGATION = re.compile(
    r"(?:不得(?!低于|少于|小于|没有|缺少|短于)|不(?:再)?(?:强制)?要求|不接受|不收取|无需|无须|毋需|不需要?|不必|不用|禁止|不以|不限定?|不设|严禁|不对|不把|不将"
    r"|不强制)[^，。；]{0,16}$|[不非]$"
)
_DENIED_AFTER = re.compile(
    r"^[^，。；]{0,16}(?:不[作做](?:强制|硬性|任何|特别)?(?:要求|限制|规定)|不作为(?!唯一|主要)|不得作为|不予限制|不受限制|没有要求|无(?:强制|特殊)?要求|无限制"
    r"|(?:无需|无须|不需要?|不必|不用|不再|不要求)(?:提供|提交|出具|具备|设立|填写)?(?:$|[，。；）)])|(?:均|可)不限|不限(?:$|[，。；）)]))"
)
"""A denial before what is denied, and one behind it (营业收入不作要求)."""


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether what stands from ``start`` to ``end`` is denied by the words before or behind it in its clause."""
    begins = max(text.rfind(mark, 0, start) for mark in "。；\n") + 1
    return bool(_NEGATION.search(text[begins:start]) or _DENIED_AFTER.search(text[end:]))


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
            if not is_denied(text, *match.span()):
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
