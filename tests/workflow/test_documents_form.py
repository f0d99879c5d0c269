"""What the form of the tender documents asks for is what the documents say, and stands in it when it is corrected."""

from datetime import UTC, datetime
from decimal import Decimal

from app.foundation.text import Text
from app.procurement.tenders import NewFactor, Terms
from app.workflow.documents_form import as_values, read_documents

MORE = {
    "consortium": True,
    "delivery_place": "江城市第一人民医院",
    "domestic_share": True,
    "sme_consortium_deduction_percent": "5",
    "late_interest_percent": "4.5",
    "low_price_of_mean": "60",
    "low_price_of_next": "55",
    "low_price_of_ceiling": "50",
    "low_price_explanation_minutes": "45",
}
STEPPED = NewFactor(
    1, "F1", Text("Screen", "显示器"), "objective", Decimal(40), "按档计分", [{"points": "20"}, {"points": "40"}]
)


def values(more):
    terms = Terms(
        bid_deadline_at=datetime(2026, 3, 25, 1, 30, tzinfo=UTC),
        bond_percent=Decimal(2),
        validity_days=90,
        performance_bond_percent=Decimal(5),
        payment_days=30,
        delivery_days=30,
        tie_break="draw",
        committee_size=5,
        contract_terms="略",
        more=more,
    )
    return as_values([], [STEPPED], terms)


def test_every_optional_term_and_step_comes_back_as_it_was_entered():
    read = read_documents(values(MORE))
    assert read["terms"].more == MORE
    assert read["factors"][0].bands == STEPPED.bands


def test_what_is_left_out_is_not_said():
    assert read_documents(values({"consortium": False}))["terms"].more == {"consortium": False}
