"""Builders up to the notice: a project applied for, filed, planned and entrusted; its documents; its published tender.

``town`` is whoever acts and where: a ``conftest.Town``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from app.foundation.actor import SYSTEM
from app.foundation.text import Text
from app.procurement import agreements, projects, tenders

ULTRASOUND = projects.NewItem("A03320100", "超声诊断设备", Decimal(2), "台", Decimal("300000.00"))
REQUIREMENTS = (
    tenders.NewRequirement(
        1, "Q1", "qualification", Text("Licence to sell medical devices", "具有有效的医疗器械经营许可证"), True
    ),
    tenders.NewRequirement(
        1, "T1", "technical", Text("Probe elements, IEC 60601", "探头阵元数不少于128，执行IEC 60601标准"), True
    ),
    tenders.NewRequirement(1, "T2", "technical", Text("Screen of 21 inches", "显示器21英寸"), evidence="产品彩页"),
    tenders.NewRequirement(1, "C1", "commercial", Text("Training on site", "提供现场操作培训")),
)
FACTORS = (
    tenders.NewFactor(1, "F1", Text("Price", "价格"), "price", Decimal(40)),
    tenders.NewFactor(1, "F2", Text("Screen", "显示器"), "objective", Decimal(40), "T2满足要求的得40分，不满足的得0分"),
    tenders.NewFactor(
        1, "F3", Text("Training", "培训"), "subjective", Decimal(20), "C1培训包含操作、维护两项的得20分，缺一项扣10分"
    ),
)
CONTRACT = (
    "验收由采购人组织（主体），到货后10日内（时间）以现场测试方式，按开箱、安装、试运行程序，对全部内容依采购文件标准验收。"
    "收到发票后30日内支付。履约保证金为合同金额的5%，验收合格后10日内退还。任何一方违约的，承担违约责任。"
)


def documents(**options):
    """The arguments of ``tenders.draft_documents`` for documents without a fault; ``terms`` are changed singly."""
    values = {
        "bid_deadline_at": datetime(2026, 3, 25, 1, 30, tzinfo=UTC),
        "bond_percent": Decimal(2),
        "validity_days": 90,
        "performance_bond_percent": Decimal(5),
        "payment_days": 30,
        "delivery_days": 30,
        "tie_break": "draw",
        "committee_size": 5,
        "contract_terms": CONTRACT,
        "sme_deduction_percent": Decimal(10),
    }
    parts = {"requirements": REQUIREMENTS, "factors": FACTORS, "attachments": ()}
    parts = {name: options.pop(name, faultless) for name, faultless in parts.items()}
    return {**parts, "terms": tenders.Terms(**{**values, **options})}


def budget(session, town) -> projects.BudgetLine:
    """A budget line of one million yuan for medical equipment in 2026."""
    line = projects.BudgetLine(
        organisation_id=town.buyer_id,
        year=2026,
        code="2100201",
        name_zh="医疗设备购置",
        name_en="Medical equipment",
        category="A0332",
        amount=Decimal(1_000_000),
        funds="fiscal",
    )
    session.add(line)
    session.flush()
    return line


def apply(session, town, line, **options) -> projects.Project:
    """Apply for ultrasound devices of 600,000 yuan unless told otherwise."""
    values = {
        "budget_line_id": line.id,
        "title": Text("Ultrasound devices", "超声诊断设备采购"),
        "object": "goods",
        "funds": "fiscal",
        "need": "更新超声诊断设备",
        "items": [ULTRASOUND],
        **options,
    }
    return projects.apply(session, values.pop("actor", town.handler), **values)


def file(session, town, project) -> projects.Project:
    """The buyer's reviewer approves, the finance department files."""
    projects.review(session, town.reviewer, project_id=project.id, decision="approve")
    projects.file(session, town.finance, project_id=project.id, decision="file")
    return project


def plan(session, town, project, **options):
    """Plan one lot for everything unless told otherwise."""
    values = {
        "review_method": "comprehensive",
        "grounds": "none",
        "notice_on": date(2026, 3, 3),
        "lots": [projects.PlannedLot(1, Text("Ultrasound", "超声设备"), Decimal(600_000), Decimal(580_000))],
        "items": {item.id: 1 for item in project.items},
        "contract_plan": "固定总价合同，验收合格后支付",
        **options,
    }
    return projects.plan(session, values.pop("actor", town.handler), project_id=project.id, **values)


def plan_tender(session, town, project) -> projects.Project:
    """Plan one lot, to be procured by open tender."""
    plan(session, town, project)
    return projects.record_method(
        session, town.handler, project_id=project.id, method="open_tender", legal_ground="GPL 26"
    )


def entrust(session, town, project) -> projects.Project:
    """An agreement with the agency for every power until the end of the year, signed by both."""
    agreement = agreements.propose(
        session,
        town.handler,
        project_id=project.id,
        agency_id=town.agency_id,
        scope="公开招标全过程",
        powers=list(agreements.POWERS),
        term_until=date(2026, 12, 31),
        fee=Decimal(8000),
        fee_payer="winner",
    )
    agreements.sign(session, town.officer, agreement_id=agreement.id)
    agreements.sign(session, town.reviewer, agreement_id=agreement.id)
    return project


def draft(session, town, project, **options) -> tenders.Tender:
    """Draft documents, without a fault unless told otherwise."""
    return tenders.draft_documents(session, town.officer, project_id=project.id, **documents(**options))


def publish(session, town, project, keeper, **options) -> tenders.Tender:
    """Draft, check, confirm and publish."""
    draft(session, town, project, **options)
    tenders.check(session, SYSTEM, project_id=project.id)
    tenders.confirm_documents(session, town.handler, project_id=project.id, decision="confirm")
    return tenders.publish(session, SYSTEM, project_id=project.id, keeper=keeper)


def published(session, town, keeper) -> tenders.Tender:
    """All of it, from the budget to the notice."""
    project = file(session, town, apply(session, town, budget(session, town)))
    return publish(session, town, entrust(session, town, plan_tender(session, town, project)), keeper)
