"""Checks of periods and amounts against the statutory data."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.foundation import dates, workdays
from app.foundation.text import Text
from app.procurement.tenders.checks.drafts import ERROR, UNCERTAIN, WARNING, Draft, Found
from app.procurement.tenders.numbers import plain


def bid_period(draft: Draft) -> Iterator[Found]:
    """The bid period is long enough (GPL 35); a year without a calendar is answered by the confirmed timetable."""
    rule, deadline = draft.law.step("bid_deadline"), draft.tender.bid_deadline_at
    if rule is None:
        return
    if deadline is None:
        yield Found(
            "T1",
            draft.article("check-bid-period"),
            "terms/bid_deadline_at",
            ERROR,
            Text("There is no bid deadline.", "未规定投标截止时间。"),
            Text("Set it.", "填写投标截止时间。"),
        )
        return
    chosen = workdays.local_day(deadline)
    least = _least_deadline(draft, rule.after(draft.calendar, draft.notice_on))
    safe = rule.sense.last_day(least)
    day = dates.day(safe)
    fix = Text(f"Set {day.en} or later.", f"改为{day.zh}或者之后。")
    notice, at = dates.day(draft.notice_on), dates.day(chosen)
    if chosen < workdays.earliest(least):
        yield Found(
            "T1",
            rule.citation,
            "terms/bid_deadline_at",
            ERROR,
            Text(
                f"From the notice on {notice.en} to the deadline on {at.en} there are fewer than {rule.count} days.",
                f"自{notice.zh}发出招标文件至{at.zh}投标截止不足{rule.count}日。",
            ),
            fix,
        )
    elif chosen < safe:
        yield Found(
            "T1",
            rule.citation,
            "terms/bid_deadline_at",
            UNCERTAIN,
            Text(
                "Whether the bid period is long enough depends on holidays that have not been published yet.",
                "等标期是否足够取决于尚未公布的放假安排。",
            ),
            fix,
        )


def _least_deadline(draft: Draft, counted: workdays.Day) -> workdays.Day:
    """The earliest lawful deadline: as a person confirmed it, unless the notice has come so late that it can't be kept."""
    confirmed = draft.confirmed_deadline_on
    return confirmed if confirmed is not None and confirmed >= workdays.earliest(counted) else counted


def deadline_day(draft: Draft) -> Iterator[Found]:
    """The deadline should fall on a working day, so that there is somebody to open the bids."""
    deadline = draft.tender.bid_deadline_at
    if deadline is not None and draft.calendar.is_working(workdays.local_day(deadline)) is False:
        yield Found(
            "deadline-day",
            draft.article("check-deadline-day"),
            "terms/bid_deadline_at",
            WARNING,
            Text("The bid deadline is not on a working day.", "投标截止时间不是工作日。"),
            Text("Choose a working day.", "改为工作日。"),
        )


def supply_period(draft: Draft) -> Iterator[Found]:
    """The supply of the documents (O87 18) ends before the deadline."""
    rule, deadline = draft.law.step("supply_end"), draft.tender.bid_deadline_at
    if rule is None or deadline is None:
        return
    end = rule.last_day(draft.calendar, draft.notice_on)
    if workdays.local_day(deadline) <= end:
        until = dates.day(end)
        yield Found(
            "T5",
            rule.citation,
            "terms/bid_deadline_at",
            ERROR,
            Text(
                f"The documents must be supplied until {until.en}; the deadline comes before.",
                f"招标文件应当提供至{until.zh}，投标截止时间早于该日。",
            ),
            Text("Set a later deadline.", "推迟投标截止时间。"),
        )


def bid_bond(draft: Draft) -> Iterator[Found]:
    """The bid bond isn't above its ceiling (IR 33)."""
    rule, percent = draft.rule("bid_bond_ceiling"), draft.tender.bond_percent
    if percent > rule.value * 100:
        yield Found(
            "M1",
            rule.citation,
            "terms/bond_percent",
            ERROR,
            Text(
                f"A bid bond of {plain(percent)}% is above {plain(rule.value * 100)}% of the budget.",
                f"投标保证金{plain(percent)}%超过预算金额的{plain(rule.value * 100)}%。",
            ),
            Text(f"Enter {plain(rule.value * 100)}% or less.", f"不超过{plain(rule.value * 100)}%。"),
        )


def performance_bond(draft: Draft) -> Iterator[Found]:
    """The performance bond isn't above its ceiling (IR 48)."""
    rule, percent = draft.rule("performance_bond_ceiling"), draft.tender.performance_bond_percent
    if percent > rule.value * 100:
        yield Found(
            "M3",
            rule.citation,
            "terms/performance_bond_percent",
            ERROR,
            Text(
                f"A performance bond of {plain(percent)}% is above {plain(rule.value * 100)}% of the contract.",
                f"履约保证金{plain(percent)}%超过合同金额的{plain(rule.value * 100)}%。",
            ),
            Text(f"Enter {plain(rule.value * 100)}% or less.", f"不超过{plain(rule.value * 100)}%。"),
        )


def payment_term(draft: Draft) -> Iterator[Found]:
    """Payment isn't promised later than the law allows (Notice 38/2019 part 3)."""
    rule, days = draft.rule("invoice_payment_term"), draft.tender.payment_days
    if days > rule.count:
        yield Found(
            "M15",
            rule.citation,
            "terms/payment_days",
            ERROR,
            Text(
                f"Payment {days} days after the invoice is later than {rule.count} days.",
                f"收到发票后{days}日支付，超过{rule.count}日。",
            ),
            Text(f"Enter {rule.count} days or fewer.", f"不超过{rule.count}日。"),
        )


def validity(draft: Draft) -> Iterator[Found]:
    """Bids stay valid until the contract can be signed (O87 20(12), 23): report, decision, notice and signature."""
    days = draft.tender.validity_days
    needed = draft.rule("contract_signing").count
    if days < needed:
        yield Found(
            "validity",
            draft.article("check-validity"),
            "terms/validity_days",
            ERROR if days < 1 else WARNING,
            Text(
                f"Bids valid for {days} days may expire before the contract is signed, which can take up to {needed} days.",
                f"投标有效期{days}日，可能在合同签订（最长{needed}日）前届满。",
            ),
            Text("90 days is usual.", "一般为90日。"),
        )


def committee(draft: Draft) -> Iterator[Found]:
    """The committee is odd and large enough (O87 47)."""
    size, rule = draft.tender.committee_size, draft.law.group_size(draft.project.estimate)
    if rule is not None and (size < rule.count or size % 2 == 0):
        yield Found(
            rule.id,
            rule.citation,
            "terms/committee_size",
            ERROR,
            Text(
                f"A committee of {size} is not allowed. It must be an odd number of at least {rule.count}.",
                f"评标委员会{size}人，应当为{rule.count}人以上单数。",
            ),
            Text(f"Enter {rule.count}.", f"改为{rule.count}人。"),
        )


def sme_deduction(draft: Draft) -> Iterator[Found]:
    """Smaller enterprises get their price deduction where lots aren't reserved, and none where they are (N46 9)."""
    percent = draft.tender.sme_deduction_percent
    low, high = draft.rule("sme_deduction_min"), draft.rule("sme_deduction_max")
    open_lots = [lot for lot in draft.lots if lot.sme_mode == "none"]
    prices = any(f.kind == "price" for f in draft.tender.factors) or draft.tender.review_method == "lowest_price"
    if open_lots and prices and not percent:
        yield _deduction(
            low.citation,
            Text(
                "A lot that is not reserved has no price deduction for small and micro enterprises.",
                "非预留采购包未对小微企业给予价格扣除。",
            ),
            Text(
                f"Set {plain(low.value * 100)} to {plain(high.value * 100)}%.",
                f"设置{plain(low.value * 100)}%至{plain(high.value * 100)}%。",
            ),
        )
    elif percent and not open_lots:
        yield _deduction(
            "N46 9",
            Text("All lots are reserved; no deduction applies.", "采购包均已预留，不再给予价格扣除。"),
            Text("Leave it empty.", "不填写价格扣除。"),
        )
    elif percent and not low.value * 100 <= percent <= high.value * 100:
        yield _deduction(
            low.citation,
            Text(
                f"A deduction of {plain(percent)}% is not between {plain(low.value * 100)} and {plain(high.value * 100)}%.",
                f"价格扣除{plain(percent)}%不在{plain(low.value * 100)}%至{plain(high.value * 100)}%之间。",
            ),
            Text("Enter a rate in this range.", "在规定范围内确定。"),
        )


def _deduction(article: str, problem: Text, fix: Text) -> Found:
    return Found("M7", article, "terms/sme_deduction_percent", ERROR, problem, fix)


def sme_reservation(draft: Draft) -> Iterator[Found]:
    """Small purchases are reserved for smaller enterprises, or say why not (N46 7)."""
    rule = draft.rule("sme_reservation_limit")
    if draft.project.estimate > rule.value:
        return
    for lot in draft.lots:
        if lot.sme_mode == "none" and not lot.sme_reason:
            yield Found(
                rule.id,
                rule.citation,
                f"{lot.number}/sme_mode",
                WARNING,
                Text(
                    "The lot is not reserved for small and medium enterprises and no reason is given.",
                    "未专门面向中小企业采购，且未说明原因。",
                ),
                Text("Reserve it, or give the reason in the plan.", "专门面向中小企业，或者在采购实施计划中说明原因。"),
            )


def ceilings(draft: Draft) -> Iterator[Found]:
    """Lots and ceilings stay within the budget (GPL 6, O87 12); the plan refused it, a later budget cut may not have."""
    total = sum((lot.budget for lot in draft.lots), Decimal(0))
    if total > draft.project.estimate:
        yield Found(
            "lots-over-budget",
            "GPL 6",
            "lots",
            ERROR,
            Text("The lots add up to more than the project budget.", "采购包预算合计超过项目预算。"),
            Text("Change the procurement plan.", "重新编制采购实施计划。"),
        )
    for lot in draft.lots:
        if lot.ceiling is not None and lot.ceiling > lot.budget:
            yield Found(
                "ceiling-over-budget",
                draft.article("check-ceilings"),
                f"{lot.number}/ceiling",
                ERROR,
                Text("The ceiling is above the budget.", "最高限价超过预算。"),
                Text("Lower it.", "降低最高限价。"),
            )


CHECKS = (
    bid_period,
    deadline_day,
    supply_period,
    bid_bond,
    performance_bond,
    payment_term,
    validity,
    committee,
    sme_deduction,
    sme_reservation,
    ceilings,
)
