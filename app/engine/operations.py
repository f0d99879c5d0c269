"""The registry of operations: what a service task may call, with its parameters and results.

A diagram names an operation by its type (``zeebe:taskDefinition type``); the studio's element templates, the check at
deployment and the call itself all read the same description.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy.orm import Session

from app.feel import parse_date, parse_date_time
from app.foundation.actor import Actor
from app.foundation.errors import Refusal
from app.foundation.text import Text

ParameterType = Literal["string", "number", "integer", "boolean", "date", "datetime", "list", "context", "any"]


@dataclass(frozen=True)
class Parameter:
    """An input or result of an operation. ``choices`` are the values it may have, when they are few."""

    name: str
    type: ParameterType = "string"
    required: bool = False
    label: Text | None = None
    hint: Text | None = None
    choices: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True)
class Context:
    """Where a call comes from. ``actor`` is the system's; ``headers`` are the task's static parameters."""

    session: Session
    actor: Actor
    now: datetime
    instance_id: str
    business_key: str | None
    element_id: str
    token_id: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same for every attempt of one call, different for every other: what a partner outside tells repeats by."""
        return f"{self.instance_id}:{self.token_id}"


Handler = Callable[..., Mapping[str, Any] | None]


@dataclass(frozen=True)
class Operation:
    """What stands behind a type: its name, its inputs, its results and the function that does it."""

    type: str
    name: Text
    handler: Handler
    parameters: tuple[Parameter, ...] = ()
    results: tuple[Parameter, ...] = ()
    hint: Text | None = None

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, or None."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    def call(self, context: Context, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Do it; inputs that are no parameters are left out.

        :raises UnfitInput: when a required input is missing or has the wrong type
        """
        arguments = {}
        for parameter in self.parameters:
            value = inputs.get(parameter.name)
            if value is None and parameter.required:
                raise UnfitInput(parameter=parameter.name, found=Text("nothing", "空值"))
            if value is not None or parameter.name in inputs:
                arguments[parameter.name] = _fitted(parameter, value)
        return dict(self.handler(context, **arguments) or {})


class UnfitInput(Refusal):
    """An operation was called without a value it needs, or with one it can't read."""

    code = "unfit-input"
    text = Text(
        "The input “%(parameter)s” cannot be used. It is %(found)s.", "输入“%(parameter)s”无法使用：其值为%(found)s。"
    )


class UnknownOperation(Refusal):
    """A diagram names an operation that isn't registered here."""

    code = "unknown-operation"
    text = Text("There is no operation “%(type)s” here.", "系统中没有名为“%(type)s”的操作。")


class Registry:
    """All operations of the house, by type."""

    def __init__(self) -> None:
        self._operations: dict[str, Operation] = {}

    def operation(
        self,
        type: str,
        *,
        name: Text,
        parameters: list[Parameter] | None = None,
        results: list[Parameter] | None = None,
        hint: Text | None = None,
    ) -> Callable[[Handler], Handler]:
        """Register the decorated function as the operation ``type``: ``handler(context, **inputs) -> results``."""

        def register(handler: Handler) -> Handler:
            if type in self._operations:
                raise ValueError(f"the operation {type} is registered twice")
            self._operations[type] = Operation(type, name, handler, tuple(parameters or ()), tuple(results or ()), hint)
            return handler

        return register

    def get(self, type: str) -> Operation | None:
        """The operation of that type, or None."""
        return self._operations.get(type)

    def __contains__(self, type: object) -> bool:
        return type in self._operations

    def __iter__(self) -> Iterator[Operation]:
        return iter(sorted(self._operations.values(), key=lambda operation: operation.type))

    def element_templates(self, lang: str) -> list[dict[str, Any]]:
        """Camunda element templates (JSON schema of element-templates 0.5) for the studio, in one language."""
        return [_template(operation, lang) for operation in self]


def _fitted(parameter: Parameter, value: Any) -> Any:
    reader = _READERS.get(parameter.type)
    if value is None or reader is None:
        return value
    fitted = reader(value)
    if fitted is None:
        raise UnfitInput(parameter=parameter.name, found=_described(value))
    return fitted


def _described(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float) or value != int(value):
        return None
    return int(value)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float):
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _day(value: Any) -> date | None:
    read = parse_date(value) if isinstance(value, str) else value
    return read if isinstance(read, date) and not isinstance(read, datetime) else None


def _instant(value: Any) -> datetime | None:
    read = parse_date_time(value) if isinstance(value, str) else value
    return read if isinstance(read, datetime) and read.tzinfo is not None else None


def _only(kind: type) -> Callable[[Any], Any]:
    return lambda value: value if isinstance(value, kind) else None


_READERS: dict[str, Callable[[Any], Any]] = {
    "string": _only(str),
    "boolean": _only(bool),
    "list": _only(list),
    "context": _only(dict),
    "integer": _whole,
    "number": _number,
    "date": _day,
    "datetime": _instant,
}


def _template(operation: Operation, lang: str) -> dict[str, Any]:
    words = operation.name.in_(lang)
    template: dict[str, Any] = {
        "$schema": "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json",
        "id": operation.type,
        "name": words,
        "appliesTo": ["bpmn:Task", "bpmn:ServiceTask", "bpmn:SendTask"],
        "elementType": {"value": "bpmn:ServiceTask"},
        "groups": [
            {"id": "inputs", "label": Text("Inputs", "输入").in_(lang)},
            {"id": "results", "label": Text("Results", "结果").in_(lang)},
        ],
        "properties": [
            {
                "type": "Hidden",
                "value": operation.type,
                "binding": {"type": "zeebe:taskDefinition", "property": "type"},
            },
            *(_input_property(parameter, lang) for parameter in operation.parameters),
            *(_result_property(parameter, lang) for parameter in operation.results),
        ],
    }
    if operation.hint:
        template["description"] = operation.hint.in_(lang)
    return template


def _input_property(parameter: Parameter, lang: str) -> dict[str, Any]:
    label = parameter.label or Text(parameter.name, parameter.name)
    shown: dict[str, Any] = {
        "id": f"input-{parameter.name}",
        "label": label.in_(lang),
        "group": "inputs",
        "binding": {"type": "zeebe:input", "name": parameter.name},
        "optional": not parameter.required,
    }
    if parameter.hint:
        shown["description"] = parameter.hint.in_(lang)
    if parameter.choices:
        choices = [{"value": value, "name": words.in_(lang)} for value, words in parameter.choices]
        shown |= {"type": "Dropdown", "choices": choices}
    elif parameter.type == "string":
        shown |= {"type": "String", "feel": "optional"}
    else:
        shown |= {"type": "String", "feel": "required"}
    if parameter.required:
        shown["constraints"] = {"notEmpty": True}
    return shown


def _result_property(parameter: Parameter, lang: str) -> dict[str, Any]:
    label = parameter.label or Text(parameter.name, parameter.name)
    return {
        "id": f"result-{parameter.name}",
        "label": label.in_(lang),
        "type": "String",
        "group": "results",
        "value": parameter.name,
        "optional": True,
        "binding": {"type": "zeebe:output", "source": f"={parameter.name}"},
    }
