"""The row of places under the top bar: only those the person's roles have."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from app.engine import inbox
from app.foundation.text import Text
from app.procurement import mails
from app.web import current
from app.web.permissions import allows
from app.workflow import matters


@dataclass(frozen=True)
class Place:
    """A place: the endpoint of its first page, and the beginnings of the endpoints that belong to it."""

    endpoint: str
    name: Text
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A place as a page shows it. ``late`` is how many of its tasks are overdue, ``count`` how many there are."""

    url: str
    name: Text
    is_current: bool
    count: int = 0
    late: int = 0


STAFF = (
    Place("inbox.index", Text("Inbox", "待办"), ("inbox.", "tasks.")),
    Place("cases.index", Text("Cases", "项目"), ("cases.", "starts.", "documents.")),
    Place("tenders.index", Text("Tenders", "招标"), ("tenders.",)),
    Place("queries.index", Text("Challenges", "质疑"), ("queries.",)),
    Place("experts.index", Text("Experts", "专家"), ("experts.",)),
    Place("experts.mine", Text("My details", "我的信息"), ("experts.",)),
    Place("contracts.index", Text("Contracts", "合同"), ("contracts.",)),
    Place("bonds.index", Text("Bid bonds", "投标保证金"), ("bonds.",)),
    Place("supplier.registrations", Text("Registrations", "注册审核"), ("supplier.registration", "supplier.review")),
    Place("people.organisations", Text("Organisations", "单位"), ("people.", "parties.", "breaches.")),
    Place("data.index", Text("Data", "基础数据"), ("data.",)),
    Place("studio.index", Text("Studio", "流程设计"), ("studio.",)),
    Place("operations.index", Text("Operations", "运行监控"), ("operations.",)),
    Place("figures.index", Text("Statistics", "统计"), ("figures.",)),
)
BIDS = ("supplier.index", "supplier.bid", "supplier.check", "supplier.submit", "supplier.receipt", "supplier.object")
SUPPLIER = (
    Place("supplier.index", Text("My bids", "我的投标"), BIDS),
    Place(
        "supplier.tenders_open",
        Text("Open tenders", "招标项目"),
        ("supplier.tender", "supplier.take", "supplier.ask"),
    ),
    Place("inbox.index", Text("Tasks", "待办"), ("inbox.", "tasks.")),
    Place("supplier.bonds", Text("Bid bonds", "投标保证金"), ("supplier.bond", "supplier.lodge_guarantee")),
    Place("results.index", Text("Results", "中标结果"), ("results.",)),
    Place("queries.index", Text("Challenges", "质疑"), ("queries.",)),
    Place("contracts.index", Text("Contracts", "合同"), ("contracts.", "breaches.")),
    Place("cases.index", Text("Cases", "项目"), ("cases.", "starts.", "documents.")),
    Place(
        "supplier.messages",
        Text("Messages", "消息"),
        ("supplier.messages", "supplier.open_message", "supplier.read_all"),
    ),
    Place(
        "supplier.company", Text("My company", "我的单位"), ("supplier.company", "supplier.declare_again", "people.")
    ),
)
PORTAL: tuple[Place, ...] = (
    Place("portal.index", Text("Notices", "公告"), ("portal.index", "portal.notice", "portal.tender")),
    Place("portal.results", Text("Results", "结果")),
    Place("portal.contracts", Text("Contracts", "合同"), ("portal.contract",)),
    Place("portal.breaches", Text("Records of serious breaches", "严重违法失信行为记录"), ("portal.breach",)),
    Place("portal.open_data", Text("Open data", "开放数据")),
    Place("portal.verify", Text("Verify", "验真")),
    Place("portal.about", Text("About", "关于")),
)
"""Each part of the site adds its own places; the order is that of the row."""


def shown(places: tuple[Place, ...]) -> list[Shown]:
    """The places of a row that the person may go to, the present one marked."""
    return [_show(place) for place in places if allows(place.endpoint)]


def own() -> list[Shown]:
    """The places of the person who is signed in: a supplier's, or those of staff."""
    return [] if current.account() is None else shown(SUPPLIER if is_supplier() else STAFF)


def is_supplier() -> bool:
    """Whether the person acts for a supplier."""
    return any(group.startswith("supplier-") for group in current.actor().groups)


def _show(place: Place) -> Shown:
    asked = request.endpoint or ""
    is_current = asked == place.endpoint or asked.startswith(place.covers) if place.covers else asked == place.endpoint
    waiting, late = COUNTED[place.endpoint]() if place.endpoint in COUNTED else (0, 0)
    return Shown(url_for(place.endpoint), place.name, is_current, waiting, late)


def _tasks() -> tuple[int, int]:
    """How much waits for the person, in diagrams and outside, and how much is late."""
    session, actor, now = current.session(), current.actor(), current.now()
    counted = inbox.counts(session, actor, now)
    return counted.mine + counted.group + matters.count(session, actor, now), counted.late


def _unread() -> tuple[int, int]:
    """How many messages the person hasn't opened."""
    return mails.unread(current.session(), current.person().id), 0


COUNTED = {"inbox.index": _tasks, "supplier.messages": _unread}
"""The places that show how much waits there."""
