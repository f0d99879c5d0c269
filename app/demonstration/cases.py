"""What the town procures: the demonstration's tender with the published figures of a real case, and others beside it.

The figures are those of consultation N5132112023000009 (Sichuan, 2023): four prices of 44.5, 51.28, 56.6 and 61.6
(ten thousand yuan) and a price weight of 20, which is why what is bought is a service (O87 55: goods weigh 30 at least).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.foundation.text import Text
from app.procurement.rules import methods
from app.procurement.tenders import NewFactor, NewRequirement


@dataclass(frozen=True)
class Wanted:
    """An item: catalogue code, name, quantity, unit, estimated unit price in yuan, and the lot it goes into."""

    code: str
    name: str
    quantity: int
    unit: str
    unit_price: int
    lot: int = 1


@dataclass(frozen=True)
class Offer:
    """A supplier's bid: who writes it, the unit price of each item of the lot, and what it promises for each requirement."""

    login: str
    unit_prices: tuple[int, ...]
    answers: Mapping[str, str] = field(default_factory=dict)
    lot: int = 1


@dataclass(frozen=True)
class Case:
    """A procurement to play. Without ``requirements`` its documents are those of the template."""

    title: Text
    object: str
    line: str
    need: str
    wanted: tuple[Wanted, ...]
    lots: tuple[Text, ...]
    requirements: tuple[NewRequirement, ...] = ()
    factors: tuple[NewFactor, ...] = ()
    terms: Mapping[str, Any] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()
    sme_mode: str = "reserved"
    sme_reason: str = ""
    method: str = methods.main().id

    def applied(self, line_id: str) -> dict[str, Any]:
        """The application's form."""
        return {
            "title": self.title.zh,
            "title_en": self.title.en,
            "object": self.object,
            "budget_line": line_id,
            "funds": "fiscal",
            "need": self.need,
            "items": [
                {
                    "code": item.code,
                    "name": item.name,
                    "quantity": item.quantity,
                    "unit": item.unit,
                    "unit_price": Decimal(item.unit_price),
                }
                for item in self.wanted
            ],
        }

    def budget_of(self, lot: int) -> Decimal:
        """What a lot's items are estimated at."""
        return sum((Decimal(item.quantity * item.unit_price) for item in self.wanted if item.lot == lot), Decimal(0))

    def points(self, row: Mapping[str, Any]) -> Decimal:
        """The points that a member gives a bid for a factor, by what the bid says about it; all, where nothing tells."""
        most = Decimal(str(row["range"]).partition("–")[2])
        told = [points for words, points in SCORES.items() if words in row.get("response", "")]
        return Decimal(told[0]) if told else most

    def planned(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """The plan's form, over the values it shows."""
        rows: Sequence[Mapping[str, Any]] = shown["items"]
        firsts = {item.lot: position for position, item in reversed(list(enumerate(self.wanted)))}
        return {
            "lots": [
                {
                    "number": number,
                    "name": name.zh,
                    "name_en": name.en,
                    "budget": self.budget_of(number),
                    "ceiling": self.budget_of(number),
                    "sme_mode": self.sme_mode,
                    "sme_reason": self.sme_reason,
                }
                for number, name in enumerate(self.lots, 1)
            ],
            "items": [
                {"item_id": row["item_id"], "lot": item.lot, "is_core": firsts[item.lot] == position}
                for position, (row, item) in enumerate(zip(rows, self.wanted, strict=True))
            ],
            "contract_plan": "固定总价合同，服务期一年；按季度验收，验收合格并收到发票后支付。",
            "risk_plan": "关键设备停机风险由供应商提供备机承担。",
        }


def _maintenance(lot: int) -> tuple[NewRequirement, ...]:
    """The requirements of a maintenance lot."""
    return (
        NewRequirement(
            lot,
            "Q1",
            "qualification",
            Text(
                "Meets the conditions of article 22 of the Government Procurement Law; the declaration is sufficient.",
                "符合《中华人民共和国政府采购法》第二十二条规定的供应商条件，以资格声明为准。",
            ),
            True,
            "资格声明",
        ),
        NewRequirement(
            lot,
            "Q2",
            "qualification",
            Text(
                "The bidder is a small or medium enterprise; this lot is reserved for them.",
                "本采购包专门面向中小企业采购，投标人应当为中小企业。",
            ),
            True,
            "《中小企业声明函》",
        ),
        NewRequirement(
            lot,
            "T1",
            "technical",
            Text(
                "Availability of the equipment of at least 95% a year, measured by GB 9706.1's test items.",
                "设备年开机率不低于95%，检测项目执行GB 9706.1标准。",
            ),
            True,
            "服务承诺",
        ),
        NewRequirement(
            lot,
            "T2",
            "technical",
            Text("On site within 24 hours after a call.", "接到报修后24小时以内到达现场。"),
            True,
            "服务承诺",
        ),
        NewRequirement(
            lot,
            "T3",
            "technical",
            Text("Spare parts: tube, probe, detector boards in stock.", "备有球管、探头、探测器板备件。"),
            False,
            "备件清单",
        ),
        NewRequirement(
            lot,
            "C1",
            "commercial",
            Text("Performance period: one year after signing.", "服务期为合同签订后一年。"),
            True,
        ),
        NewRequirement(
            lot,
            "C2",
            "commercial",
            Text(
                "A service plan for inspection, upkeep, emergencies, training and spare parts.",
                "提供服务方案，写明巡检、保养、应急、培训、备件的安排。",
            ),
            False,
            "服务方案",
        ),
    )


def _scheme(lot: int) -> tuple[NewFactor, ...]:
    """The scoring scheme of a maintenance lot: price weighs 20, as in the published case."""
    return (
        NewFactor(lot, "F1", Text("Price", "报价"), "price", Decimal(20), "以最低评标价为基准价，按价格分公式计算。"),
        NewFactor(
            lot,
            "F2",
            Text("Availability", "开机率"),
            "objective",
            Decimal(20),
            "T1承诺年开机率98%的得20分，97%的得14分，96%的得8分，95%的得2分。",
        ),
        NewFactor(
            lot,
            "F3",
            Text("Time to arrive", "到场时间"),
            "objective",
            Decimal(15),
            "T2承诺4小时到场的得15分，8小时的得10分，12小时的得5分，24小时的得1分。",
        ),
        NewFactor(
            lot,
            "F4",
            Text("Spare parts", "备件"),
            "objective",
            Decimal(15),
            "T3所列备件齐全的得15分，缺少一种的得5分，缺少两种的得0分。",
        ),
        NewFactor(
            lot,
            "F5",
            Text("Service plan", "服务方案"),
            "subjective",
            Decimal(30),
            "C2服务方案包含巡检、保养、应急、培训、备件五项内容的得30分，每缺少一项扣6分。",
        ),
    )


SCORES = {
    **{"开机率98%": 20, "开机率97%": 14, "开机率96%": 8, "开机率95%": 2},
    **{"承诺4小时到场": 15, "承诺8小时到场": 10, "承诺12小时到场": 5, "承诺24小时到场": 1},
    **{"备件齐全": 15, "备有球管、探头": 5, "备有探头": 0},
}
"""What the scheme gives for what a bid promises."""
TERMS = {
    "bond_percent": Decimal(2),
    "validity_days": 90,
    "performance_bond_percent": Decimal(5),
    "payment_days": 30,
    "delivery_days": 365,
    "tie_break": "draw",
    "committee_size": 5,
    "delivery_place": "江城市第一人民医院",
}
"""What the maintenance tenders' documents set besides the template's contract."""

_PROMISES = (
    {"T1": "承诺年开机率97%", "T2": "承诺8小时到场", "T3": "球管、探头、探测器板备件齐全"},
    {"T1": "承诺年开机率98%", "T2": "承诺4小时到场", "T3": "球管、探头、探测器板备件齐全"},
    {"T1": "承诺年开机率96%", "T2": "承诺12小时到场", "T3": "备有球管、探头"},
    {"T1": "承诺年开机率95%", "T2": "承诺24小时到场", "T3": "备有探头"},
)
"""What the four bidders of the published figures promise here, in the order of their prices."""

MAINTENANCE = Case(
    title=Text("Maintenance of imaging equipment", "医学影像设备维保服务"),
    object="services",
    line="0102",
    need="保障CT与超声诊断设备全年稳定运行，减少停机时间，委托专业机构提供为期一年的维修保养服务。",
    wanted=(
        Wanted("C23120000", "CT维保服务", 1, "项", 380_000),
        Wanted("C23120000", "超声诊断仪维保服务", 4, "台", 60_000),
    ),
    lots=(Text("Maintenance of imaging equipment", "医学影像设备维保服务"),),
    requirements=_maintenance(1),
    factors=_scheme(1),
    terms=TERMS,
    offers=(
        Offer("ming", (265_000, 45_000), _PROMISES[0]),
        Offer("kang", (300_800, 53_000), _PROMISES[1]),
        Offer("shuang", (338_000, 57_000), _PROMISES[2]),
        Offer("an", (380_000, 59_000), _PROMISES[3]),
    ),
)
"""The demonstration's tender: bids of 445,000, 512,800, 566,000 and 616,000 yuan (G1, G2, G6)."""

TWO_LOTS = Case(
    title=Text("Maintenance of equipment in two lots", "医疗设备维保服务（两包）"),
    object="services",
    line="0102",
    need="检验设备与手术室设备分别委托专业机构维修保养一年。",
    wanted=(
        Wanted("C23120000", "检验设备维保服务", 1, "项", 300_000, 1),
        Wanted("C23120000", "手术室设备维保服务", 1, "项", 200_000, 2),
    ),
    lots=(
        Text("Laboratory equipment", "检验设备维保"),
        Text("Operating theatre equipment", "手术室设备维保"),
    ),
    requirements=(*_maintenance(1), *_maintenance(2)),
    factors=(*_scheme(1), *_scheme(2)),
    terms=TERMS,
    offers=(
        Offer("ming", (250_000,), _PROMISES[0], 1),
        Offer("kang", (262_000,), _PROMISES[1], 1),
        Offer("shuang", (275_000,), _PROMISES[2], 1),
        Offer("ming", (170_000,), _PROMISES[0], 2),
        Offer("an", (180_000,), _PROMISES[3], 2),
    ),
)
"""Two lots, of which the second gets two bids only."""

ULTRASOUND = Case(
    title=Text("Colour ultrasound systems", "彩色超声诊断系统采购"),
    object="goods",
    line="0101",
    need="更新超声科使用年限届满的诊断设备。",
    wanted=(Wanted("A02320500", "彩色超声诊断系统", 2, "台", 1_100_000),),
    lots=(Text("Colour ultrasound systems", "彩色超声诊断系统"),),
    sme_mode="none",
    sme_reason="中小企业无法提供同类产品，市场调查已说明。",
)
NETWORK = Case(
    title=Text("Running of the hospital's network", "医院网络运行维护服务"),
    object="services",
    line="0103",
    need="保障医院内外网全年不间断运行，提供驻场运维与安全巡检。",
    wanted=(Wanted("C16070000", "网络运行维护服务", 1, "年", 480_000),),
    lots=(Text("Running of the network", "网络运行维护"),),
)
CLEANING = Case(
    title=Text("Cleaning of the wards", "病区保洁服务"),
    object="services",
    line="0104",
    need="门诊与住院病区的日常保洁和医疗废物收集转运。",
    wanted=(Wanted("C21040000", "病区保洁服务", 1, "年", 900_000),),
    lots=(Text("Cleaning of the wards", "病区保洁"),),
)
MONITORS = Case(
    title=Text("Patient monitors", "病人监护仪采购"),
    object="goods",
    line="0101",
    need="新建重症监护病房配置监护设备。",
    wanted=(Wanted("A02320700", "病人监护仪", 20, "台", 45_000),),
    lots=(Text("Patient monitors", "病人监护仪"),),
)
