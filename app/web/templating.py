"""What every template can call. They are globals of the environment, so that macros need no ``with context``.

Words: ``t("English", "中文", name=value)`` · ``w(text)`` (a Text, or anything else as it is) · ``language()`` · ``html_lang()``
Words that a person typed: ``spoken(text)`` and, with its line breaks, ``lines(text)``: what isn't in the page's language is marked
with its own (WCAG 2.2, 3.1.2) · ``own_first(documents)`` · ``by_age(documents)``
Times: ``when(at)`` · ``day(on)`` · ``stamp(at)`` (a ``<time>``) · ``ago(at)`` · ``until(due)`` · ``remaining(due)`` · ``due_point(due)``
· ``urgency(due)`` · ``now()``; ``style`` is long, medium or short
Figures: ``money(amount)`` · ``number(value)`` · ``percent(ratio)`` · ``size(bytes)`` · ``plural(n, "%(n)s bid", "%(n)s bids", "%(n)s份")``
Law: ``law("O87 38")`` in words
Look: ``theme()`` · ``themes`` · ``in_theme(id)`` · ``stage_name(id)`` · ``stage_phase(id)`` (its colour)
Files: ``accept(endpoint)`` (what a file field lets choose) · ``kinds_of_files(endpoint)`` (the same in words)
Addresses: ``url(endpoint, **parts)`` · ``with_query(**changes)`` (this page, its query changed) · ``allows(endpoint, **parts)``
People: ``person()`` · ``actor()`` · ``office()`` · ``acting()`` (organisation acted for) · ``other_places()``
· ``sign_in_address()`` · ``session_left()`` (seconds)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request, url_for
from markupsafe import Markup

from app.engine.records import InstanceRow, OpenTaskRow
from app.foundation.documents import Document
from app.foundation.text import Text, in_language
from app.foundation.workdays import Uncertain
from app.identity import grants, organisations, roles, sessions
from app.procurement.rules import laws
from app.procurement.tenders import places as places_of_documents
from app.procurement.tenders import terms
from app.web import current, files, language, notices, places, speaking, theme, words
from app.web.permissions import allows
from app.workflow import cases, stages, starts


def install(app: Flask) -> None:
    """Give the environment its globals."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(GLOBALS)
    app.jinja_env.filters["spoken"] = lambda markup: speaking.marked(language.language(), markup)


def place() -> words.Place:
    """Language, zone, time and calendar of the page at hand, read once."""
    if "place" not in g:
        g.place = words.Place(language.language(), current.zone(), current.now(), current.calendar)
    found: words.Place = g.place
    return found


def translate(en: str, zh: str, **values: Any) -> str:
    """The sentence in the language of the page, with its ``%(name)s`` places filled in; markup when one of them is."""
    wanted = language.language()
    sentence = zh if wanted == "zh" else en
    if any(isinstance(value, Markup) for value in values.values()):
        sentence = Markup(sentence)  # a template's own words; what is filled in is escaped
    return sentence % {name: in_language(value, wanted) for name, value in values.items()} if values else sentence


def written(value: Any) -> Any:
    """A Text in the language of the page; anything else as it is, nothing as the empty string."""
    return "" if value is None else in_language(value, language.language())


def html_lang() -> str:
    """The page's language as an HTML ``lang``."""
    return language.TAGS[language.language()]


def stamp(at: datetime | None, style: str = "medium", with_zone: bool = False) -> Markup:
    """An instant as a ``<time>`` with its exact value."""
    if at is None:
        return Markup("")
    local = at.astimezone(current.zone()).isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(local, words.when(place(), at, style, with_zone=with_zone))


def with_query(**changes: Any) -> str:
    """The address of this page with its query changed; None takes a part away."""
    query = request.args.to_dict(flat=False)
    query.pop("lang", None)
    query.pop("theme", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value if isinstance(value, list) else [str(value)]
    address = url_for(request.endpoint or "shell.home", **(request.view_args or {}))
    return f"{address}?{urlencode(query, doseq=True)}" if query else address


def in_other_language() -> str:
    """This page in the other language, for a link; where it can't be asked for again, the first page."""
    if request.method in current.SAFE and request.endpoint is not None:
        return with_query(lang=language.other())
    return url_for("shell.home", lang=language.other())


def in_theme(wanted: str) -> str:
    """This page in another theme, for a link; where it can't be asked for again, the first page."""
    if request.method in current.SAFE and request.endpoint is not None:
        return with_query(theme=wanted)
    return url_for("shell.home", theme=wanted)


def sign_in_address() -> str:
    """The sign-in page, which leads back to this one where it can be asked for again."""
    endpoint = request.endpoint or ""
    leads_back = request.method in current.SAFE and not endpoint.startswith("identity.") and endpoint != "portal.index"
    return url_for("identity.sign_in", next=request.full_path.rstrip("?") if leads_back and endpoint else None)


def acting() -> organisations.Organisation | None:
    """The organisation the person acts for."""
    if "acting" not in g:
        wanted = current.actor().organisation_id
        g.acting = current.session().get(organisations.Organisation, wanted) if wanted else None
    found: organisations.Organisation | None = g.acting
    return found


def other_places() -> list[organisations.Organisation]:
    """The further organisations the person could act for."""
    possible = grants.places(current.held())
    wanted = [place for place in possible if place != current.actor().organisation_id]
    return [organisations.get(current.session(), place) for place in wanted]


def draft_title(task: OpenTaskRow) -> str:
    """What the person at hand calls the case that they are still writing, from the draft of its first form."""
    draft = task.draft if task.draft is not None and task.draft_by == current.actor().id else {}
    for name, values in (draft or {}).items():
        text = values[0] if isinstance(values, list) and values else values
        if name.startswith("title") and isinstance(text, str) and text.strip():
            return text.strip()
    return ""


def case_number(row: InstanceRow | OpenTaskRow) -> str:
    """A case's number; before it has one, the end of its id, which lists can be searched for and which no other has."""
    if row.business_key:
        return row.business_key
    identity = row.instance_id if isinstance(row, OpenTaskRow) else row.id
    return translate("no number yet (%(id)s)", "尚无编号（%(id)s）", id=identity[-cases.MARK :])


def session_left() -> int:
    """How many seconds the person's session lives on if it isn't used."""
    found = current.signed_in()
    return int(sessions.left(current.session(), found).total_seconds()) if found is not None else 0


def role_names() -> list[Text]:
    """The names of the roles in which the person acts."""
    return [role.name for role in roles.ROLES.values() if current.actor().has_role(role.id)]


def initials(name: str) -> str:
    """What stands in a person's circle: the first Chinese sign, or two capitals."""
    first = name.strip()[:1]
    if first and not first.isascii():
        return first
    return "".join(part[0] for part in name.split()[:2]).upper()


def listed(values: Iterable[Any]) -> str:
    """Several words as one phrase, joined as the language joins them."""
    return translate(", ", "、").join(str(written(value)) for value in values)


def browser(agent: str) -> str:
    """A browser's name for people, from what it says of itself: "Edge, Windows"."""
    names = ("Edg/Edge", "OPR/Opera", "Firefox/Firefox", "Chrome/Chrome", "Safari/Safari")
    systems = ("Windows/Windows", "Android/Android", "iPhone/iPhone", "iPad/iPad", "Mac OS/macOS", "Linux/Linux")
    found = [
        next((name for sign, name in (one.split("/") for one in known) if sign in agent), "")
        for known in (names, systems)
    ]
    return ", ".join(filter(None, found)) or translate("Unknown browser", "未知浏览器")


def spoken(value: Any) -> Any:
    """A text for a page, what isn't in the page's language marked with its own; markup and numbers as they are."""
    value = written(value)
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return Markup("").join(
        Markup('<span class="tw-hash">{}</span>').format(part) if _DIGEST.fullmatch(part) else _by_language(part)
        for part in _DIGEST.split(value)
    )


_DIGEST = re.compile(r"\b([0-9a-f]{64})\b")
"""What two people compare sign by sign stands out from the words around it."""


def _by_language(text: str) -> Markup:
    pieces = words.by_language(language.language(), text)
    return Markup("").join(
        Markup('<span lang="{}">{}</span>').format(tag, piece) if tag else piece for piece, tag in pieces
    )


def lines(text: str | None) -> Markup:
    """A text with its line breaks kept."""
    return Markup("<br>").join(spoken(line) for line in (text or "").splitlines())


PDF = "application/pdf"
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""The kinds of pictures that every browser shows."""


def is_read_here(document: Document) -> bool:
    """Whether what a file says can be shown beside what is decided by it: a text, a picture, the pages of a PDF."""
    return document.media_type.startswith("text/") or document.media_type in PICTURES or document.media_type == PDF


def own_first(papers: list[Document]) -> list[Document]:
    """The files with a name in the page's language, then the others: of a paper in both languages first one's own."""
    other_tag = language.TAGS[language.other()]
    return sorted(papers, key=lambda paper: next(words.by_language(language.language(), paper.name))[1] == other_tag)


REDRAWN = frozenset({"agreement", "tender_documents", "contract"})
"""Papers of which the case holds one, drawn or signed anew when it changes: only of these does a later file stand for an
earlier one. Two bidders, two deliveries or two payments bring files of one name, and each of them is another file."""


def by_age(papers: list[Document]) -> tuple[list[Document], list[Document]]:
    """The files that count, and those that a later one of the same paper stands for; each in the order given."""
    latest: dict[tuple[str, ...], Document] = {}
    for paper in sorted(papers, key=lambda paper: (paper.created_at, paper.id)):
        own = (paper.case_id or "", paper.kind, paper.name) if paper.kind in REDRAWN else (paper.id,)
        latest[own] = paper
    counting = {paper.id for paper in latest.values()}
    return [paper for paper in papers if paper.id in counting], [paper for paper in papers if paper.id not in counting]


def may_start() -> bool:
    """Whether there is a procedure that the person at hand may start: who starts nothing is offered nothing."""
    return allows("starts.index") and bool(starts.offered(current.engine(), current.session(), current.actor()))


def in_both(papers: list[Document]) -> list[tuple[Document, Document | None]]:
    """Each paper once, with its other language where it was drawn in both at the same instant; the page's language leads."""
    own, other = language.language(), language.other()
    drawn: dict[tuple[str | None, str, datetime], dict[str, list[Document]]] = {}
    for paper in papers:
        same = drawn.setdefault((paper.case_id, paper.kind, paper.created_at), {})
        same.setdefault(words.written_in(paper.name), []).append(paper)
    found: list[tuple[Document, Document | None]] = []
    seconds: set[str] = set()
    for spoken in drawn.values():
        first, second = spoken.get(own, []), spoken.get(other, [])
        # of a paper that was also signed at once there are two in one language: the last of each belong together
        partners = {one.id: two for one, two in zip(reversed(first), reversed(second), strict=False)}
        seconds.update(paper.id for paper in partners.values())
        found += [(paper, partners.get(paper.id)) for some in spoken.values() for paper in some]
    order = {paper.id: place for place, paper in enumerate(papers)}
    return sorted((pair for pair in found if pair[0].id not in seconds), key=lambda pair: order[pair[0].id])


def when(at: datetime | None, style: str = "medium", with_zone: bool = False) -> str:
    """An instant as people write it at the place."""
    return words.when(place(), at, style, with_zone=with_zone)


def day(on: date | datetime | Uncertain | str | None, style: str = "medium") -> str:
    """A day as people write it."""
    return words.day(place(), on, style)


GLOBALS: dict[str, Any] = {
    "in_both": in_both,
    "may_start": may_start,
    "t": translate,
    "w": written,
    "language": language.language,
    "other_language": language.other,
    "in_other_language": in_other_language,
    "theme": theme.chosen,
    "themes": theme.THEMES,
    "in_theme": in_theme,
    "stage_name": stages.name,
    "stage_phase": stages.phase,
    "language_tag": lambda spoken: language.TAGS[spoken],
    "html_lang": html_lang,
    "when": when,
    "day": day,
    "stamp": stamp,
    "accept": files.accept,
    "kinds_of_files": files.said,
    "difference": places_of_documents.value,
    "ago": lambda at: words.ago(place(), at),
    "until": lambda due: words.until(place(), due),
    "remaining": lambda due: words.remaining(place(), due),
    "due_point": lambda due: words.due_point(place(), due),
    "urgency": lambda due: words.urgency(place(), due),
    "zone_key": lambda: current.zone().key,
    "zone_name": lambda: words.zone_name(place()),
    "now": current.now,
    "money": lambda amount, currency="CNY": words.money(language.language(), amount, currency),
    "number": lambda value, places=None: words.number(language.language(), value, places=places),
    "percent": lambda ratio: words.percent(language.language(), ratio),
    "size": lambda count: words.size(language.language(), count),
    "plural": lambda count, one, many, zh: written(words.plural(count, one, many, zh)),
    "listed": listed,
    "browser": browser,
    "law": lambda cited: written(laws.citation(cited)),
    "performance_period": lambda days: written(terms.performance(days)),
    "acceptance_period": lambda days: written(terms.acceptance(days)),
    "spoken": spoken,
    "lines": lines,
    "is_read_here": is_read_here,
    "own_first": own_first,
    "by_age": by_age,
    "initials": initials,
    "url": url_for,
    "with_query": with_query,
    "allows": allows,
    "person": current.account,
    "actor": current.actor,
    "office": current.office,
    "acting": acting,
    "other_places": other_places,
    "role_names": role_names,
    "sign_in_address": sign_in_address,
    "session_left": session_left,
    "case_number": case_number,
    "draft_title": draft_title,
    "own_places": places.own,
    "portal_places": lambda: places.shown(places.PORTAL),
    "notices": notices.waiting,
    "is_demonstration": lambda: current.config().demonstration,
}
