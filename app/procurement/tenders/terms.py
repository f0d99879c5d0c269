"""The periods and conditions of a contract in words: the documents, the contract and every page say them alike (O87 71).

Each is worked out of one number of the documents; nowhere else is a period of the contract put into words.
"""

from __future__ import annotations

from app.foundation.text import Text
from app.procurement import rules

BOND_FORMS = Text(
    "cheque, draft, promissory note or a letter of guarantee of a bank or guarantee institution, not cash",
    "支票、汇票、本票或者金融机构、担保机构出具的保函等非现金形式",
)
"""How a performance bond may be given (IR 48)."""

DISPUTES = Text(
    "the parties will try to settle disputes by negotiation; if they cannot, either may sue at the competent people's "
    "court at the buyer's seat",
    "双方协商解决；协商不成的，任何一方可以向采购人所在地有管辖权的人民法院提起诉讼",
)
"""How disputes about the contract are settled."""


OPTIONAL = (
    "delivery_place",
    "consortium",
    "domestic_share",
    "sme_consortium_deduction_percent",
    "late_interest_percent",
    "low_price_of_mean",
    "low_price_of_next",
    "low_price_of_ceiling",
    "low_price_explanation_minutes",
)
"""The terms that documents may leave out (``Tender.terms``): texts, yes or no, and numbers as ``numbers.plain`` writes them.

Shares and rates as percent; what is left out is as the law has it.
"""


def performance(days: int) -> Text:
    """By when the contract is performed."""
    return Text(f"within {_days(days)} after the contract is signed", f"自合同签订之日起{days}日内")


def payment(days: int, law: rules.Law) -> Text:
    """By when the price is paid: the agreed days count from the acceptance, those of the law from the invoice (N38 3).

    The earlier day counts (``payments.dues``).
    """
    most = law.count("payment")
    return Text(
        f"within {_days(days)} after the acceptance, and within {_days(most)} after the receipt of the invoice at the latest",
        f"验收合格之日起{days}日内，且最迟不超过收到发票后{most}日",
    )


def acceptance(days: int) -> Text:
    """By when the buyer accepts what was delivered, in working days."""
    return Text(
        f"within {days} working {'day' if days == 1 else 'days'} after the delivery was reported",
        f"收到验收申请后{days}个工作日内",
    )


def domestic_share(law: rules.Law) -> Text | None:
    """From which share of the cost several products count as domestic (State Council 34/2025); None where no rule is in force."""
    try:
        least = law.value("domestic_cost_share")
    except rules.NoRule:
        return None
    share = f"{(least * 100).normalize():f}%"
    return Text(
        f"bidders state it; from {share} all products offered count as domestic",
        f"由投标人填写；达到{share}以上的，所投全部产品视为本国产品",
    )


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
