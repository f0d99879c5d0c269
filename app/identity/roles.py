"""The roles of the house: lane names and candidate groups of the diagrams, and what a person may be granted.

A person's groups are the bare role (``expert``) and ``role@organisation`` (``buyer-handler@ORG-ID``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from app.foundation.actor import Actor
from app.foundation.errors import NotAllowed
from app.foundation.text import Text


class OrganisationKind(StrEnum):
    """What an organisation is in procurement."""

    BUYER = "buyer"  #: 采购人: buys with the money of a budget (GPL 15)
    AGENCY = "agency"  #: 采购代理机构: acts for buyers (GPL 16 to 20)
    SUPPLIER = "supplier"  #: 供应商: bids (GPL 21)
    FINANCE = "finance"  #: 财政部门: supervises (GPL 13)
    PLATFORM = "platform"  #: runs this service


@dataclass(frozen=True)
class Role:
    """A role: its id, its name, and the kind of organisation that grants it (``None``: of the expert pool)."""

    id: str
    name: Text
    kind: OrganisationKind | None
    duty: Text


def _role(id: str, kind: OrganisationKind | None, en: str, zh: str, duty_en: str, duty_zh: str) -> Role:
    return Role(id, Text(en, zh), kind, Text(duty_en, duty_zh))


_ALL = (
    _role(
        "buyer-handler",
        OrganisationKind.BUYER,
        "Procurement handler",
        "采购经办人",
        "applies, plans and confirms the tender documents",
        "提出采购申请、编制采购实施计划、确认招标文件",
    ),
    _role(
        "buyer-reviewer",
        OrganisationKind.BUYER,
        "Procurement reviewer",
        "采购审核人",
        "reviews what the handler prepared and confirms the winning bidder",
        "审核经办人提交的事项，确认中标人",
    ),
    _role(
        "buyer-contract-officer",
        OrganisationKind.BUYER,
        "Contract and acceptance officer",
        "合同与验收负责人",
        "signs and publishes the contract and accepts the delivery",
        "签订并公告采购合同，组织履约验收",
    ),
    _role(
        "payment-officer",
        OrganisationKind.BUYER,
        "Payment officer",
        "支付经办人",
        "checks payment applications and pays",
        "核对资金支付申请并办理资金支付",
    ),
    _role(
        "finance-officer",
        OrganisationKind.FINANCE,
        "Finance supervisor",
        "财政部门监管人员",
        "files applications and contracts, approves payments, supervises",
        "备案采购申请与合同，审批支付，实施监督管理",
    ),
    _role(
        "agency-officer",
        OrganisationKind.AGENCY,
        "Agency project manager",
        "采购代理机构项目经理",
        "prepares the tender documents, answers enquiries and organises the evaluation",
        "编制招标文件、答复询问、组织评标",
    ),
    _role(
        "agency-host",
        OrganisationKind.AGENCY,
        "Opening host",
        "开标主持人",
        "hosts the opening of bids and signs its record",
        "主持开标并签署开标记录",
    ),
    _role(
        "supplier-admin",
        OrganisationKind.SUPPLIER,
        "Supplier administrator",
        "供应商管理员",
        "registers the supplier and manages its people",
        "办理供应商注册并管理本单位人员",
    ),
    _role(
        "supplier-bidder",
        OrganisationKind.SUPPLIER,
        "Bid preparer",
        "投标人员",
        "writes bids, pays their bonds and reports deliveries",
        "编制投标文件、交纳投标保证金，报告交付情况",
    ),
    _role(
        "supplier-signer",
        OrganisationKind.SUPPLIER,
        "Supplier signer",
        "供应商签署人",
        "seals and submits bids, signs contracts and applies for payment",
        "密封并递交投标文件、签署政府采购合同，提出资金支付申请",
    ),
    _role(
        "expert",
        None,
        "Review expert",
        "评审专家",
        "evaluates bids on committees they were drawn for",
        "参加被抽取项目的评标",
    ),
    _role(
        "registrar",
        OrganisationKind.PLATFORM,
        "Registrar",
        "注册审核员",
        "reviews the registrations of suppliers",
        "审核供应商注册信息",
    ),
    _role(
        "analyst",
        OrganisationKind.PLATFORM,
        "Business analyst",
        "业务分析师",
        "draws, checks and deploys the procedures",
        "绘制、检查并部署采购流程",
    ),
    _role(
        "administrator",
        OrganisationKind.PLATFORM,
        "Administrator",
        "系统管理员",
        "monitors and repairs running cases, manages users",
        "监控并处理运行中的项目流程，管理用户",
    ),
    _role(
        "auditor",
        None,
        "Auditor",
        "审计人员",
        "reads everything after the fact and changes nothing",
        "事后查阅全部资料，只读",
    ),
)

ROLES: dict[str, Role] = {role.id: role for role in _ALL}
"""Every role by id, in the order of a procurement's life."""

KEPT_APART: frozenset[frozenset[str]] = frozenset(
    {
        frozenset({"buyer-handler", "buyer-reviewer"}),  # N22 art. 32: authors don't review
        frozenset({"buyer-handler", "buyer-contract-officer"}),  # GPL 61: handling apart from contract and acceptance
        frozenset({"registrar", "administrator"}),
    }
)
"""Pairs of roles one person may not hold in one organisation (GPL 61, N22 32)."""


def known(role: str) -> bool:
    """Whether there is a role of this id."""
    return role in ROLES


def name(role: str) -> Text:
    """A role's name.

    :raises KeyError: for an unknown one
    """
    return ROLES[role].name


def of_kind(kind: str) -> tuple[Role, ...]:
    """The roles that an organisation of ``kind`` may grant to its people."""
    return tuple(role for role in _ALL if role.kind == kind)


def conflicts(roles: frozenset[str] | set[str]) -> tuple[tuple[str, str], ...]:
    """The pairs among ``roles`` that the separation of duties keeps apart."""
    return tuple((a, b) for a, b in combinations(sorted(roles), 2) if frozenset({a, b}) in KEPT_APART)


class RoleMissing(NotAllowed):
    """The person doesn't hold the role this act belongs to."""

    text = Text("Only these roles can do this: %(role)s.", "此操作仅限以下角色办理：%(role)s。")


def require(actor: Actor, role: str, organisation_id: str | None = None) -> None:
    """Go on only if the person holds ``role`` (for the organisation, when given).

    :raises RoleMissing:
    """
    if not actor.has_role(role, organisation_id):
        raise RoleMissing(role=name(role))


def require_one(actor: Actor, *possible: str) -> None:
    """Go on only if the person holds one of these roles (``system``: the house itself).

    :raises RoleMissing:
    """
    if not any(actor.has_role(role) for role in possible):
        named = [ROLES[role].name for role in possible if role in ROLES]
        raise RoleMissing(role=Text(", ".join(name.en for name in named), "、".join(name.zh for name in named)))
