"""An instance as bytes: its tokens and scopes, no diagram, no history.

JSON by orjson, compressed. Decimals, dates, times and durations are objects with one key that begins with a NUL character; should user data
have such a key, its keys are escaped, so nothing that a user enters reads as one. A variable is encoded again only when it has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib.metadata import version
from threading import local
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import zstandard

from app import feel
from app.engine.spiff import listening
from app.engine.spiff.course import Course
from app.engine.spiff.environment import Environment
from app.engine.spiff.failures import UnknownSnapshot
from app.engine.spiff.library import TaskState
from app.engine.spiff.model import Bundle
from app.engine.spiff.scopes import COUNTERS, MULTI, Scope
from app.engine.spiff.specs import spec_of
from app.engine.spiff.tokens import Token
from app.engine.states import InstanceState
from app.foundation.text import Text

FORMAT = 1
VERSION = f"{FORMAT}/{version('SpiffWorkflow')}"

DAMAGED = Text("The stored data of this case is damaged.", "该流程保存的数据已损坏。")
OTHER_VERSION = Text(
    "It was stored by version %(found)s of the engine; this is version %(known)s.",
    "该状态由流程引擎%(found)s版保存，当前为%(known)s版。",
)
OTHER_DIAGRAMS = Text(
    "It was stored for other diagrams than those of its version of the procedure.",
    "该状态所依据的流程图与其流程版本不一致。",
)
NO_DIAGRAMS = Text(
    "The diagrams of the called process “%(process)s” are missing.", "缺少被调用流程“%(process)s”的流程图。"
)
RESTORE = Text(
    "Restore it from a backup. “flask --app run restore-case FILE CASE --check” says whether that is possible.",
    "请从备份中恢复。运行“flask --app run restore-case FILE CASE --check”可查看能否恢复。",
)
OTHER_RELEASE = Text(
    "Start the release of the service that stored it, or restore the backup that was made before the release changed.",
    "请启用保存该状态的平台版本，或恢复版本变更前的备份。",
)

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS
_MARK = "\x00"
_SEEN = b'"\\u0000'
_TOKEN_FIELDS = ("home", "role", "phase", "flow", "index", "host", "owns_scope", "listeners", "bodies")
_SCOPE_FIELDS = ("kind", "up", "owner", "process", "place", "interrupted")


class _Encoder:
    """Encodes one value, counting the marked objects it makes."""

    def __init__(self) -> None:
        self.marked = 0

    def __call__(self, value: Any) -> Any:
        self.marked += 1
        return _marked(value)


def _marked(value: Any) -> dict[str, Any]:
    match value:
        case Decimal():
            return {_MARK + "n": str(value)}
        case datetime():
            area = getattr(value.tzinfo, "key", None)
            return (
                {_MARK + "m": [value.replace(tzinfo=None).isoformat(), area]}
                if area
                else {_MARK + "m": value.isoformat()}
            )
        case date():
            return {_MARK + "d": value.isoformat()}
        case time():
            area = getattr(value.tzinfo, "key", None)
            return (
                {_MARK + "t": [value.replace(tzinfo=None).isoformat(), area]}
                if area
                else {_MARK + "t": value.isoformat()}
            )
        case timedelta():
            return {_MARK + "s": [value.days, value.seconds, value.microseconds]}
        case feel.YearsMonthsDuration():
            return {_MARK + "y": value.months}
        case feel.Range():
            return {_MARK + "r": [value.low, value.high, value.low_included, value.high_included, value.operator]}
        case str():
            return {_MARK + "x": str.__str__(value)}
    raise TypeError(f"{type(value).__name__} is no process variable")


def _escaped(value: Any) -> Any:
    """The same value with every user key that begins with the mark escaped."""
    if isinstance(value, dict):
        return {_MARK + key if key.startswith(_MARK) else key: _escaped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    return value


def encode(value: Any) -> bytes:
    """A plain value as JSON."""
    encoder = _Encoder()
    text = orjson.dumps(value, default=encoder, option=_OPTIONS)
    if text.count(_SEEN) != encoder.marked:
        text = orjson.dumps(_escaped(value), default=encoder, option=_OPTIONS)
    return text


def _zoned(kind: Callable[[str], Any], value: Any) -> Any:
    if isinstance(value, list):
        return kind(value[0]).replace(tzinfo=ZoneInfo(value[1]))
    return kind(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "n": Decimal,
    "m": lambda value: _zoned(datetime.fromisoformat, value),
    "d": date.fromisoformat,
    "t": lambda value: _zoned(time.fromisoformat, value),
    "s": lambda value: feel.DaysTimeDuration(days=value[0], seconds=value[1], microseconds=value[2]),
    "y": feel.YearsMonthsDuration,
    "r": lambda value: feel.Range(decoded(value[0]), decoded(value[1]), *value[2:]),
    "x": str,
}


def decoded(value: Any) -> Any:
    """What was encoded, from its JSON."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, content),) = value.items()
        if key.startswith(_MARK) and not key.startswith(_MARK + _MARK):
            return _READERS[key[1:]](content)
    return {key[1:] if key.startswith(_MARK) else key: decoded(item) for key, item in value.items()}


# -- writing


def write(course: Course) -> bytes:
    """The instance as bytes."""
    body = {
        "version": VERSION,
        "bundle": course.bundle.key,
        "process": course.process_id,
        "state": course.state.value,
        "counter": course.counter,
        "queue": list(course.queue),
        "due": course.due_at_once,
        "touched": list(course.conditions.touched),
        "unsettled": list(course.unsettled),
        "unrested": course.unrested,
        "halted": course.halted_at.isoformat() if course.halted_at is not None else None,
        "specs": [[name, spec.bundle.key, spec.process.id] for name, spec in course.specs.items() if ":" in name],
        "scopes": [_scope(scope) for scope in course.scopes.values()],
        "tokens": [_token(token) for token in course.live()],
    }
    return _COMPRESSING.compressor.compress(orjson.dumps(body, option=_OPTIONS))


class _Compressing(local):
    """A compressor for each thread: making one costs as much as a snapshot's compression."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=1, write_checksum=True)


_COMPRESSING = _Compressing()


def _scope(scope: Scope) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": scope.id, **{name: getattr(scope, name) for name in _SCOPE_FIELDS}}
    fields["variables"] = {name: _variable(scope, name, value) for name, value in scope.variables.items()}
    if scope.own:
        fields["own"] = orjson.Fragment(encode(scope.own))
    if scope.given:
        fields["given"] = sorted(scope.given)
    if scope.arrived:
        fields["arrived"] = scope.arrived
    if scope.waiting:
        fields["waiting"] = scope.waiting
    if scope.records:
        fields["records"] = orjson.Fragment(encode(scope.records))
    return fields


def _variable(scope: Scope, name: str, value: Any) -> Any:
    if value is None or type(value) is bool:
        return value
    kept = scope.encoded.get(name)
    if kept is None or kept[0] is not value:
        kept = scope.encoded[name] = (value, encode(value))
    return orjson.Fragment(kept[1])


def _token(token: Token) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": token.id,
        "spec": token.task_spec.name,
        "in": token.task_spec.process_spec.qualified,
        "state": token.state,
        "scope": token.scope,
        "at": token.entered_at.isoformat(),
        **{name: getattr(token, name) for name in _TOKEN_FIELDS},
    }
    for name in ("result", "records", "info"):
        if value := getattr(token, name):
            fields[name] = orjson.Fragment(encode(value))
    if token.incident is not None:
        fields["incident"] = token.incident
    return fields


# -- reading


def read(bundle: Bundle, snapshot: bytes, environment: Environment) -> Course:
    """The instance that was written.

    :raises UnknownSnapshot: written by another version, for another diagram, or not by us
    """
    return built(bundle, opened(snapshot), environment)


def opened(snapshot: bytes) -> dict[str, Any]:
    """What is in a snapshot, as JSON: scopes and tokens with the ids of their elements.

    :raises UnknownSnapshot: written by another version, or not by us
    """
    try:
        body: dict[str, Any] = orjson.loads(zstandard.ZstdDecompressor().decompress(snapshot))
        found = body["version"]
    except (zstandard.ZstdError, orjson.JSONDecodeError, KeyError, TypeError, MemoryError) as wrong:
        raise UnknownSnapshot(DAMAGED, RESTORE) from wrong
    if found != VERSION:
        raise UnknownSnapshot(OTHER_VERSION.filled(found=str(found)[:40], known=VERSION), OTHER_RELEASE)
    return body


def built(bundle: Bundle, body: dict[str, Any], environment: Environment) -> Course:
    """The instance that an opened snapshot describes.

    :raises UnknownSnapshot: written for other diagrams, or damaged so that it describes none
    """
    try:
        return _built(bundle, body, environment)
    except (LookupError, TypeError, ValueError, AttributeError, AssertionError) as wrong:
        raise UnknownSnapshot(DAMAGED, RESTORE) from wrong


def _built(bundle: Bundle, body: dict[str, Any], environment: Environment) -> Course:
    if body["bundle"] != bundle.key:
        raise UnknownSnapshot(OTHER_DIAGRAMS, RESTORE)
    course = Course(bundle, body["process"], environment)
    _read_specs(course, body["specs"], environment)
    course.counter = body["counter"]
    for fields in body["scopes"]:
        _read_scope(course, fields)
    for fields in body["tokens"]:
        _read_token(course, fields)
    course.state = InstanceState(body["state"])
    course.completed = course.state != InstanceState.ACTIVE
    course.queue.extend(body["queue"])
    course.due_at_once = body["due"]
    course.conditions.touched = dict.fromkeys(body["touched"])
    course.unsettled = dict.fromkeys(body["unsettled"])
    course.unrested = body.get("unrested", 0)
    course.halted_at = datetime.fromisoformat(halted) if (halted := body.get("halted")) else None
    return course


def _read_specs(course: Course, names: list[list[str]], environment: Environment) -> None:
    for name, key, process_id in names:
        bundle = environment.bundle(key)
        if bundle is None:
            raise UnknownSnapshot(NO_DIAGRAMS.filled(process=str(process_id)[:200]), RESTORE)
        course.specs[name] = spec_of(bundle, process_id, name)


def _read_scope(course: Course, fields: dict[str, Any]) -> None:
    scope = Scope(fields["id"], fields["kind"], fields["up"], fields["owner"], fields["process"], fields["place"])
    scope.interrupted = fields["interrupted"]
    scope.variables = {name: decoded(value) for name, value in fields["variables"].items()}
    scope.own = decoded(fields.get("own", {}))
    scope.given = set(fields.get("given", ()))
    scope.arrived = fields.get("arrived", {})
    scope.waiting = fields.get("waiting", {})
    scope.records = decoded(fields.get("records", []))
    course.scopes[scope.id] = scope
    _own_of_first_release(course, scope)
    if scope.process not in course.specs:
        course.specs[scope.process] = spec_of(course.bundle, scope.process)


def _own_of_first_release(course: Course, scope: Scope) -> None:
    """The first release kept counters among the variables of a repetition's body and of each instance."""
    around = course.scopes.get(scope.up or "")
    if scope.own or MULTI not in (scope.kind, around.kind if around else None):
        return
    scope.own = {name: scope.variables.pop(name) for name in COUNTERS & scope.variables.keys()}


def _outputs_of_first_release(course: Course, token: Token) -> None:
    """The first release kept the outputs so far in the token of the whole."""
    outputs, body = token.info.pop("outputs", None), course.scopes.get(token.info.get("body", ""))
    if outputs is not None and body is not None and token.node.multi is not None:
        body.own[token.node.multi.output_collection or ""] = outputs


def _read_token(course: Course, fields: dict[str, Any]) -> None:
    spec = course.spec_named(fields["in"]).task_specs[fields["spec"]]
    root = course.task_tree
    token = Token(course, spec, root, TaskState.FUTURE, fields["id"])
    token._set_state(fields["state"])
    token.data["scope"] = fields["scope"]
    token.entered_at = datetime.fromisoformat(fields["at"])
    for name in _TOKEN_FIELDS:
        setattr(token, name, fields[name])
    token.result = decoded(fields.get("result", {}))
    token.records = decoded(fields.get("records", []))
    token.info = decoded(fields.get("info", {}))
    _outputs_of_first_release(course, token)
    token.incident = fields.get("incident")
    scope = course.scopes[token.home]
    if token.role == "flowing":
        scope.tokens[token.id] = None
        scope.positions[token.node.id] = scope.positions.get(token.node.id, 0) + 1
    elif token.host is None:
        scope.listeners[token.id] = None
    listening.restore(course, token)
