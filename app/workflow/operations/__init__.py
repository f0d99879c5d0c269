"""What the system does by itself: the operations that service tasks of a diagram name, one module for each concept.

A handler is one line of translation between the process and a domain act: it takes the task's inputs and gives back
variables. A business error that the diagram catches is raised as ``BpmnError``; any other refusal is an incident.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.operations import Registry
from app.identity.certificates import Signer
from app.keeper import Keeper
from app.workflow.operations import awards, bids, bonds, contracts, evaluation, experts, payments, projects, tenders

_PARTS = (projects, tenders, bonds, bids, experts, evaluation, awards, contracts, payments)


@dataclass(frozen=True)
class Partners:
    """What operations and forms need of the world outside the database. ``authority`` signs PDFs for organisations."""

    keeper: Keeper
    authority: Signer


def register(registry: Registry, partners: Partners) -> None:
    """Register every operation of the house."""
    for part in _PARTS:
        part.register(registry, partners)
