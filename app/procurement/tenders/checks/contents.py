"""Checks of what the documents must contain (O87 11, 20) and of parts that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from app.foundation.text import Text
from app.procurement.tenders import planned as planned_words
from app.procurement.tenders.checks.drafts import ERROR, WARNING, Draft, Found
from app.procurement.tenders.numbers import plain
from app.procurement.tenders.places import place as in_words
from app.procurement.tenders.records import Requirement

_STANDARD = re.compile(r"国家标准|行业标准|地方标准|标准|规范|GB|YY|ISO|IEC")
_ACCEPTANCE = {
    "主体": Text("by whom", "验收主体"),
    "时间": Text("when", "验收时间"),
    "方式": Text("how", "验收方式"),
    "程序": Text("in which steps", "验收程序"),
    "内容": Text("of what", "验收内容"),
    "标准": Text("by which standard", "验收标准"),
}


def requirements_there(draft: Draft) -> Iterator[Found]:
    """Each lot has technical and qualification requirements (O87 20(3), 20(7))."""
    for lot in draft.lots:
        for kind, article, what in (
            ("technical", "O87 20(7)", Text("technical requirements", "技术要求")),
            ("qualification", "O87 20(3)", Text("qualification requirements", "投标人资格要求")),
        ):
            if not draft.requirements(lot, kind):
                yield Found(
                    f"contents-{kind}",
                    article,
                    f"{lot.number}/requirements",
                    ERROR,
                    Text(f"The lot has no {what.en}.", f"采购包未规定{what.zh}。"),
                    Text("Enter them.", f"填写{what.zh}。"),
                )


def review_there(draft: Draft) -> Iterator[Found]:
    """Under comprehensive scoring each lot has its factors (O87 20(11))."""
    if draft.tender.review_method != "comprehensive":
        return
    for lot in draft.lots:
        if not draft.factors(lot):
            yield Found(
                "contents-factors",
                draft.article("check-review-there"),
                f"{lot.number}/factors",
                ERROR,
                Text("The lot has no evaluation criteria.", "采购包未规定评审因素。"),
                Text("Enter them.", "填写评审因素。"),
            )


def standards_named(draft: Draft) -> Iterator[Found]:
    """The technical requirements name the standards they follow (O87 11(2), typical error 2)."""
    for lot in draft.lots:
        technical = draft.requirements(lot, "technical")
        if technical and not any(_STANDARD.search(r.text_zh) for r in technical):
            yield Found(
                "contents-standards",
                draft.article("check-standards-named"),
                f"{lot.number}/requirements",
                WARNING,
                Text("No standard is named in the technical requirements.", "未明确采购标的需执行的标准、规范。"),
                Text("Give the national or trade standards that apply.", "列明需执行的国家标准、行业标准等。"),
            )


def acceptance_described(draft: Draft) -> Iterator[Found]:
    """The contract says by whom, when, how and by which standard the delivery is accepted (N22 24, typical error 8)."""
    words = draft.tender.contract_terms + "".join(r.text_zh for r in draft.tender.requirements)
    if "验收" not in words:
        yield Found(
            "contents-acceptance",
            draft.article("check-acceptance-described"),
            "terms/contract_terms",
            ERROR,
            Text("The acceptance is not described.", "未明确履约验收的标准和要求。"),
            Text("Describe the acceptance in the contract terms.", "在合同条款中明确履约验收方案。"),
            read=("terms/contract_terms", *(draft.place(r) for r in draft.tender.requirements)),
        )
        return
    near = "".join(re.findall(r"[^。；]*验收[^。；]*", words))
    missing = [name for key, name in _ACCEPTANCE.items() if key not in near]
    if missing:
        yield Found(
            "contents-acceptance-parts",
            "N22 24",
            "terms/contract_terms",
            WARNING,
            Text(
                "The acceptance is not fully described: " + ", ".join(m.en for m in missing) + ".",
                "履约验收未明确：" + "、".join(m.zh for m in missing) + "。",
            ),
            Text("Add it to the contract terms.", "在合同条款中补充。"),
        )


def contract_there(draft: Draft) -> Iterator[Found]:
    """The draft of the contract is part of the documents and settles breach (O87 20(8), N38 3)."""
    terms = draft.tender.contract_terms
    if len(terms.strip()) < 20:
        yield Found(
            "contents-contract",
            draft.article("check-contract-there"),
            "terms/contract_terms",
            ERROR,
            Text("The draft of the contract is missing.", "缺少拟签订的合同文本。"),
            Text("Enter its terms.", "填写合同条款。"),
        )
    elif "违约" not in terms:
        yield Found(
            "contents-breach",
            "N38 3",
            "terms/contract_terms",
            WARNING,
            Text(
                "The contract does not cover breach, including late payment.",
                "合同未约定违约责任（含逾期支付责任）。",
            ),
            Text("Add the parties' liability.", "补充双方违约责任。"),
        )


def performance_bond_return(draft: Draft) -> Iterator[Found]:
    """Where a performance bond is taken, the contract says when it comes back (N38 3)."""
    terms = draft.tender.contract_terms
    if draft.tender.performance_bond_percent > 0 and not re.search(
        r"履约保证金[^。；]{0,40}退还|退还[^。；]{0,20}履约保证金", terms
    ):
        yield Found(
            "M3-return",
            "N38 3",
            "terms/contract_terms",
            WARNING,
            Text(
                "The contract does not say when the performance bond is returned.",
                "合同未约定履约保证金的退还方式、时间和条件。",
            ),
            Text("Add it.", "补充约定。"),
        )


def core_product(draft: Draft) -> Iterator[Found]:
    """A lot of several products names its core product (O87 31, typical error 7)."""
    if draft.project.object != "goods":
        return
    for lot in draft.lots:
        if len(lot.items) > 1 and not any(item.is_core for item in lot.items):
            yield Found(
                "E6",
                draft.article("check-core-product"),
                f"{lot.number}/items",
                WARNING,
                Text("No core product is named.", "非单一产品采购未载明核心产品。"),
                Text("Choose it in the procurement plan.", "在采购实施计划中确定核心产品。"),
            )


_STARRED = re.compile(
    r"(?<![标注带加打有“])(?<!标注)★(?![号”]|条款|标记|项)|(?<!非)(?<!不是)(?<!不属于)(?<!不作为)实质性"
)
"""A star or its word that marks this requirement, not one that is spoken of."""


def stars_agree(draft: Draft) -> Iterator[Found]:
    """What is substantive is marked as such, and the mark means it (O87 20)."""
    for requirement in draft.tender.requirements:
        marked = _STARRED.search(requirement.text_zh) is not None
        if marked and not requirement.starred:
            yield Found(
                "O87-20-star",
                draft.article("check-stars-agree"),
                draft.place(requirement),
                ERROR,
                Text(
                    "The text has a star but the requirement is not marked as mandatory.",
                    "文字标有★，但未设为实质性要求。",
                ),
                Text("Mark it as mandatory, or remove the star from the text.", "设为实质性要求，或者删除文字中的★。"),
                read=(draft.place(requirement),),
            )


_UNTIL = "[^。；，{1}]{{0,{0}}}?"
"""The words between a term and its figure; a sign among them would make it another figure (每延误1日, 届满前15日)."""


def contradictions(draft: Draft) -> Iterator[Found]:
    """Requirements and contract name the same periods and percentages as the terms (typical error 3)."""
    tender = draft.tender
    pairs = (
        (
            rf"履约保证金{_UNTIL.format(20, '退返剩尾')}(\d+(?:\.\d+)?)\s*[%％]",
            tender.performance_bond_percent,
            "performance_bond_percent",
        ),
        (
            rf"(?:投标保证金|(?<!履约)(?<!质量)(?<!工资)(?<!付款)(?<!诚信)(?<!投标)保证金){_UNTIL.format(12, '利息逾返退')}(\d+(?:\.\d+)?)\s*[%％]",
            tender.bond_percent,
            "bond_percent",
        ),
        (
            r"(?<!预付款)发票[^。；]{0,12}?(\d+)\s*(?:个?自然)?[日天][^。；工作]{0,6}(?:支付|(?<!预)付款)(?!预付|首付|定金)",
            Decimal(tender.payment_days),
            "payment_days",
        ),
        (
            rf"投标有效期{_UNTIL.format(10, '届满前内')}(\d+)\s*(?:个?日历)?[日天]",
            Decimal(tender.validity_days),
            "validity_days",
        ),
        (
            rf"(?:交货|交付|供货)(?:期|时间){_UNTIL.format(12, '每延逾提迟前超')}(\d+)\s*(?:个?日历)?[日天]",
            Decimal(tender.delivery_days),
            "delivery_days",
        ),
    )
    texts = [("terms/contract_terms", tender.contract_terms)]
    texts += [(draft.place(r), r.text_zh) for r in tender.requirements]
    for pattern, value, name in pairs:
        for place, text in texts:
            for found in re.findall(pattern, text):
                if Decimal(found) != value:
                    yield _contradiction(draft, place, f"terms/{name}", found, f"{plain(value)}")


def delivery_as_planned(draft: Draft) -> Iterator[Found]:
    """The documents ask for the performance period that the plan names."""
    planned = planned_words.delivery_days(draft.project.contract_plan)
    if planned is not None and planned != draft.tender.delivery_days:
        days = draft.tender.delivery_days
        yield Found(
            "plan-delivery",
            "N22 12",
            "terms/delivery_days",
            WARNING,
            Text(
                f"The plan names {planned} days for delivery, the documents {days}.",
                f"采购实施计划载明的履行期限为{planned}日，招标文件为{days}日，不一致。",
            ),
            Text("Make them agree, or plan again.", "统一两处表述，或者调整采购实施计划。"),
        )


def quantities(draft: Draft) -> Iterator[Found]:
    """A quantity in the text is the item's (typical error 3)."""
    for lot in draft.lots:
        for requirement in draft.requirements(lot):
            for item in lot.items:
                found = re.search(
                    rf"{re.escape(item.name)}[^。；0-9每配各]{{0,6}}(\d+)\s*{re.escape(item.unit)}", requirement.text_zh
                )
                if found and Decimal(found[1]) != item.quantity:
                    place = f"{lot.number}/items/{item.position}"
                    yield _contradiction(draft, draft.place(requirement), place, found[1], f"{plain(item.quantity)}")


_WARRANTY = re.compile(
    r"([\u4e00-\u9fff]{0,6})(?:的)?(?:质保期|保修期|质量保证期)[^。；0-9满内外每延届]{0,8}(\d+)\s*(年|个月)"
)
_WHOLE = re.compile(r"^$|(?:整机|设备|货物|产品|全部|所有|本项目|免费|主机|系统)$")


def guarantee_terms(draft: Draft) -> Iterator[Found]:
    """The warranty of the same thing is the same in the requirements and the contract (typical error 3)."""
    first: dict[str, tuple[str, str]] = {}
    for place, text in [(draft.place(r), r.text_zh) for r in draft.tender.requirements] + [
        ("terms/contract_terms", draft.tender.contract_terms)
    ]:
        for of, number, unit in _WARRANTY.findall(text):
            months = str(int(number) * (12 if unit == "年" else 1))
            thing = "" if _WHOLE.search(of) else of
            other, known = first.setdefault(thing, (place, months))
            if months != known:
                yield _contradiction(draft, place, other, f"{months}个月", f"{known}个月")


def _contradiction(draft: Draft, place: str, other: str, found: str, expected: str) -> Found:
    there = in_words(other)
    return Found(
        "contradiction",
        draft.article("check-contradiction"),
        place,
        ERROR,
        Text(
            f"It says {found}, but “{there.en}” says {expected}.",
            f"此处为{found}，而“{there.zh}”为{expected}，前后不一致。",
        ),
        Text("Make them agree.", "统一表述。"),
        read=(place, other),
    )


_NUMBER = r"(?P<{}>\d+|[一二两三四五六七八九十])"
_COUNTED = re.compile(
    rf"{_NUMBER.format('before')}\s*[个项份例][^。；，、]{{0,20}}?(?:业绩|合同|案例)"
    rf"|(?:业绩|合同|案例)[^。；\d]{{0,10}}?{_NUMBER.format('after')}\s*[个项份例]"
)
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def qualification_contracts(draft: Draft) -> Iterator[Found]:
    """No more contracts of the same kind are asked for as a qualification than the rule has it (N22 18)."""
    rule = draft.rule("qualification_contracts")
    for lot in draft.lots:
        for condition in draft.requirements(lot, "qualification"):
            counted = [found["before"] or found["after"] for found in _COUNTED.finditer(condition.text_zh)]
            most = max((_DIGITS.get(said) or int(said) for said in counted), default=0)
            if most > rule.value:
                yield Found(
                    rule.id,
                    rule.citation,
                    draft.place(condition),
                    WARNING,
                    Text(
                        f"{most} contracts of the same kind are asked for as a qualification.",
                        f"将{most}个同类业务合同作为投标人资格要求。",
                    ),
                    Text(f"Ask for {rule.count} at most, as a rule.", f"一般不超过{rule.count}个。"),
                )


def both_languages(draft: Draft) -> Iterator[Found]:
    """What is drawn in two languages is written in both."""
    missing: list[Requirement] = [r for r in draft.tender.requirements if not r.text_en.strip()]
    for requirement in missing:
        yield Found(
            "translation",
            "",
            draft.place(requirement),
            WARNING,
            Text(
                "There is no English text. The English documents will show the Chinese text.",
                "缺少英文文本，英文文件将显示中文。",
            ),
            Text("Add it.", "补充英文。"),
        )


CHECKS = (
    requirements_there,
    review_there,
    standards_named,
    acceptance_described,
    contract_there,
    performance_bond_return,
    core_product,
    stars_agree,
    contradictions,
    delivery_as_planned,
    quantities,
    guarantee_terms,
    qualification_contracts,
    both_languages,
)
