"""The first page of operations: what needs a look, then all running cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.engine import definitions, incidents, scrubbing
from app.engine.records import BufferedMessage
from app.foundation import doubts, outbox
from app.foundation.journal import JournalCheckpoint
from app.foundation.release import VERSION
from app.foundation.text import Text
from app.web import current, listing, templating
from app.web.operations import blueprint, finding, queues
from app.web.operations.words import STATES, TONES
from app.workflow import stages, unseen

CHECKPOINT_LATE = timedelta(hours=2)
"""A checkpoint and a comparison come at least every hour; after twice that something is wrong."""
HEADER = (
    Text("Case", "项目编号"),
    Text("Title", "项目名称"),
    Text("Procedure", "流程"),
    Text("Version", "版本"),
    Text("State", "状态"),
    Text("Stage", "阶段"),
    Text("Waits for", "等待事项"),
    Text("Waiting since", "等待开始时间"),
    Text("Started", "发起时间"),
    Text("Last activity", "最近进展"),
)


@dataclass(frozen=True)
class Look:
    """One thing to look at. ``tone`` is a tag's, ``said`` its word, ``more`` one sentence."""

    name: Text
    tone: str
    said: Text
    more: Text | None = None
    url: str | None = None


@blueprint.get("")
def index() -> str | Response:
    """Show what needs a look, and the cases as the address filters them."""
    session = current.session()
    asked = listing.asked(sorts=finding.SORTS)
    wanted = finding.Wanted(
        show=listing.chosen("show", finding.SHOWS, "running"),
        process_id=request.args.get("process", ""),
        version=request.args.get("version", ""),
        stage=request.args.get("stage", ""),
        search=asked.search,
    )
    names = {definition.key: definition.name for definition in definitions.all_latest(session)}
    if asked.wants_csv:
        return listing.csv(templating.translate("Cases", "项目"), HEADER, _exported(wanted, asked))
    shows = finding.shows(session, wanted)
    found = finding.page(session, wanted, asked)
    return render_template(
        "operations/index.html",
        looks=looks(),
        asked=asked,
        wanted=wanted,
        rows=listing.Rows(found, asked.page, asked.size, shows[wanted.show]),
        shows=[(name, words, shows[name]) for name, words in finding.SHOWS.items()],
        processes=finding.processes(session, wanted),
        versions=finding.versions(session, wanted),
        stages=finding.stages(session, wanted),
        names=names,
        states=STATES,
        tones=TONES,
        release=VERSION,
    )


def _exported(wanted: finding.Wanted, asked: listing.Asked) -> Iterator[list[Any]]:
    zone = current.zone()
    for case in finding.page(current.session(), wanted, asked):
        row = case.row
        yield [
            row.business_key or row.id,
            case.title,
            case.definition.name,
            case.definition.version,
            STATES[row.state],
            templating.listed([stages.name(stage) for stage in case.stages]),
            templating.listed([one.name for one in case.awaited]),
            f"{case.since.astimezone(zone):%Y-%m-%d %H:%M}" if case.awaited else None,
            f"{row.started_at.astimezone(zone):%Y-%m-%d %H:%M}",
            f"{row.moved_at.astimezone(zone):%Y-%m-%d %H:%M}",
        ]


def looks() -> list[Look]:
    """What an administrator looks at first, each with whether it is well."""
    return [_incidents(), _unseen(), _timers(), _mails(), _messages(), _journal(), _scrub(), _keeper(), _clocks()]


def _incidents() -> Look:
    open_ones = incidents.count(current.session())
    return _counted(Text("Open incidents", "未处理异常"), open_ones, "late", url_for("operations.incidents"))


def _unseen() -> Look:
    waiting = unseen.count(current.session())
    more = (
        Text("No active person has a role that can do them.", "没有任何有效用户具有可办理的角色。") if waiting else None
    )
    url = url_for("operations.index", show="nobody")
    return _counted(Text("Tasks no one can do", "无人可办的任务"), waiting, "late", url, more)


def _timers() -> Look:
    late = queues.count_timers(current.session(), "late", current.now())
    held_up = Text("They should have fired by now.", "定时器到期后未触发。") if late else None
    return _counted(Text("Late timers", "逾期定时器"), late, "late", url_for("operations.timers", show="late"), held_up)


def _mails() -> Look:
    session = current.session()
    name, url = Text("Emails", "邮件"), url_for("operations.mails")
    given_up, waiting = len(outbox.failed(session)), outbox.waiting(session)
    if given_up:
        said = Text("%(n)s failed", "%(n)s封发送失败").filled(n=given_up)
        return Look(name, "late", said, None, url_for("operations.mails", show="failed"))
    if waiting and not current.config().smtp_url:
        more = Text(
            "No email server is set (SMTP_URL), so no email is sent.",
            "未配置邮件服务器（SMTP_URL），邮件不会发出。",
        )
        return Look(name, "soon", Text("%(n)s waiting", "%(n)s封待发").filled(n=waiting), more, url)
    said = Text("%(n)s waiting", "%(n)s封待发").filled(n=waiting) if waiting else Text("all sent", "全部发出")
    return Look(name, "done", said, None, url)


def _messages() -> Look:
    waiting = current.session().scalar(select(func.count()).select_from(BufferedMessage)) or 0
    name = Text("Messages waiting for receivers", "等待接收的消息")
    return _counted(name, waiting, "waiting", url_for("operations.messages"))


def _journal() -> Look:
    session = current.session()
    last = session.scalars(select(JournalCheckpoint).order_by(JournalCheckpoint.sequence.desc()).limit(1)).first()
    name, url = Text("Journal, last checkpoint", "存证日志最近检查点"), url_for("operations.journal")
    if last is None:
        more = Text("The first one comes a minute after the start.", "首个检查点在系统启动一分钟后生成。")
        return Look(name, "waiting", Text("none yet", "暂无"), more, url)
    said = templating.when(last.at)
    if current.now() - last.at <= CHECKPOINT_LATE:
        return Look(name, "done", Text(said, said), None, url)
    stopped = Text(
        "One is made at least every hour. Check that the scheduler is running.",
        "至少每小时生成一次，请检查调度程序是否运行。",
    )
    return Look(name, "late", Text(said, said), stopped, url)


def _scrub() -> Look:
    last = scrubbing.latest(current.session())
    name, url = Text("Records compared with the journal", "存证核验"), url_for("operations.journal")
    if last is None:
        more = Text("The first comparison comes an hour after the start.", "首次核验在系统启动一小时后进行。")
        return Look(name, "waiting", Text("not yet", "尚未进行"), more, url)
    if last.found:
        said = Text("%(n)s differ", "发现%(n)s处不一致").filled(n=last.found)
        return Look(
            name, "late", said, Text("Someone may have changed the database by hand.", "数据库可能被人为改动。"), url
        )
    at, late = templating.when(last.at), current.now() - last.at > CHECKPOINT_LATE
    return Look(name, "late" if late else "done", Text(at, at), None, url)


def _keeper() -> Look:
    name = Text("Key service", "密钥保管服务")
    if current.house().keeper.answers():
        return Look(name, "done", Text("running", "正常"))
    more = Text(
        "Tenders cannot be published and bids cannot be opened until it is running again.",
        "恢复之前无法发布招标，也无法开标。",
    )
    return Look(name, "late", Text("not responding", "无响应"), more)


def _clocks() -> Look:
    found = len(doubts.unseen(current.session()))
    name, url = Text("Clocks", "时钟"), url_for("operations.clocks")
    if not found:
        return Look(name, "done", Text("agree", "一致"), None, url)
    more = Text(
        "No bids are opened and no lot fails until someone has checked.", "在核查确认之前，不开标，也不发布废标公告。"
    )
    return Look(name, "late", Text("apart", "有偏差"), more, url)


def _counted(name: Text, number: int, tone: str, url: str, more: Text | None = None) -> Look:
    said = Text(f"{number:,}", f"{number:,}") if number else Text("none", "无")
    return Look(name, tone if number else "done", said, more, url)
