"""Forms taken in: each form's values become a domain act in the transaction that completes its task.

One module for each concept. ``INTAKE`` gives the variables (ids and decisions, nothing else) that enter the process;
``PREPARE`` what a form shows before it is filled in: ``values`` (what fields start from, rows of fixed tables among them),
``options`` (choices by ``options_from``: pairs of value and Text), ``facts`` (pairs of Texts, shown beside the form) and
``documents`` (ids of documents to look at).
"""

from __future__ import annotations

from app.engine.engine import Intake, Prepare
from app.identity.certificates import Signer
from app.workflow.intake import (
    acceptance,
    agreements,
    awards,
    bids,
    contracts,
    evaluation,
    experts,
    payments,
    projects,
    queries,
    tenders,
)
from app.workflow.sealing import sealing

_PARTS = (
    *(projects, agreements, tenders, bids, experts, evaluation, awards, queries),
    *(contracts, acceptance, payments),
)

INTAKE: dict[str, Intake] = {form: take for part in _PARTS for form, take in part.INTAKE.items()}
PREPARE: dict[str, Prepare] = {form: prepare for part in _PARTS for form, prepare in part.PREPARE.items()}


def takes(authority: Signer) -> dict[str, Intake]:
    """Every form's intake; ``authority`` makes the signatures and seals of those that sign a file."""
    return INTAKE | contracts.signing(authority) | sealing(INTAKE, authority)
