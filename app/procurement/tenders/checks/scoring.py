"""Checks of the scoring scheme: weights, measures, and its tie to the requirements (O87 55)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from difflib import SequenceMatcher

from app.foundation.text import Text
from app.procurement.tenders.checks.drafts import ERROR, WARNING, Draft, Found, text_of
from app.procurement.tenders.checks.wordings import is_denied
from app.procurement.tenders.numbers import plain
from app.procurement.tenders.records import Factor

HUNDRED = Decimal(100)
_RANGE = re.compile(
    r"不少于|不低于|不高于|不超过|不大于|不小于|至少|[\d一二三四五六七八九十百千万两半%％][^，。；\d]{0,4}(?:以上|以下|以内)|[≥≤><＞＜]"
    r"|\d\s*[-~～至]\s*\d"
)
_NO_RANGE = re.compile(r"[A-Z]+(?:/[A-Z]+)*[\s-]*\d[\d.]*(?:-\d+)*|\d{4}-\d{1,2}(?:-\d{1,2})?|\d{3,4}-\d{7,8}")
"""Standards, models, days and telephone numbers, whose strokes make no range (GB/T 2423.1-2008)."""
_POINTS = re.compile(
    r"(\d+(?:\.\d+)?)\s*分(?![钟贝米秒之制辨公包期体散类析布区段层组批册店局院校机路频光子度支屏馏压站]|项(?!目))"
)
"""So many points: not minutes (分钟), decibels (分贝), tenths (分之) or anything else that begins with the same character."""
_IN_WORDS = re.compile(r"[一二两三四五六七八九十]+分(?![钟贝米秒之])|满分|得分\s*[=＝:：]")
"""Points written in words, as all of them, or as a formula."""
_REACHED = r"达到|达|[高低大小少多]于|不足|(?<!不)超过|≥|>"
_AWARDED = re.compile(
    rf"(?:得|扣|加|减|给|计|记|赋|满分|最高|分值)(?:(?!{_REACHED})[^，。；\d]){{0,8}}{_POINTS.pattern}(?!及?以[上下]|[（(]含)"
)
"""Points that are given or taken, not a result that must be reached (达到80分以上的，得5分)."""


def weights(draft: Draft) -> Iterator[Found]:
    """The points of a lot come to one hundred (O87 55)."""
    if draft.tender.review_method != "comprehensive":
        return
    for lot in draft.lots:
        total = sum((factor.points for factor in draft.factors(lot)), Decimal(0))
        if total != HUNDRED:
            yield Found(
                "E3",
                draft.article("check-weights"),
                f"{lot.number}/factors",
                ERROR,
                Text(
                    f"The points add up to {plain(total)}, not 100.", f"各项分值合计为{plain(total)}分，不等于100分。"
                ),
                Text("Change the points so that they add up to 100.", "调整分值使合计为100分。"),
            )


def price_weight(draft: Draft) -> Iterator[Found]:
    """Price weighs at least what the law says (O87 55)."""
    if draft.tender.review_method != "comprehensive":
        return
    rule = draft.rule("price_weight_min")
    for lot in draft.lots:
        points = sum((f.points for f in draft.factors(lot) if f.kind == "price"), Decimal(0))
        if points < rule.value * HUNDRED:
            yield Found(
                rule.id,
                rule.citation,
                f"{lot.number}/factors",
                ERROR,
                Text(
                    f"The price has {plain(points)} points. At least {plain(rule.value * HUNDRED)} are required.",
                    f"价格分值{plain(points)}分，不得低于{plain(rule.value * HUNDRED)}分。",
                ),
                Text("Give price more points.", "提高价格分值。"),
            )


def one_price_factor(draft: Draft) -> Iterator[Found]:
    """There is one price factor: E2's formula has one base (O87 55)."""
    for lot in draft.lots:
        prices = [f for f in draft.factors(lot) if f.kind == "price"]
        for extra in prices[1:]:
            yield Found(
                "E2",
                draft.article("check-one-price-factor"),
                draft.place(extra),
                ERROR,
                Text("Price is scored twice.", "价格分重复设置。"),
                Text("Keep one price criterion.", "只保留一项价格分。"),
            )


def lowest_price_scored(draft: Draft) -> Iterator[Found]:
    """Under the lowest evaluated price nothing is scored (O87 54)."""
    if draft.tender.review_method != "lowest_price":
        return
    for factor in draft.tender.factors:
        yield Found(
            "O87-54",
            draft.article("check-lowest-price-scored"),
            draft.place(factor),
            ERROR,
            Text(
                "The lowest evaluated price method cannot have criteria with points.", "最低评标价法不得设置评审因素。"
            ),
            Text("Remove the criterion, or choose comprehensive scoring.", "删除该因素，或者改用综合评分法。"),
        )


def measures(draft: Draft) -> Iterator[Found]:
    """Every factor but the price says what earns how many points (O87 55, typical error 47)."""
    for factor in _scored(draft):
        place = draft.place(factor)
        if not factor.standard.strip():
            yield _unmeasured(draft, place, "no standard", "未规定评分标准")
        elif not factor.bands and not _POINTS.search(factor.standard) and not _IN_WORDS.search(factor.standard):
            yield _unmeasured(draft, place, "a standard that names no points", "评分标准未规定分值", read=(place,))


def _unmeasured(draft: Draft, place: str, what: str, what_zh: str, read: tuple[str, ...] = ()) -> Found:
    return Found(
        "E4-measure",
        draft.article("check-unmeasured"),
        place,
        ERROR,
        Text(f"The criterion has {what}.", f"该评审因素{what_zh}。"),
        Text("State what earns how many points.", "明确得分条件及对应分值。"),
        read=read,
    )


def points_match(draft: Draft) -> Iterator[Found]:
    """No single step is worth more than its factor (typical error 47)."""
    for factor in _scored(draft):
        said = [Decimal(found) for found in _AWARDED.findall(factor.standard) or _POINTS.findall(factor.standard)]
        entered = [Decimal(band["points"]) for band in factor.bands]
        steps = [*said, *entered]
        if steps and max(steps) > factor.points:
            yield Found(
                "E4-points",
                draft.article("check-points-match"),
                draft.place(factor),
                ERROR,
                Text(
                    f"A step gives {plain(max(steps))} points but the criterion has {plain(factor.points)}.",
                    f"评分标准中有{plain(max(steps))}分，超过该评审因素分值{plain(factor.points)}分。",
                ),
                Text("Make the steps match the points of the criterion.", "使各档分值与该因素分值对应。"),
                read=(draft.place(factor),) if max(entered, default=Decimal(0)) <= factor.points else (),
            )


def ranges(draft: Draft) -> Iterator[Found]:
    """A requirement with a range is scored in steps, each with its own points (O87 55, typical error 45)."""
    for lot in draft.lots:
        by_code = {r.code: r for r in draft.requirements(lot)}
        for factor in draft.factors(lot):
            scored = [by_code[code] for code in factor.requirement_codes if code in by_code]
            ranged = [r for r in scored if _RANGE.search(_NO_RANGE.sub("", r.text_zh))]
            steps = len(factor.bands) or len(set(_POINTS.findall(factor.standard)))
            if ranged and factor.kind == "objective" and steps < 2:
                yield Found(
                    "E4-ranges",
                    draft.article("check-ranges"),
                    draft.place(factor),
                    ERROR,
                    Text(
                        f"Requirement {ranged[0].code} has a range, but its score has no steps.",
                        f"{ranged[0].code}有区间规定，评审因素未量化到相应区间并设置不同分值。",
                    ),
                    Text("Give each step its points.", "按区间设置不同分值。"),
                    read=(draft.place(factor), draft.place(ranged[0])),
                )


def tied_to_requirements(draft: Draft) -> Iterator[Found]:
    """What is scored was asked for (O87 55, typical error 48)."""
    for lot in draft.lots:
        codes = {r.code for r in draft.requirements(lot)}
        for factor in draft.factors(lot):
            strangers = set(factor.requirement_codes) - codes
            if strangers:
                yield Found(
                    "E4-unknown",
                    draft.article("check-tied-to-requirements"),
                    draft.place(factor),
                    ERROR,
                    Text(
                        f"It scores {min(strangers)}, which is not a requirement.",
                        f"评审因素对应的{min(strangers)}不在采购需求中。",
                    ),
                    Text("Use requirements of this lot.", "对应本采购包的采购需求。"),
                )
            elif factor.kind != "price" and not factor.requirement_codes:
                yield Found(
                    "E4-untied",
                    draft.article("check-tied-to-requirements"),
                    draft.place(factor),
                    WARNING,
                    Text(
                        "The criterion gives no requirement that it scores.",
                        "该评审因素未对应任何商务条件或者采购需求。",
                    ),
                    Text(
                        "Give the code of the requirement in the scoring standard.", "在评分标准中注明对应的需求编号。"
                    ),
                )


def qualification_scored(draft: Draft) -> Iterator[Found]:
    """A qualification condition isn't scored as well (O87 55, typical error 49): by code, or by the same words."""
    for lot in draft.lots:
        conditions = draft.requirements(lot, "qualification")
        for factor in draft.factors(lot):
            twin = next(
                (c for c in conditions if c.code in factor.requirement_codes or _alike(c.text_zh, factor)), None
            )
            if twin is not None:
                yield Found(
                    "E4-qualification",
                    draft.article("check-qualification-scored"),
                    draft.place(factor),
                    ERROR,
                    Text(f"Qualification requirement {twin.code} is scored.", f"将资格要求{twin.code}设置为评审因素。"),
                    Text("Remove it from the criteria.", "从评审因素中删除。"),
                    read=(draft.place(factor), draft.place(twin)),
                )


def _alike(condition: str, factor: Factor) -> bool:
    if len(condition) < 8:
        return False
    match = SequenceMatcher(None, condition, text_of(factor), autojunk=False).find_longest_match()
    return match.size >= max(8, len(condition) * 6 // 10)


_SAMPLES = re.compile(r"(?:提供|递交|提交)样品")


def _are_wanted(text: str) -> bool:
    return any(not is_denied(text, *match.span()) for match in _SAMPLES.finditer(text))


def samples(draft: Draft) -> Iterator[Found]:
    """Where samples are asked for, how they are judged is said (O87 22, typical error 55)."""
    for lot in draft.lots:
        asked = [r for r in draft.requirements(lot) if _are_wanted(r.text_zh)]
        judged = any("样品" in text_of(factor) for factor in draft.factors(lot))
        if asked and not judged and not any("评审" in r.text_zh for r in asked):
            yield Found(
                "O87-22",
                draft.article("check-samples"),
                draft.place(asked[0]),
                ERROR,
                Text(
                    "Samples are required but not how they are evaluated.",
                    "要求提供样品，但未规定样品的评审方法及评审标准。",
                ),
                Text("State how they are evaluated, or remove them.", "规定样品的评审方法和标准，或者删除样品要求。"),
                read=(*(draft.place(r) for r in asked), *(draft.place(f) for f in draft.factors(lot))),
            )


def _scored(draft: Draft) -> Iterator[Factor]:
    return (factor for factor in draft.tender.factors if factor.kind != "price")


CHECKS = (
    weights,
    price_weight,
    one_price_factor,
    lowest_price_scored,
    measures,
    points_match,
    ranges,
    tied_to_requirements,
    qualification_scored,
    samples,
)
