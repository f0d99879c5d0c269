"""The Atom feed of notices (RFC 4287): what was published last, for anybody who wants to be told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from lxml import etree

from app.foundation.text import text_of
from app.procurement.disclosure.board import KINDS
from app.procurement.publishers import Publisher
from app.procurement.tenders import Notice

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"


def atom(publisher: Publisher, notices: Iterable[Notice], *, path: str, language: str, now: datetime) -> bytes:
    """The feed in one language; its entries keep their ids for good."""
    notices = list(notices)
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", "zh-Hans" if language == "zh" else "en")
    _text(feed, "id", publisher.address(path))
    _text(feed, "title", publisher.name.in_(language))
    _text(feed, "updated", _instant(max((notice.published_at for notice in notices), default=now)))
    _link(feed, publisher.address(path), "self")
    author = etree.SubElement(feed, f"{{{ATOM}}}author")
    _text(author, "name", publisher.name.in_(language))
    for notice in notices:
        entry = etree.SubElement(feed, f"{{{ATOM}}}entry")
        address = publisher.address(f"portal/notices/{notice.id}")
        _text(entry, "id", address)
        _text(entry, "title", text_of(notice.title).in_(language))
        _text(entry, "updated", _instant(notice.published_at))
        _text(entry, "published", _instant(notice.published_at))
        _link(entry, address, "alternate")
        kind = etree.SubElement(entry, f"{{{ATOM}}}category", term=notice.kind)
        if notice.kind in KINDS:
            kind.set("label", KINDS[notice.kind].in_(language))
    return etree.tostring(feed, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _link(parent: etree._Element, address: str, relation: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}link", rel=relation, href=address)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
