"""Organisations and people by sheet, for an office that begins with many of them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.actor import Actor
from app.foundation.columns import Column
from app.foundation.text import Text
from app.identity import accounts, grants, organisations, roles
from app.identity.organisations import Organisation
from app.procurement.rules import dated
from app.workflow.feeding.tables import Known, Scope, Table, Values

ENTERED = ("finance", "buyer", "agency", "platform")
"""The kinds that an administrator enters, in the order in which others refer to them; suppliers register themselves."""
KINDS = {kind: organisations.KINDS[kind] for kind in ENTERED}
PLAIN = ("name_zh", "name_en", "region", "short_code", "address", "contact_name", "contact_phone")
ROLES = {role.id: role.name for role in roles.ROLES.values() if role.kind != "supplier"}


def named(session: Session, named: str, kind: str | None = None) -> Organisation | None:
    """The organisation of a social credit code or Chinese name."""
    statement = select(Organisation).where((Organisation.uscc == named.upper()) | (Organisation.name_zh == named))
    found = list(session.scalars(statement.where(Organisation.kind == kind) if kind else statement))
    return found[0] if len(found) == 1 else None


def _find_organisation(session: Session, _scope: Scope, values: Values) -> Known | None:
    found = organisations.by_code(session, values["uscc"].upper())
    if found is None:
        return None
    fixed = {"kind": found.kind} | {name: getattr(found, name) for name in PLAIN}
    level = found.budget_level if values.get("budget_level") else ""  # an empty cell leaves it as it is
    return Known(found, fixed | {"budget_level": level})


def _check_organisation(
    session: Session, _scope: Scope, values: Values, known: Known | None
) -> Iterator[tuple[str, Text]]:
    try:
        organisations.checked_code(values["uscc"])
    except organisations.SocialCreditCodeInvalid as refusal:
        yield "uscc", refusal.sentence
    if values.get("kind") == "buyer" and named(session, values.get("supervisor", ""), "finance") is None:
        yield "supervisor", organisations.SupervisorUnfit().sentence
    for problem in dated.place_problems(values.get("region", "CN")):
        yield "region", problem.sentence
    if values.get("budget_level") and values.get("kind") != "finance":
        yield "budget_level", organisations.LevelUnfit().sentence
    if known is not None and any(known.values[name] != values[name] for name in _fixed(known) if name in values):
        yield "uscc", organisations.OrganisationExists(uscc=values["uscc"]).sentence


def _fixed(known: Known) -> list[str]:
    """What a row may not change of an organisation: all but the budget level, and the region where it said the country only."""
    is_open = known.record.region == "CN"
    return ["kind", *(name for name in PLAIN if name != "region" or not is_open)]


def _enter_organisation(session: Session, actor: Actor, _scope: Scope, values: Values, known: Known | None) -> object:
    if known is not None:
        level = values["budget_level"] or known.record.budget_level
        return organisations.settle(
            session, actor, organisation_id=known.record.id, region=values["region"], budget_level=level
        )
    supervisor = named(session, values["supervisor"], "finance") if values["kind"] == "buyer" else None
    return organisations.register(
        session,
        actor,
        kind=values["kind"],
        uscc=values["uscc"],
        name=Text(values["name_en"] or values["name_zh"], values["name_zh"]),
        region=values["region"],
        short_code=values["short_code"],
        address=values["address"],
        contact_name=values["contact_name"],
        contact_phone=values["contact_phone"],
        supervisor_id=supervisor.id if supervisor is not None else None,
        budget_level=values["budget_level"],
    )


ORGANISATIONS = Table(
    id="organisations",
    name=Text("Organisations", "单位"),
    lead=Text(
        "Finance departments, buyers, agencies and the platform office. Suppliers register themselves. Of those that are "
        "entered only the budget level can be changed, and a jurisdiction of CN.",
        "财政部门、采购人、采购代理机构和平台管理机构；供应商自行注册。已登记单位仅可变更预算级次，以及填写为CN的所属地区。",
    ),
    role="administrator",
    columns=(
        Column("kind", Text("Kind", "类别"), "choice", choices=KINDS),
        Column("uscc", Text("Unified social credit code", "统一社会信用代码"), longest=18),
        Column("name_zh", Text("Chinese name", "中文名称")),
        Column("name_en", Text("English name", "英文名称"), required=False),
        Column(
            "supervisor",
            Text("Supervised by", "监管财政部门"),
            required=False,
            hint=Text(
                "For buyers: the finance department's code or name; enter it first",
                "采购人填写：财政部门的统一社会信用代码或者名称，须先行登记",
            ),
        ),
        Column(
            "budget_level",
            Text("Budget level", "预算级次"),
            "choice",
            required=False,
            choices=organisations.LEVELS,
            hint=Text(
                "For finance departments: whose budget it looks after; its buyers follow the catalogue of this level",
                "财政部门填写：本级预算级次，所监管采购人适用该级次的集中采购目录",
            ),
        ),
        Column("region", Text("Jurisdiction", "所属地区"), longest=12, default="CN"),
        Column("short_code", Text("Prefix of its numbers", "编号前缀"), required=False, longest=10),
        Column("address", Text("Address", "地址"), required=False, longest=300),
        Column("contact_name", Text("Contact", "联系人"), required=False, longest=100),
        Column("contact_phone", Text("Telephone", "联系电话"), required=False, longest=50),
    ),
    key=("uscc",),
    find=_find_organisation,
    check=_check_organisation,
    enter=_enter_organisation,
    examples=lambda _session, _scope: [
        ("财政部门", "11510700MB0X10003N", "江城市财政局", "", "", "设区的市级", "CN", "JC", "", "", ""),
    ],
    order=lambda values: ENTERED.index(values["kind"]),
)
"""What administrators enter of organisations."""


def _find_person(session: Session, _scope: Scope, values: Values) -> Known | None:
    account = accounts.by_login(session, values["login"].lower())
    if account is None or values["role"] not in {grant.role for grant in grants.of_account(session, account.id)}:
        return None
    return Known(account, {"name": account.name, "email": account.email})


def _check_person(session: Session, _scope: Scope, values: Values, _known: Known | None) -> Iterator[tuple[str, Text]]:
    kind = roles.ROLES[values["role"]].kind
    if kind is not None and named(session, values.get("organisation", ""), kind) is None:
        needed = organisations.KINDS[kind]
        yield (
            "organisation",
            Text(
                f"This role belongs to a {needed.en.lower()}. Enter its code or name.",
                f"该角色属于{needed.zh}，请填写其代码或者名称。",
            ),
        )
    told = {name: values.get(name, "") for name in ("login", "name", "email")}
    for refusal in accounts.problems(session, **told):
        if refusal.field in told and refusal.field in values and not isinstance(refusal, accounts.LoginTaken):
            yield refusal.field, refusal.sentence


def _enter_person(session: Session, actor: Actor, _scope: Scope, values: Values, known: Known | None) -> object:
    account = accounts.by_login(session, values["login"].lower())
    if account is None:
        account = accounts.create(
            session,
            actor,
            login=values["login"],
            name=values["name"],
            email=values["email"],
            language=values["language"],
        )
    elif (account.name, account.email) != (values["name"], values["email"]):
        accounts.change_details(session, actor, account_id=account.id, name=values["name"], email=values["email"])
    if known is not None:
        return account
    kind = roles.ROLES[values["role"]].kind
    place = named(session, values["organisation"], kind) if kind is not None else None
    return grants.grant(
        session, actor, account_id=account.id, role=values["role"], organisation_id=place.id if place else None
    )


PEOPLE = Table(
    id="people",
    name=Text("People", "人员"),
    lead=Text(
        "People and their roles, a row for each role. Invite them afterwards from their pages.",
        "人员及其角色，每个角色一行。录入后请在人员页面发出邀请。",
    ),
    role="administrator",
    columns=(
        Column("login", Text("Sign-in name", "登录名"), longest=64),
        Column("name", Text("Name", "姓名")),
        Column("email", Text("Email address", "电子邮箱"), longest=254),
        Column(
            "language",
            Text("Language", "语言"),
            "choice",
            choices={"zh": Text("Chinese", "中文"), "en": Text("English", "英文")},
            default="zh",
        ),
        Column("role", Text("Role", "角色"), "choice", choices=ROLES),
        Column(
            "organisation",
            Text("Organisation", "单位"),
            required=False,
            hint=Text("Its code or Chinese name", "统一社会信用代码或者单位名称"),
        ),
    ),
    key=("login", "role"),
    find=_find_person,
    check=_check_person,
    enter=_enter_person,
    examples=lambda _session, _scope: [("wangming", "王明", "wang@example.org", "中文", "审计人员", "")],
)
"""What administrators enter of people."""
