"""What an office needs before its first notice, and what of it is missing: looked up each time, never ticked off by hand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.engine.records import Definition, Deployment
from app.engine.states import DeploymentState
from app.foundation import clock, workdays
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import grants, organisations, roles
from app.identity.grants import Grant
from app.identity.organisations import Organisation
from app.procurement.experts import Expert
from app.procurement.projects import BudgetLine
from config import Config

NEEDED = {
    "buyer": ("buyer-handler", "buyer-reviewer", "buyer-contract-officer", "payment-officer"),
    "agency": ("agency-officer", "agency-host"),
    "finance": ("finance-officer",),
}
"""The roles without which a procurement stops, by kind of organisation."""
SECOND_PERSONS = ("administrator", "finance-officer")
"""Whose entries a second holder of the same role confirms."""


@dataclass(frozen=True)
class Step:
    """One need: whether it is met, what is missing, and the page that helps (an endpoint; empty: a setting)."""

    title: Text
    done: bool
    missing: Text
    endpoint: str = ""


def look(session: Session, config: Config) -> list[Step]:
    """Every need in the order in which an office meets it."""
    return [
        _organisations(session, "platform", Text("The office that runs this service", "平台管理机构")),
        _second_administrator(session),
        _organisations(session, "finance", Text("A finance department", "财政部门")),
        _organisations(session, "buyer", Text("Buyers", "采购人")),
        _organisations(session, "agency", Text("A procurement agency", "采购代理机构")),
        _people(session),
        _calendar(session),
        _budget(session),
        _procedures(session),
        _registrar(session),
        _experts(session),
        _mail(config),
        _address(config),
    ]


def _second_administrator(session: Session) -> Step:
    count = len(grants.holders(session, "administrator"))
    return Step(
        Text("Two administrators", "两名系统管理员"),
        count >= 2,
        Text(
            "Holidays and imports are confirmed by a second administrator. Add one.",
            "放假安排和批量导入须由另一名系统管理员复核，请再添加一名。",
        ),
        "people.add",
    )


def _organisations(session: Session, kind: str, title: Text) -> Step:
    found = organisations.count_by_kind(session).get(kind, 0)
    return Step(title, found > 0, Text("None has been entered.", "尚未登记。"), "people.add_organisation")


def _people(session: Session) -> Step:
    """Every buyer, agency and finance department has somebody for each role a procurement needs."""
    now = clock.now(session)
    held = {(grant.organisation_id, grant.role) for grant in session.scalars(select(Grant).where(*grants.holding(now)))}
    lacking = [
        (row.name, roles.name(role))
        for row in session.scalars(
            select(Organisation).where(Organisation.kind.in_(NEEDED)).order_by(Organisation.name_zh)
        )
        for role in NEEDED[row.kind]
        if (row.id, role) not in held
    ]
    departments = {row.id for row in organisations.of_kind(session, "finance")}
    alone = [
        row.name
        for row in organisations.by_ids(session, departments)
        if len(grants.holders(session, "finance-officer", row.id)) == 1
    ]
    english = [f"{name.en}: {role.en}" for name, role in lacking] + [
        f"{name.en}: a second finance supervisor" for name in alone
    ]
    chinese = [f"{name.zh}：{role.zh}" for name, role in lacking] + [
        f"{name.zh}：第二名财政部门监管人员" for name in alone
    ]
    enough = bool(departments) and not lacking and not alone
    none = Text("There are no organisations yet.", "尚无可任职的单位。")
    missing = Text("; ".join(english[:12]) + ".", "；".join(chinese[:12]) + "。") if english else none
    return Step(Text("People with roles", "人员与角色"), enough, missing, "people.index")


def _calendar(session: Session) -> Step:
    calendar, today = workdays.load(session), local_day(clock.now(session))
    # The notice for the next year comes out in November; periods that begin then reach into it.
    wanted = [today.year] + ([today.year + 1] if today.month >= 11 else [])
    missing = [str(year) for year in wanted if not calendar.is_official(year)]
    return Step(
        Text("The year's working days", "年度工作日历"),
        not missing,
        Text(
            f"The holidays of {', '.join(missing)} have not been entered. Dates that depend on them are uncertain.",
            f"尚未录入{'、'.join(missing)}年放假安排，涉及该年度的日期无法确定。",
        ),
        "data.calendar",
    )


def _budget(session: Session) -> Step:
    year = local_day(clock.now(session)).year
    lines = session.scalar(select(func.count()).select_from(BudgetLine).where(BudgetLine.year >= year))
    return Step(
        Text("Budget lines", "预算项目"),
        bool(lines),
        Text(
            "Buyers cannot apply yet. Their finance department enters budget lines in “Data”.",
            "采购人尚无法提出采购申请：请财政部门在“基础数据”中录入预算项目。",
        ),
        "data.index",
    )


def _procedures(session: Session) -> Step:
    deployed = (
        select(func.count())
        .select_from(Definition)
        .join(Deployment)
        .where(Deployment.state == DeploymentState.DEPLOYED)
    )
    return Step(
        Text("Procedures", "采购流程"),
        bool(session.scalar(deployed)),
        Text(
            "None has been deployed: run flask --app run deploy processes.",
            "尚未部署：请运行 flask --app run deploy processes。",
        ),
        "studio.index",
    )


def _registrar(session: Session) -> Step:
    return Step(
        Text("A registrar", "注册审核员"),
        bool(grants.holders(session, "registrar")),
        Text("No one can review the registrations of suppliers.", "无人审核供应商注册。"),
        "people.index",
    )


def _experts(session: Session) -> Step:
    count = session.scalar(select(func.count()).select_from(Expert)) or 0
    return Step(
        Text("Review experts", "评审专家"),
        count >= 5,
        Text(
            f"An evaluation draws at least 5 experts. The pool has {count}.",
            f"评标至少抽取五名专家，专家库现有{count}名。",
        ),
        "experts.index",
    )


def _mail(config: Config) -> Step:
    return Step(
        Text("Email", "邮件发送"),
        bool(config.smtp_url),
        Text(
            "SMTP_URL is not set. Emails are not sent and you must pass on links yourself.",
            "未设置SMTP_URL：邮件暂存，链接需自行转交。",
        ),
    )


def _address(config: Config) -> Step:
    return Step(
        Text("The address of this service", "本平台网址"),
        "127.0.0.1" not in config.base_url and "localhost" not in config.base_url,
        Text(
            f"BASE_URL is {config.base_url}: links in emails do not work from outside.",
            f"BASE_URL为{config.base_url}，邮件中的链接无法从外部访问。",
        ),
    )
