"""Toy diagrams and an engine for them: small enough to see the whole process in one test."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.engine import Engine
from app.engine.records import HistoryRow
from app.foundation.actor import Actor

ANNA = Actor("anna", "Anna", groups=frozenset({"clerk"}))
BO = Actor("bo", "Bo", groups=frozenset({"clerk"}))
CARA = Actor("cara", "Cara", groups=frozenset({"chief"}))
ROOT = Actor("root", "Root", groups=frozenset({"administrator"}))

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://example.com/toys">'
)


def diagram(body: str, process_id: str = "toy", globals_: str = "") -> bytes:
    """A whole BPMN file around what stands inside its one process."""
    return (
        f'{_HEAD}{globals_}<bpmn:process id="{process_id}" name="Toy" isExecutable="true">{body}</bpmn:process>'
        "</bpmn:definitions>"
    ).encode()


def flows(*ids: str) -> str:
    """Sequence flows from each element to the next."""
    return "".join(f'<bpmn:sequenceFlow id="{a}_to_{b}" sourceRef="{a}" targetRef="{b}" />' for a, b in pairwise(ids))


def user(
    element_id: str, *, group: str | None = "clerk", form: str | None = None, duty: str | None = None, extra: str = ""
) -> str:
    """A user task named in both languages."""
    parts = ["<zeebe:userTask />", extra]
    if form:
        parts.append(f'<zeebe:formDefinition formId="{form}" />')
    if group:
        parts.append(f'<zeebe:assignmentDefinition candidateGroups="{group}" />')
    properties = [("name:en", f"Do {element_id}"), ("name:zh", f"办理 {element_id}")]
    if duty:
        properties.append(("duty", f"not the same person as {duty}"))
    parts.append(
        "<zeebe:properties>"
        + "".join(f'<zeebe:property name="{name}" value="{value}" />' for name, value in properties)
        + "</zeebe:properties>"
    )
    return (
        f'<bpmn:userTask id="{element_id}" name="Do {element_id}"><bpmn:extensionElements>{"".join(parts)}'
        "</bpmn:extensionElements></bpmn:userTask>"
    )


def service(element_id: str, type_: str, mapping: str = "", retries: str = "1") -> str:
    """A service task that calls an operation."""
    return (
        f'<bpmn:serviceTask id="{element_id}" name="{element_id}"><bpmn:extensionElements>'
        f'<zeebe:taskDefinition type="{type_}" retries="{retries}" />{mapping}</bpmn:extensionElements></bpmn:serviceTask>'
    )


def catch_timer(element_id: str, value: str, kind: str = "timeDuration") -> str:
    """An intermediate timer event."""
    return (
        f'<bpmn:intermediateCatchEvent id="{element_id}"><bpmn:timerEventDefinition>'
        f"<bpmn:{kind}>{value}</bpmn:{kind}></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )


def catch_message(element_id: str, message_id: str = "m") -> str:
    """An intermediate message event."""
    return (
        f'<bpmn:intermediateCatchEvent id="{element_id}"><bpmn:messageEventDefinition messageRef="{message_id}" />'
        "</bpmn:intermediateCatchEvent>"
    )


def message(name: str, key: str = "=key", message_id: str = "m") -> str:
    """A message with its correlation key."""
    return (
        f'<bpmn:message id="{message_id}" name="{name}"><bpmn:extensionElements>'
        f'<zeebe:subscription correlationKey="{key}" /></bpmn:extensionElements></bpmn:message>'
    )


START = '<bpmn:startEvent id="start" />'
END = '<bpmn:endEvent id="end" />'

ONE_TASK = diagram(START + user("work") + END + flows("start", "work", "end"))
TWO_TASKS = diagram(START + user("draft") + user("check", duty="draft") + END + flows("start", "draft", "check", "end"))


def engine(**parts: object) -> Engine:
    """An engine without forms and operations of its own."""
    return Engine(**parts)  # type: ignore[arg-type]


def kept(session: Session, instance_id: str, *kinds: str) -> list[HistoryRow]:
    """An instance's history of these kinds, in order."""
    rows = select(HistoryRow).where(HistoryRow.instance_id == instance_id, HistoryRow.kind.in_(kinds))
    return list(session.scalars(rows.order_by(HistoryRow.sequence)))
