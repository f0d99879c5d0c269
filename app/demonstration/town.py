"""Jiangcheng: its organisations, its people and what they may do, its budget, its experts, its procedures.

Everything is made by the same acts as anywhere else; only the names are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine import definitions, scenarios
from app.engine.engine import Engine
from app.foundation import clock, workdays
from app.foundation.actor import SYSTEM, Actor
from app.foundation.text import Text
from app.foundation.workdays import local_day
from app.identity import accounts, grants, organisations, passwords
from app.identity.accounts import Account
from app.identity.organisations import Organisation
from app.procurement import bonds, experts, projects, suppliers

PASSWORD = "willow-bridge-lantern-27"  # noqa: S105 - published on the sign-in page


@dataclass(frozen=True)
class Place:
    """An organisation of the town."""

    key: str
    kind: str
    uscc: str
    name: Text
    supervisor: str | None = None
    short_code: str = ""
    address: str = ""


@dataclass(frozen=True)
class Person:
    """A person of the town: sign-in name, name, organisation, roles."""

    login: str
    name: str
    place: str | None
    roles: tuple[str, ...]


PLACES = (
    Place(
        "finance",
        "finance",
        "11510700MB0X10003N",
        Text("Jiangcheng Finance Bureau", "江城市财政局"),
        short_code="JC",
        address="江城市政务路1号",
    ),
    Place(
        "hospital",
        "buyer",
        "12510700450720100H",
        Text("Jiangcheng First People's Hospital", "江城市第一人民医院"),
        supervisor="finance",
        address="江城市健康大道12号",
    ),
    Place(
        "agency",
        "agency",
        "91510700MA6C0A100J",
        Text("Jiangcheng Public Procurement Agency Ltd", "江城公共采购代理有限公司"),
        address="江城市滨江路88号",
    ),
    Place(
        "other-agency",
        "agency",
        "91510700MA6C0B200F",
        Text("Sanjiang Tendering Ltd", "三江招标代理有限公司"),
        address="江城市三江街6号",
    ),
    Place(
        "office",
        "platform",
        "12510700MB0Y20010M",
        Text("Jiangcheng Procurement Platform Office", "江城市政府采购平台管理中心"),
        address="江城市政务路3号",
    ),
)
"""Organisations but the suppliers, who register themselves."""

SUPPLIERS = (
    ("s1", "91510700MA6C1C3105", Text("Minghe Medical Technology Ltd", "明和医疗科技有限公司"), "small", "明建国"),
    ("s2", "91510700MA6C2D420T", Text("Kangyuan Equipment Service Ltd", "康源设备服务有限公司"), "small", "袁康"),
    ("s3", "91510700MA6C3E530G", Text("Shuangliu Imaging Ltd", "双流影像设备有限公司"), "medium", "刘双"),
    ("s4", "91510700MA6C4F6406", Text("Anda Engineering Ltd", "安达工程技术有限公司"), "micro", "安达"),
    ("s5", "91510700MA6C5G750U", Text("Huaxin Trading Ltd", "华信商贸有限公司"), "small", "华欣"),
    ("s6", "91510700MA6C6H860H", Text("Xincheng Network Ltd", "新程网络有限公司"), "micro", "程新"),
)
"""Suppliers: key, code, name, scale, legal representative. The last one still waits for the registrar."""

PEOPLE = (
    Person("chen", "陈静 Chen Jing", "hospital", ("buyer-handler",)),
    Person("zhou", "周敏 Zhou Min", "hospital", ("buyer-reviewer",)),
    Person("wu", "吴涛 Wu Tao", "hospital", ("buyer-contract-officer",)),
    Person("zheng", "郑丽 Zheng Li", "hospital", ("payment-officer",)),
    Person("bai", "白雪 Bai Xue", "hospital", ("payment-officer",)),
    Person("liu", "刘洋 Liu Yang", "finance", ("finance-officer",)),
    Person("guo", "郭宁 Guo Ning", "finance", ("finance-officer",)),
    Person("sun", "孙磊 Sun Lei", "agency", ("agency-officer",)),
    Person("luo", "罗丹 Luo Dan", "agency", ("agency-officer",)),
    Person("he", "何芳 He Fang", "agency", ("agency-host",)),
    Person("dong", "董强 Dong Qiang", "other-agency", ("agency-officer", "agency-host")),
    Person("ming", "明月 Ming Yue", "s1", ("supplier-admin", "supplier-bidder")),
    Person("jia", "贾明 Jia Ming", "s1", ("supplier-signer",)),
    Person("kang", "康宁 Kang Ning", "s2", ("supplier-admin", "supplier-bidder", "supplier-signer")),
    Person("shuang", "双喜 Shuang Xi", "s3", ("supplier-admin", "supplier-bidder", "supplier-signer")),
    Person("an", "安然 An Ran", "s4", ("supplier-admin", "supplier-bidder", "supplier-signer")),
    Person("hua", "华英 Hua Ying", "s5", ("supplier-admin", "supplier-bidder", "supplier-signer")),
    Person("xin", "辛城 Xin Cheng", "s6", ("supplier-admin", "supplier-bidder", "supplier-signer")),
    Person("gao", "高远 Gao Yuan", "office", ("registrar",)),
    Person("lin", "林薇 Lin Wei", "office", ("analyst",)),
    Person("tang", "唐可 Tang Ke", "office", ("analyst",)),
    Person("qian", "钱进 Qian Jin", "office", ("administrator",)),
    Person("meng", "孟洁 Meng Jie", "office", ("administrator",)),
    Person("shi", "史正 Shi Zheng", None, ("auditor",)),
)
"""Everybody but the experts."""

EXPERTS = (
    ("zhao", "赵德文 Zhao Dewen", ("A0232", "C04"), 2004),
    ("qin", "秦岚 Qin Lan", ("A0232", "C04"), 2009),
    ("you", "尤勇 You Yong", ("A0232",), 2011),
    ("xu", "许静 Xu Jing", ("A0232", "C04"), 2013),
    ("shen", "沈浩 Shen Hao", ("A0232", "C04"), 2006),
    ("han", "韩雪 Han Xue", ("C04", "economics"), 2012),
    ("yang", "杨帆 Yang Fan", ("A0232", "C04"), 2015),
    ("zhu", "朱琳 Zhu Lin", ("A0201", "C16"), 2010),
    ("feng", "冯凯 Feng Kai", ("A0232", "C04"), 2008),
    ("wei", "魏娜 Wei Na", ("A0232", "C04"), 2016),
    ("jiang", "蒋涛 Jiang Tao", ("law", "economics"), 2007),
    ("hou", "侯亮 Hou Liang", ("A0232", "C04"), 2014),
    ("cao", "曹颖 Cao Ying", ("A0232", "C04"), 2017),
    ("peng", "彭军 Peng Jun", ("A0232", "C04"), 2005),
)
"""Experts of the pool: sign-in name, name, specialities, the year since which they hold a senior title."""

BUDGET = (
    ("0101", "医疗设备购置", "Medical equipment", "goods", 6_000_000),
    ("0102", "医疗设备维保", "Maintenance of medical equipment", "services", 3_000_000),
    ("0103", "信息系统运行维护", "Running of information systems", "services", 1_500_000),
    ("0104", "后勤保障服务", "Facility services", "services", 2_000_000),
)
"""The hospital's budget lines of each year: code, names, category, amount in yuan."""


def build(engine: Engine, session: Session, processes: Path) -> None:
    """Make the town. Its people share a password that anybody may know, so it is hashed once."""
    workdays.seed(session)
    ids = _organisations(session)
    people = _people(session, ids)
    _suppliers(session, people)
    _experts(session, people["liu"])
    _bond_accounts(session, [people["sun"], people["dong"]])
    year = clock.now(session).year
    for budget_year in range(year, year + 3):
        _budget(session, ids["hospital"], budget_year)
    deploy(engine, session, processes)


def _organisations(session: Session) -> dict[str, str]:
    ids: dict[str, str] = {}
    for place in PLACES:
        made = organisations.register(
            session,
            SYSTEM,
            kind=place.kind,
            uscc=place.uscc,
            name=place.name,
            short_code=place.short_code,
            address=place.address,
            contact_name="办公室",
            contact_phone="0816-2000000",
            supervisor_id=ids[place.supervisor] if place.supervisor else None,
        )
        ids[place.key] = made.id
    for key, uscc, name, _, _ in SUPPLIERS:
        ids[key] = organisations.register(session, SYSTEM, kind="supplier", uscc=uscc, name=name).id
    return ids


def _people(session: Session, ids: dict[str, str]) -> dict[str, Actor]:
    return {person.login: _person(session, person, ids[person.place] if person.place else None) for person in PEOPLE}


def _person(session: Session, person: Person, organisation_id: str | None) -> Actor:
    account = accounts.create(
        session,
        SYSTEM,
        login=person.login,
        name=person.name,
        email=f"{person.login}@jiangcheng.example",
        demonstration=True,
    )
    account.password_hash, account.password_changed_at = _hash(), clock.now(session)
    for role in person.roles:
        grants.grant(session, SYSTEM, account_id=account.id, role=role, organisation_id=organisation_id)
    return grants.actor_of(session, account)


@cache
def _hash() -> str:
    return passwords.hashed(PASSWORD)


def _suppliers(session: Session, people: dict[str, Actor]) -> None:
    admins = {person.place: person.login for person in PEOPLE if "supplier-admin" in person.roles}
    for number, (key, uscc, name, scale, head) in enumerate(SUPPLIERS, 1):
        registration = suppliers.declare(
            session,
            people[admins[key]],
            uscc=uscc,
            name=name,
            legal_representative=head,
            scale=scale,
            conditions=suppliers.CONDITIONS,
            address=f"江城市产业园{number}栋",
            contact_name=people[admins[key]].name,
            contact_phone=f"0816-30000{number:02d}",
            bank_name="江城银行",
            bank_account=f"622200000000{number:04d}",
        )
        if key != SUPPLIERS[-1][0]:
            suppliers.review(session, people["gao"], registration_id=registration.id, decision="approve")


def _experts(session: Session, keeper: Actor) -> None:
    for number, (login, name, specialities, since) in enumerate(EXPERTS, 1):
        actor = _person(session, Person(login, name, None, ("expert",)), None)
        expert = experts.enter(
            session,
            keeper,
            account_id=actor.id,
            specialities=specialities,
            senior_since=date(since, 9, 1),
            phone=f"1380000{number:04d}",
        )
        if login == "hou":
            _, uscc, supplier, _, _ = SUPPLIERS[0]
            experts.declare_tie(
                session, keeper, expert_id=expert.id, kind="employee", organisation_name=supplier.zh, uscc=uscc
            )


def _bond_accounts(session: Session, officers: list[Actor]) -> None:
    for number, officer in enumerate(officers, 1):
        assert officer.organisation_id is not None
        name = organisations.get(session, officer.organisation_id).name_zh
        bonds.set_account(
            session, officer, holder=name, account=f"510501104625000{number:05d}", bank_name="江城银行营业部"
        )


def _budget(session: Session, buyer_id: str, year: int) -> None:
    session.add_all(
        projects.BudgetLine(
            organisation_id=buyer_id,
            year=year,
            code=f"{year}-{code}",
            name_zh=chinese,
            name_en=english,
            category=category,
            amount=Decimal(amount),
            funds="fiscal",
        )
        for code, chinese, english, category, amount in BUDGET
    )
    session.flush()


def deploy(engine: Engine, session: Session, processes: Path) -> None:
    """Deploy all procedures and decisions the program ships with, and their scenarios; again changes nothing."""
    files = sorted([*processes.glob("*.bpmn"), *processes.glob("decisions/*.dmn"), *scenarios.find([processes])])
    contents = {path.relative_to(processes).as_posix(): path.read_bytes() for path in files}
    definitions.deploy(engine, session, SYSTEM, contents, "the procedures that the program ships with")


def actor(session: Session, login: str) -> Actor:
    """A person of the town, as they act now."""
    account = session.scalars(select(Account).where(Account.login == login)).one()
    return grants.actor_of(session, account)


def place(session: Session, key: str) -> Organisation:
    """An organisation of the town by its key."""
    codes = {place.key: place.uscc for place in PLACES} | {supplier[0]: supplier[1] for supplier in SUPPLIERS}
    found = organisations.by_code(session, codes[key])
    assert found is not None, key
    return found


def today(session: Session) -> date:
    """The day by the town's clock."""
    return local_day(clock.now(session))
