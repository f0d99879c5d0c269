"""The core of the engine: diagrams to live instances. Only its module ``library`` imports SpiffWorkflow."""

from __future__ import annotations

from app.engine.spiff.course import StepEvent
from app.engine.spiff.environment import DecisionOutcome, Environment, OperationCall, Portion
from app.engine.spiff.failures import Abort, BpmnError, Failure, NoSuchStart, NoSuchToken, UnknownSnapshot
from app.engine.spiff.instance import (
    GOING_ON,
    ArmedTimer,
    Instance,
    OpenIncident,
    OpenTask,
    ScopeView,
    StartDue,
    Subscription,
    TokenView,
    Waiting,
    restore,
    start,
    start_timer_due,
)
from app.engine.spiff.migration import Moved, Noted, Plan, migrate
from app.engine.spiff.model import Bundle, Flow, Lane, Mapping, Node, Process, Reference
from app.engine.spiff.modification import Modification, Start, Unfit
from app.engine.spiff.reading import read
from app.engine.spiff.snapshots import VERSION, decoded, encode
from app.engine.spiff.timing import parse_instant, parse_span
from app.engine.spiff.values import correlation_text, plain

__all__ = [
    "GOING_ON",
    "VERSION",
    "Abort",
    "ArmedTimer",
    "BpmnError",
    "Bundle",
    "DecisionOutcome",
    "Environment",
    "Failure",
    "Flow",
    "Instance",
    "Lane",
    "Mapping",
    "Modification",
    "Moved",
    "NoSuchStart",
    "NoSuchToken",
    "Node",
    "Noted",
    "OpenIncident",
    "OpenTask",
    "OperationCall",
    "Plan",
    "Portion",
    "Process",
    "Reference",
    "ScopeView",
    "Start",
    "StartDue",
    "StepEvent",
    "Subscription",
    "TokenView",
    "Unfit",
    "UnknownSnapshot",
    "Waiting",
    "correlation_text",
    "decoded",
    "encode",
    "migrate",
    "parse_instant",
    "parse_span",
    "plain",
    "read",
    "restore",
    "start",
    "start_timer_due",
]  # fmt: skip
