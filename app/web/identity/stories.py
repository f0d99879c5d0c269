"""The people of a demonstration on its sign-in page: four stories of what one can do here, with who and what waits for
them; everybody else under the kind of organisation they work for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.engine import inbox
from app.foundation.text import Text
from app.identity import accounts, grants, organisations
from app.identity.accounts import Account
from app.web import current


@dataclass(frozen=True)
class DemonstrationPerson:
    """A person of the demonstration town as the sign-in page lists them; ``waiting`` tasks, ``first`` is the first of them."""

    account: Account
    roles: list[Text]
    place: Text | None
    kind: str
    role_ids: frozenset[str]
    waiting: int
    first: Text | None


@dataclass(frozen=True)
class Story:
    """What one can do here: its title, what it is about, and by which roles (in the order of a procurement)."""

    title: Text
    about: Text
    roles: tuple[str, ...]
    people: tuple[DemonstrationPerson, ...] = ()


STORIES = (
    Story(
        Text("I buy", "我要采购"),
        Text(
            "Apply for a project, have it reviewed, appoint an agency, publish, award, accept and pay.",
            "申报项目、审核备案、委托代理、发布公告、确定中标人、验收付款。",
        ),
        ("buyer-handler", "buyer-reviewer", "agency-officer", "buyer-contract-officer"),
    ),
    Story(
        Text("I sell", "我要投标"),
        Text(
            "Get the tender documents, pay the bid bond, seal a bid, follow the opening, sign, deliver and get paid.",
            "获取招标文件、交纳投标保证金、密封投标、参加开标、签约、交付、收款。",
        ),
        ("supplier-bidder", "supplier-bidder", "supplier-bidder"),
    ),
    Story(
        Text("I evaluate", "我要评审"),
        Text(
            "Answer the invitation, review the bids, score each one independently and sign the report.",
            "应邀参加评审、审查投标文件、独立评分、签署评标报告。",
        ),
        ("expert", "expert", "agency-host"),
    ),
    Story(
        Text("I watch and design", "我要监督与设计"),
        Text(
            "See every case and its journal, change the diagram of a procedure, resolve incidents.",
            "查看全部项目和操作日志、修改流程图、处理异常。",
        ),
        ("auditor", "analyst", "administrator", "finance-officer"),
    ),
)
HEADINGS = {
    "buyer": Text("Buyers", "采购人"),
    "finance": Text("Finance departments", "财政部门"),
    "agency": Text("Agencies", "采购代理机构"),
    "supplier": Text("Suppliers", "供应商"),
    "platform": Text("Platform office", "平台管理机构"),
    "": Text("Experts and auditors", "专家与审计人员"),
}
"""How the others are grouped: by the kind of organisation they work for."""


def told() -> tuple[list[Story], dict[Text, list[DemonstrationPerson]]]:
    """The stories with their people, and everybody who is in none under their heading."""
    free = _people()
    stories = []
    for story in STORIES:
        chosen = []
        for role in story.roles:
            if found := _busiest(person for person in free if role in person.role_ids):
                chosen.append(found)
                free.remove(found)
        if chosen:
            stories.append(Story(story.title, story.about, story.roles, tuple(chosen)))
    others: dict[Text, list[DemonstrationPerson]] = {heading: [] for heading in HEADINGS.values()}
    for person in free:
        others[HEADINGS[person.kind]].append(person)
    return stories, {heading: there for heading, there in others.items() if there}


def _busiest(people: Iterable[DemonstrationPerson]) -> DemonstrationPerson | None:
    """Who has most to do; of several the first."""
    return max(people, key=lambda person: person.waiting, default=None)


def _people() -> list[DemonstrationPerson]:
    session = current.session()
    people = accounts.demonstration_people(session)
    held = grants.of_accounts(session, [account.id for account in people])
    ids = {grant.organisation_id for some in held.values() for grant in some if grant.organisation_id}
    places = {one.id: one for one in organisations.by_ids(session, ids)}
    found = []
    for account in people:
        mine = held.get(account.id, [])
        place = next((places[grant.organisation_id] for grant in mine if grant.organisation_id), None)
        actor = grants.actor_of(session, account)
        waiting, counted = inbox.inbox(session, actor, size=1), inbox.counts(session, actor, current.now())
        found.append(
            DemonstrationPerson(
                account,
                [grant.role_name for grant in mine],
                place.name if place else None,
                place.kind if place else "",
                frozenset(grant.role for grant in mine),
                counted.mine + counted.group,
                waiting.rows[0].name if waiting.rows else None,
            )
        )
    return found
