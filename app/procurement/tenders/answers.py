"""Whether an answer only explains the tender documents, as far as its words show it (O87 27).

Three looks: words of changing, figures that the documents don't have, and obligations turned round: what must be done may be
left, what is forbidden may be done, an equivalent comes or goes. What no words show is for the person who answers to state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

_CHANGING = re.compile(
    r"(?<!不)(?<!未)(?<!不得)(?:修改|调整|变更|更正|修正|放宽|降低|提高|减少|增加|缩短|延长|改)(?:为|至|到|成)"
    r"|不再(?:要求|执行|适用)|(?:予以|可以?|现)(?:取消|删除|删去)|(?:此项|该项|本项|该条)[^，。；]{0,6}(?:取消|删除|作废)"
    r"|\b(?:changed|amended|reduced|lowered|raised|increased|extended|shortened|relaxed|corrected)\s+(?:from\b.*\b)?to\b"
    r"|\bno longer (?:required|needed|applies)|\b(?:is|are) (?:deleted|removed|dropped|waived)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\d{3,4}-\d{3,8}(?:-\d{4})?|1[3-9]\d{9}|"  # telephone numbers
    r"\d{1,2}[:：]\d{2}|\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}(?:-\d{1,2})?"  # days and hours
    r"|第[\d.]+[条款项章节页包版]|(?:article|clause|section|page|lot|version)\s+[\d.]+"  # places
    r"|(?:正负|[±+]/?-?)\s*\d+(?:\.\d+)?"  # how exactly something is measured
    r"|[A-Za-z]+[-_]?\d+(?:\.\d+)*",  # codes and standards
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def changed_words(answer: str, documents: str) -> str | None:
    """The first words of an answer that change what the documents say: words of changing, or a figure they don't have.

    Days, hours, places in the documents, codes, tolerances and telephone numbers are no such figures.
    """
    found = _CHANGING.search(answer)
    if found is not None:
        return found[0]
    known = {_figure(figure) for figure in _FIGURE.findall(documents)}
    return next(
        (figure for figure in _FIGURE.findall(_BESIDE.sub(" ", answer)) if _figure(figure) not in known),
        None,
    )


def _figure(text: str) -> Decimal:
    return Decimal(text.replace(",", "")).normalize()


# -- obligations


class Force(StrEnum):
    """How a statement binds: what it says must, must not, may or need not be."""

    MUST = "must"
    MUST_NOT = "must not"
    MAY = "may"
    NEED_NOT = "need not"
    SAID = "said"
    """A requirement that only says what is wanted: leaving it out is refused, more of it isn't."""


_FORCES: dict[Force, re.Pattern[str]] = {
    Force.NEED_NOT: re.compile(
        r"无需|无须|毋需|不必|不用|不需要?|(?:不作|不做|不再?|没有|并无|无)(?:强制|硬性|此项|这项|该项)?(?:要求|规定)|可以?不(?!少于|低于|超过)|不强制|不是(?:强制|必[须需要]|硬性)|非必[须需要]|非强制|免于|自愿|[能可]否不|能不(?!能)|可以?[^，。；]{0,8}补[交齐办]"
        r"|\bneed not\b|\bno need\b|\b(?:not|(?:is|are)n.t) (?:required|necessary|mandatory|needed|compulsory)\b"
        r"|\b(?:do|does) not (?:have|need) to\b|\boptional\b|\bcan be (?:omitted|left out)\b",
        re.IGNORECASE,
    ),
    Force.MUST_NOT: re.compile(
        r"不得(?!少于|低于|高于|超过|大于|小于|晚于|早于)|禁止|严禁|不允许|不许|不接受|不可以?(?![少抗逆分])|不能|不予"
        r"|\bmust not\b|\bshall not\b|\bmay not\b|\bcannot\b|\bcan not\b|\b(?:not|(?:is|are)n.t) (?:allowed|permitted|accepted|acceptable)\b"
        r"|\bprohibited\b|\bforbidden\b",
        re.IGNORECASE,
    ),
    Force.MUST: re.compile(
        r"必须|应当|务必|须|(?<![供响反对适相])应(?![用急答标商])|需要|需(?!求)|不得(?=少于|低于|晚于|早于)"
        r"|\bmust\b|\bshall\b|\b(?:has|have|needs?) to\b|\brequired\b|\bmandatory\b",
        re.IGNORECASE,
    ),
    Force.MAY: re.compile(
        r"可以|允许|接受|(?<![许认不])可(?=[^靠能行操见用选比编视读燃拆])|均可|即可|\bmay\b|\bcan\b|\b(?:allowed|permitted|accepted|acceptable)\b",
        re.IGNORECASE,
    ),
}
"""The words of each force, the longer ones first: what one takes isn't read again."""

OPPOSED: Mapping[Force, frozenset[Force]] = {
    Force.MUST: frozenset({Force.MAY, Force.NEED_NOT, Force.MUST_NOT}),
    Force.SAID: frozenset({Force.NEED_NOT, Force.MUST_NOT}),
    Force.MUST_NOT: frozenset({Force.MAY, Force.NEED_NOT}),
    Force.MAY: frozenset({Force.MUST, Force.MUST_NOT}),
    Force.NEED_NOT: frozenset({Force.MUST}),
}
"""For each force of the documents, the forces of an answer that turn it round."""

_NEGATED = {
    Force.MUST: Force.NEED_NOT,
    Force.MAY: Force.MUST_NOT,
    Force.NEED_NOT: Force.MUST,
    Force.MUST_NOT: Force.MAY,
}
_YES = re.compile(r"是的?|对|可以的?|允许|能|可|行|同意|接受|yes|it (?:may|can)|they (?:may|can)", re.IGNORECASE)
_NO = re.compile(
    r"否|不|不是的?|不可以|不允许|不能|不行|不接受|no|it (?:may|can) ?not|they (?:may|can) ?not", re.IGNORECASE
)
_EQUIVALENT = re.compile(
    r"(?:或|或者|及|、)(?:与之|其他|性能)?(?:同等|相当|等效|同类|类似)|(?:同等|同类|等效|替代|代用)(?:及以上|档次|性能|规格|产品|型号|品牌|方案|品|物)|相当于"
    r"|\bor (?:an? )?(?:equivalent|equal|comparable|similar)\b|\bor better\b",
    re.IGNORECASE,
)
_ONLY = re.compile(r"仅限|仅接受|仅可|只能|只接受|只认|唯一|限定为|\bonly\b|\bexclusively\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[，。；,;!?！？\n：]|(?<!\d)\.(?!\d)|\.(?=\s|$)")
_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,3}\d+(?![A-Za-z0-9])")
_COMMON = re.compile(
    r"投标人|供应商|中标人|采购人|代理机构|招标文件|投标文件|本项目|项目|要求|规定|提供|提交|进行|是否|请问|所列|所述|上述|该项|此项|以及|或者|的|了|吗|呢|对|在|为|是|由|与|和|及|或|并|其|按|一个"
)
_ENGLISH = re.compile(r"[a-z]{4,}")
_COMMON_ENGLISH = re.compile(
    r"\b(?:that|this|these|those|they|them|then|than|there|with|from|have|been|will|which|what|when|where|does"
    r"|such|also|tender|tenders|documents|document|bidder|bidders|supplier|suppliers|buyer|provide"
    r"|provided|question|answer|please|must|shall|required)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Passage:
    """A clause of the documents: its place, its words, how it binds."""

    place: str
    words: str
    force: Force


@dataclass(frozen=True)
class _Said:
    """A clause of an answer: its words, what it is about (its own or the question's words), how it binds."""

    words: str
    about: frozenset[str]
    codes: frozenset[str]
    force: Force


def opposed(question: str, answer: str, passages: Iterable[Passage]) -> tuple[str, Passage] | None:
    """The first clause of an answer that turns round what a passage says of the same subject, and that passage.

    A clause that another passage about the same says as well only repeats it.
    """
    known = [(passage, _subject(passage.words)) for passage in passages]
    for said in _statements(question, answer):
        near = [passage for passage, subject in known if _same_subject(said, passage, subject)]
        if any(passage.force == said.force for passage in near):
            continue
        against = next((passage for passage in near if said.force in OPPOSED[passage.force]), None)
        if against is not None:
            return said.words, against
    return _alternative(question, answer, known)


def _alternative(question: str, answer: str, known: list[tuple[Passage, frozenset[str]]]) -> tuple[str, Passage] | None:
    """An equivalent that an answer lets in or shuts out, against what the documents say of the same subject."""
    asked = _subject(question)
    for words in _clauses(answer):
        opens, narrows = _EQUIVALENT.search(words), _ONLY.search(words)
        if not opens and not narrows:
            continue
        denied = bool(narrows) or any(force == Force.MUST_NOT for force in _forces(words))
        codes = frozenset(_CODE.findall(words)) | frozenset(_CODE.findall(question))
        said = _Said(words, _subject(words) | asked, codes, Force.MUST_NOT if denied else Force.MAY)
        near = [passage for passage, subject in known if _same_subject(said, passage, subject)]
        has = [passage for passage in near if _EQUIVALENT.search(passage.words)]
        if denied and has and not any(_ONLY.search(passage.words) for passage in near):
            return words, has[0]
        if not denied and near and not has:
            return words, near[0]
    return None


def _statements(question: str, answer: str) -> Iterator[_Said]:
    codes = frozenset(_CODE.findall(question))
    for words in _clauses(answer):
        own = codes if not _CODE.findall(words) else frozenset(_CODE.findall(words))
        bare = words.strip(" “”\"'")
        if _YES.fullmatch(bare) or _NO.fullmatch(bare):
            yield from _answered(question, words, own, is_yes=_YES.fullmatch(bare) is not None)
            continue
        for force in _forces(words):
            about = _subject(words)
            yield _Said(words, about or _subject(question), own, force)


def _answered(question: str, words: str, codes: frozenset[str], *, is_yes: bool) -> Iterator[_Said]:
    """What a plain yes or no says: the question's own words, as they are or turned round."""
    for asked in _clauses(question):
        force = next(_forces(asked), Force.MAY)
        yield _Said(words, _subject(asked), codes, force if is_yes else _NEGATED[force])


def _clauses(text: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSE.split(text) if clause and clause.strip()]


def _forces(words: str) -> Iterator[Force]:
    """The forces that a clause's words have, each once; a word that one took isn't read again."""
    left = words
    for force, pattern in _FORCES.items():
        if pattern.search(left):
            yield force
            left = pattern.sub("\0", left)


def _subject(words: str) -> frozenset[str]:
    """What a clause is about: pairs of Chinese characters and English words, without its force and common words."""
    left = words
    for pattern in (*_FORCES.values(), _EQUIVALENT, _ONLY, _COMMON, _COMMON_ENGLISH, _CODE):
        left = pattern.sub("\0", left)
    runs = re.findall(r"[\u4e00-\u9fff]{2,}", left)
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    return frozenset(pairs | {word.rstrip("s") for word in _ENGLISH.findall(left.lower())})


def _same_subject(said: _Said, passage: Passage, subject: frozenset[str]) -> bool:
    """Whether a clause speaks of what a passage speaks of: half of the shorter one's words at least, of two or more."""
    shared = len(said.about & subject)
    least = min(len(said.about), len(subject))
    if least == 0:
        return False
    if any(f"/{code}/" in passage.place for code in said.codes):
        return shared >= 1
    return shared >= min(2, least) and shared * 2 >= least


def passages(content: Mapping[str, Any]) -> list[Passage]:
    """The clauses of the documents' content that an answer is held against."""
    found = [Passage(place, words, next(_forces(words), Force.SAID)) for place, words in _texts(content)]
    return [*found, *_consortia(bool(content["terms"].get("consortium")))]


def _consortia(accepted: bool) -> list[Passage]:
    force = Force.MAY if accepted else Force.MUST_NOT
    return [Passage("terms/consortium", words, force) for words in ("联合体投标", "bids from consortia")]


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """The places of the documents that hold sentences, clause by clause."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(part, f"{place}/{name}" if place else str(name))
    elif isinstance(value, str) and place.rsplit("/", 1)[-1] in ("zh", "en", "evidence", "standard", "contract_terms"):
        for clause in _clauses(value):
            yield place, clause
