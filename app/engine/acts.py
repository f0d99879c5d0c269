"""The registry of acts: what a task of a diagram may do, with what it needs and what it gives.

A service task names an act by its type (``zeebe:taskDefinition type``), a user task by its form. The studio's element
templates, the check at deployment, the form's page and the act itself all read the one declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy.orm import Session

from app.engine.records import InstanceRow, OpenTaskRow
from app.feel import parse_date, parse_date_time
from app.foundation.actor import Actor
from app.foundation.errors import Refusal
from app.foundation.text import Text

ValueType = Literal["string", "number", "integer", "boolean", "date", "datetime", "list", "context", "any"]


@dataclass(frozen=True)
class Value:
    """What an act needs or gives. ``choices`` are the values it may have, when they are few."""

    name: str
    type: ValueType = "string"
    label: Text | None = None
    hint: Text | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    required: bool = True

    def optional(self) -> Value:
        """The same where it may be left out."""
        return replace(self, required=False)


@dataclass(frozen=True, eq=False)
class Record:
    """A kind of record whose state acts ask for and change: its words, and the names of its states."""

    name: str
    label: Text
    states: Mapping[str, Text]

    @property
    def variable(self) -> str:
        """The variable of a case that says which record it is about."""
        return f"{self.name}_id"


@dataclass(frozen=True)
class Standing:
    """The states of a record in which an act may be done, and those in which it leaves it.

    None needed: it may be done in any. None left: the record stays where it stood.
    """

    of: Record
    needs: frozenset[str] = frozenset()
    leaves: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Context:
    """Where a service task's act is done from. ``actor`` is the system's; ``headers`` are the task's static parameters.

    ``partners``: what acts need of the world outside the database, as whoever built the engine gave it.
    """

    session: Session
    actor: Actor
    now: datetime
    instance_id: str
    business_key: str | None
    element_id: str
    token_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    partners: Any = None

    @property
    def key(self) -> str:
        """The same for every attempt of one call, different for every other: what a partner outside tells repeats by."""
        return f"{self.instance_id}:{self.token_id}"


@dataclass(frozen=True)
class IntakeContext:
    """Where a form's act is done from, and what prepares the form: the case, the task and the variables the task sees.

    ``arrived_at``: when what is being taken in reached the server, which decides a deadline; ``now`` decides none.
    """

    session: Session
    actor: Actor
    instance: InstanceRow
    task: OpenTaskRow
    variables: Mapping[str, Any]
    now: datetime
    arrived_at: datetime
    partners: Any = None


Doing = Callable[..., Mapping[str, Any] | None]
"""``doing(context, **inputs)`` of a service task, ``doing(context, values)`` of a form: what it gives, by name."""
Prepare = Callable[[IntakeContext], Mapping[str, Any]]
"""What a form shows before it is filled in: ``values``, ``options``, ``facts``, ``notes``, ``documents``, ``tables``."""


@dataclass(frozen=True)
class Act:
    """What may be done in a task: its name, what it needs and gives, where records stand, the function that does it.

    ``form``: the form by which a person does it; None: the system does it in a service task, whose type is the act's id.
    """

    id: str
    name: Text
    doing: Doing
    form: str | None = None
    needs: tuple[Value, ...] = ()
    gives: tuple[Value, ...] = ()
    states: tuple[Standing, ...] = ()
    hint: Text | None = None

    def need(self, name: str) -> Value | None:
        """The need of that name, or None."""
        return next((need for need in self.needs if need.name == name), None)

    def call(self, context: Context, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Do it in a service task; inputs that it doesn't need are left out.

        :raises UnfitInput: when something it needs is missing or has the wrong type
        """
        return self._declared(self.doing(context, **self._fitted(inputs)))

    def take(self, context: IntakeContext, values: dict[str, Any]) -> dict[str, Any]:
        """Do it with the values of its form: the variables that enter the process.

        :raises UnfitInput: when the task doesn't see what the act needs, or something of the wrong type
        """
        return self._declared(self.doing(self.seen(context), values))

    def seen(self, context: IntakeContext) -> IntakeContext:
        """What the act may see of its task: the variables that it needs.

        :raises UnfitInput:
        """
        return replace(context, variables=self._fitted(context.variables))

    def _fitted(self, given: Mapping[str, Any]) -> dict[str, Any]:
        arguments = {}
        for need in self.needs:
            value = given.get(need.name)
            if value is None and need.required:
                raise UnfitInput(parameter=need.name, found=Text("nothing", "空值"))
            if value is not None or need.name in given:
                arguments[need.name] = _fitted(need, value)
        return arguments

    def _declared(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        found = dict(given or {})
        if unknown := found.keys() - {value.name for value in self.gives}:
            raise UntrueDeclaration(f"{self.id} gives {', '.join(sorted(unknown))}, which it does not declare")
        for value in self.gives:
            said = found.get(value.name)
            reader = _READERS.get(value.type)
            if said is None and value.required:
                raise UntrueDeclaration(f"{self.id} declares {value.name} and does not give it")
            if said is not None and reader is not None and reader(said) is None:
                raise UntrueDeclaration(f"{self.id} gives {value.name}, which is no {value.type}")
        return found


class UntrueDeclaration(RuntimeError):
    """An act gave something other than it declares: a fault of the program, whatever the case."""


class UnfitInput(Refusal):
    """An act was to be done without a value it needs, or with one it can't read."""

    text = Text(
        "The input “%(parameter)s” cannot be used. It is %(found)s.", "输入“%(parameter)s”无法使用：其值为%(found)s。"
    )


class UnknownOperation(Refusal):
    """A diagram names an act that isn't registered here."""

    text = Text("There is no operation “%(type)s” here.", "系统中没有名为“%(type)s”的操作。")


class Registry:
    """Acts by their ids, and by their forms. A registry made of another has its acts, and may have more."""

    def __init__(self, other: Registry | None = None) -> None:
        self._acts: dict[str, Act] = dict(other._acts) if other else {}
        self._by_form: dict[str, Act] = dict(other._by_form) if other else {}
        self._prepares: dict[str, Prepare] = dict(other._prepares) if other else {}

    def act(
        self,
        id: str,
        *,
        name: Text,
        form: str | None = None,
        needs: Iterable[Value] = (),
        gives: Iterable[Value] = (),
        states: Iterable[Standing] = (),
        hint: Text | None = None,
    ) -> Callable[[Doing], Doing]:
        """Declare that the decorated function does the act ``id``, in a service task or by a form."""

        def declare(doing: Doing) -> Doing:
            if id in self._acts or form in self._by_form:
                raise ValueError(f"the act {id} is declared twice")
            act = self._acts[id] = Act(id, name, doing, form, tuple(needs), tuple(gives), tuple(states), hint)
            if form is not None:
                self._by_form[form] = act
            return doing

        return declare

    def prepares(self, *forms: str) -> Callable[[Prepare], Prepare]:
        """Declare that the decorated function gives what these forms show before they are filled in."""

        def declare(prepare: Prepare) -> Prepare:
            for form in forms:
                if form in self._prepares:
                    raise ValueError(f"the form {form} is prepared twice")
                self._prepares[form] = prepare
            return prepare

        return declare

    def operation(self, type: str) -> Act | None:
        """The act of a service task by its type, or None."""
        found = self._acts.get(type)
        return found if found is not None and found.form is None else None

    def of_form(self, form_id: str | None) -> Act | None:
        """The act that a person does by a form; None where the form's values become the case's as they are."""
        return self._by_form.get(form_id) if form_id is not None else None

    def prepare_of(self, form_id: str) -> Prepare | None:
        """What gives a form's values, options and facts before it is shown, or None."""
        return self._prepares.get(form_id)

    def __iter__(self) -> Iterator[Act]:
        return iter(sorted(self._acts.values(), key=lambda act: act.id))

    @property
    def operations(self) -> list[Act]:
        """The acts of service tasks."""
        return [act for act in self if act.form is None]

    @property
    def forms(self) -> frozenset[str]:
        """The forms that the program itself takes in or prepares: they belong in user tasks."""
        return frozenset(self._by_form) | frozenset(self._prepares)

    def element_templates(self, lang: str) -> list[dict[str, Any]]:
        """Camunda element templates (JSON schema of element-templates 0.5) for the studio, in one language."""
        return [_template(act, lang) for act in self.operations]


def _fitted(need: Value, value: Any) -> Any:
    reader = _READERS.get(need.type)
    if value is None or reader is None:
        return value
    fitted = reader(value)
    if fitted is None:
        raise UnfitInput(parameter=need.name, found=_described(value))
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


def _template(act: Act, lang: str) -> dict[str, Any]:
    words = act.name.in_(lang)
    template: dict[str, Any] = {
        "$schema": "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json",
        "id": act.id,
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
                "value": act.id,
                "binding": {"type": "zeebe:taskDefinition", "property": "type"},
            },
            *(_input_property(need, lang) for need in act.needs),
            *(_result_property(given, lang) for given in act.gives),
        ],
    }
    if act.hint:
        template["description"] = act.hint.in_(lang)
    return template


def _input_property(need: Value, lang: str) -> dict[str, Any]:
    label = need.label or Text(need.name, need.name)
    shown: dict[str, Any] = {
        "id": f"input-{need.name}",
        "label": label.in_(lang),
        "group": "inputs",
        "binding": {"type": "zeebe:input", "name": need.name},
        "optional": not need.required,
    }
    if need.hint:
        shown["description"] = need.hint.in_(lang)
    if need.choices:
        choices = [{"value": value, "name": words.in_(lang)} for value, words in need.choices]
        shown |= {"type": "Dropdown", "choices": choices}
    elif need.type == "string":
        shown |= {"type": "String", "feel": "optional"}
    else:
        shown |= {"type": "String", "feel": "required"}
    if need.required:
        shown["constraints"] = {"notEmpty": True}
    return shown


def _result_property(given: Value, lang: str) -> dict[str, Any]:
    label = given.label or Text(given.name, given.name)
    return {
        "id": f"result-{given.name}",
        "label": label.in_(lang),
        "type": "String",
        "group": "results",
        "value": given.name,
        "optional": True,
        "binding": {"type": "zeebe:output", "source": f"={given.name}"},
    }
