"""A first draft of the documents, made from the plan and the statutory data: what its author changes, not what it says.

It holds nothing the check objects to, and a requirement or a factor for each part that the law asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from sqlalchemy.orm import Session

from app.foundation import clock, workdays
from app.foundation.text import Text
from app.foundation.workdays import Sense
from app.procurement import projects, rules
from app.procurement.projects import Lot, Project
from app.procurement.tenders import terms as wording
from app.procurement.tenders.documents import NewFactor, NewRequirement, Terms
from app.procurement.tenders.numbers import plain
from app.procurement.tenders.planned import delivery_days
from app.procurement.tenders.timetables import notice_day, timetable_of

HUNDRED = Decimal(100)
OPENING_HOUR = time(9, 30)
"""When bids are opened unless the author says otherwise."""
VALIDITY_DAYS = 90
"""Usual, not statutory: long enough for report, decision, notice and signature."""
DELIVERY_DAYS = 30
CONFIRMING_DAYS = 3
"""Working days that are left to the buyer to confirm the draft, before the notice."""
PRICE_POINTS = {"goods": Decimal(40), "services": Decimal(20), "works": Decimal(40)}
SERVICE_POINTS = Decimal(20)


@dataclass(frozen=True)
class Template:
    """Everything that ``draft_documents`` takes."""

    requirements: list[NewRequirement]
    factors: list[NewFactor]
    terms: Terms


def template(session: Session, project_id: str) -> Template:
    """The draft that the author of a project's documents starts from."""
    project = projects.get(session, project_id)
    terms = _terms(session, project)
    requirements = [requirement for lot in project.lots for requirement in _requirements(lot, terms)]
    factors = []
    if project.review_method == "comprehensive":
        factors = [factor for lot in project.lots for factor in _factors(lot, requirements)]
    return Template(requirements, factors, terms)


def earliest_deadline(session: Session, project: Project, *, slack: int = 0) -> datetime:
    """The first lawful bid deadline as far as is known: as confirmed while that can be kept, else counted from the notice.

    It comes after the supply of the documents, which may last longer in a year without a calendar. ``slack`` are working days that the notice may still be late.
    """
    drawn = [row for row in timetable_of(session, project.id) if row.name == "bid_deadline"]
    calendar, notice_on = workdays.load(session), notice_day(session, project)
    notice_on = Sense.MINIMUM.last_day(calendar.add_working_days(notice_on, slack))
    law = rules.law(session, project, on=notice_on)

    def after(name: str) -> workdays.Day:
        rule = law.step(name)
        return notice_on if rule is None else rule.after(calendar, notice_on)

    counted = after("bid_deadline")
    confirmed = drawn[0].on if drawn and drawn[0].confirmed_by else None
    kept = confirmed is not None and confirmed >= workdays.earliest(counted)
    on = confirmed if confirmed is not None and kept else Sense.MINIMUM.last_day(counted)
    supplied = Sense.MINIMUM.last_day(after("supply_end"))
    if on <= supplied:
        on = Sense.MINIMUM.last_day(calendar.next_working_day(supplied + workdays.ONE_DAY))
    return datetime.combine(on, OPENING_HOUR, clock.PLACE)


def _terms(session: Session, project: Project) -> Terms:
    law = rules.law(session, project)
    size = law.group_size(project.estimate)
    open_to_all = any(lot.sme_mode == "none" for lot in project.lots)
    payment_days, bond = law.count("invoice_payment_term"), law.value("performance_bond_ceiling") * HUNDRED / 2
    return Terms(
        bid_deadline_at=earliest_deadline(session, project, slack=CONFIRMING_DAYS),
        bond_percent=law.value("bid_bond_ceiling") * HUNDRED,
        validity_days=VALIDITY_DAYS,
        performance_bond_percent=bond,
        payment_days=payment_days,
        delivery_days=delivery_days(project.contract_plan) or DELIVERY_DAYS,
        tie_break="draw",
        committee_size=size.count if size else 0,
        contract_terms=_contract_terms(law, payment_days, bond),
        sme_deduction_percent=law.value("sme_deduction_min") * HUNDRED if open_to_all else None,
        more={"consortium": False},
    )


def _contract_terms(law: rules.Law, payment_days: int, bond: Decimal) -> str:
    acceptance = wording.acceptance(law.count("acceptance_period"))
    return "\n".join(
        (
            "一、合同类型：固定总价合同，合同价款包含完成全部采购标的所需的一切费用。",
            f"二、付款：采购人{wording.payment(payment_days, law).zh}支付合同价款。",
            f"三、履约保证金：为合同金额的{plain(bond)}%，以{wording.BOND_FORMS.zh}提交；验收合格后10日内无息退还履约保证金。",
            f"四、履约验收：验收主体为采购人，验收时间为{acceptance.zh}，验收方式为现场验收，验收程序为清点、检测、试运行。",
            "五、验收内容为合同约定的全部内容，验收标准为招标文件、投标文件及现行国家标准。",
            "六、质保期为12个月，自验收合格之日起计算。",
            "七、违约责任：供应商逾期交付或者交付不合格的，采购人逾期支付的，均应当承担违约责任并赔偿对方损失。",
            f"八、争议解决：{wording.DISPUTES.zh}。",
        )
    )


def _requirements(lot: Lot, terms: Terms) -> Iterator[NewRequirement]:
    yield NewRequirement(
        lot.number,
        "Q1",
        "qualification",
        Text(
            "Meets the conditions of article 22 of the Government Procurement Law; the declaration in the bid is sufficient.",
            "符合《中华人民共和国政府采购法》第二十二条规定的供应商条件，以投标文件中的资格声明为准。",
        ),
        True,
        "资格声明",
    )
    if lot.sme_mode == "reserved":
        yield NewRequirement(
            lot.number,
            "Q2",
            "qualification",
            Text(
                "The bidder is a small or medium enterprise; this lot is reserved for them.",
                "本采购包专门面向中小企业采购，投标人应当为中小企业。",
            ),
            True,
            "《中小企业声明函》",
        )
    for number, item in enumerate(lot.items, 1):
        quantity = f"{plain(item.quantity)}{item.unit}"
        yield NewRequirement(
            lot.number,
            f"T{number}",
            "technical",
            Text(
                f"{item.name}, {quantity}: complies with the national and trade standards in force.",
                f"{item.name}{quantity}，执行现行国家标准、行业标准。",
            ),
            True,
            "产品说明或者服务方案",
        )
    yield NewRequirement(
        lot.number,
        "C1",
        "commercial",
        Text(
            f"Performance within {terms.delivery_days} days after the contract is signed.",
            f"合同履行期限为合同签订后{terms.delivery_days}日。",
        ),
        True,
    )
    yield NewRequirement(
        lot.number,
        "C2",
        "commercial",
        Text(
            "Installation, training and maintenance are provided; the plan says who does what, when.",
            "提供实施、培训、维护服务，服务方案写明人员、步骤和时间。",
        ),
        False,
        "服务方案",
    )


def _factors(lot: Lot, requirements: list[NewRequirement]) -> Iterator[NewFactor]:
    price = PRICE_POINTS[lot.project.object]
    technical = HUNDRED - price - SERVICE_POINTS
    codes = [r.code for r in requirements if r.lot == lot.number and r.kind == "technical"]
    each_part = SERVICE_POINTS / 4
    yield NewFactor(lot.number, "F1", Text("Price", "报价"), "price", price, "以最低评标价为基准价，按价格分公式计算。")
    yield NewFactor(
        lot.number,
        "F2",
        Text("Technical response", "技术响应"),
        "objective",
        technical,
        f"{'、'.join(codes)}全部满足的得{plain(technical)}分，有一项未满足的得0分。",
    )
    yield NewFactor(
        lot.number,
        "F3",
        Text("Service plan", "服务方案"),
        "subjective",
        SERVICE_POINTS,
        f"C2服务方案包含实施、培训、维护、应急四项内容的得{plain(SERVICE_POINTS)}分，每缺少一项扣{plain(each_part)}分。",
    )
