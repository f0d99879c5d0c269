"""Forms taken in: each form's values become a domain act in the transaction that completes its task.

One module for each concept. An act gives the variables (ids and decisions, nothing else) that enter the process; what
prepares a form gives what it shows before it is filled in: ``values`` (what fields start from, rows of fixed tables among
them), ``options`` (choices by ``options_from``: pairs of value and Text), ``facts`` (pairs of Texts, shown beside the form)
and ``documents`` (ids of documents to look at).
"""

from app.workflow.intake import (
    acceptance,
    agreements,
    awards,
    bids,
    contracts,
    experts,
    payments,
    prices,
    projects,
    queries,
    reports,
    reviews,
    scores,
    tenders,
)

__all__ = [
    "acceptance",
    "agreements",
    "awards",
    "bids",
    "contracts",
    "experts",
    "payments",
    "prices",
    "projects",
    "queries",
    "reports",
    "reviews",
    "scores",
    "tenders",
]
