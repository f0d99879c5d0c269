"""What the system does by itself: the acts that service tasks of a diagram name, one module for each concept.

A handler is one line of translation between the process and a domain act: it takes the task's inputs and gives back
variables. A business error that the diagram catches is raised as ``BpmnError``; any other refusal is an incident.
"""

from app.workflow.operations import awards, bids, bonds, contracts, evaluation, experts, payments, projects, tenders

__all__ = ["awards", "bids", "bonds", "contracts", "evaluation", "experts", "payments", "projects", "tenders"]
