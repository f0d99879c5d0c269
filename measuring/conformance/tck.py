"""Runs the cases of the DMN TCK (Technology Compatibility Kit): reads them, works the decisions out, compares.

A case names inputs and the expected values of decisions, decision services or knowledge models. Numbers are equal when
they differ by less than a hundred-millionth, as the suite writes its results rounded; everything else is equal as FEEL
says, contexts and lists item by item.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from app import feel
from app.engine import decisions
from app.feel import external, temporal
from app.feel.operations import same
from app.feel.values import number
from measuring.conformance import java

NAMESPACE = "{http://www.omg.org/spec/DMN/20160719/testcase}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TOLERANCE = Decimal("1e-8")


@dataclass(frozen=True)
class Outcome:
    """One expected result: where it stands, and why it failed, if it did."""

    case: str
    failure: str | None

    @property
    def line(self) -> str:
        """``ok CASE`` or ``FAILED CASE: why``."""
        return f"ok {self.case}" if self.failure is None else f"FAILED {self.case}: {self.failure}"


def run_tck(path: Path, write: Callable[[str], None] = print) -> int:
    """Run all cases under a folder, or those of one file, with a line for each; 0 if all passed.

    The last line is ``N passed, N failed``. A case passes when all its results are as expected.
    """
    outcomes: list[Outcome] = []
    started = time.monotonic()
    with external.lent(java.find_method):
        for file in find(path):
            for outcome in run_file(file, path if path.is_dir() else path.parent):
                outcomes.append(outcome)
                write(outcome.line)
    passed = sum(outcome.failure is None for outcome in outcomes)
    write(f"took {time.monotonic() - started:.1f} s")
    write(f"{passed} passed, {len(outcomes) - passed} failed")
    return 0 if outcomes and passed == len(outcomes) else 1


def find(path: Path) -> list[Path]:
    """The files with cases under a folder, in order."""
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*.xml") if _is_test(file))


def _is_test(file: Path) -> bool:
    try:
        head = file.read_bytes()[:4000]
    except OSError:
        return False
    return b"testCases" in head


def run_file(file: Path, root: Path) -> Iterator[Outcome]:
    """Run the cases of one file, with the models that lie in its folder."""
    name = file.relative_to(root).with_suffix("").as_posix()
    try:
        cases = etree.parse(str(file), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    except (etree.XMLSyntaxError, OSError) as wrong:
        yield Outcome(name, f"the cases can't be read: {wrong}")
        return
    model, problem = _model(file.parent, (cases.findtext(f"{NAMESPACE}modelName") or "").strip())
    for position, case in enumerate(cases.iterfind(f"{NAMESPACE}testCase"), 1):
        label = f"{name} {case.get('id') or position}"
        try:
            yield Outcome(label, problem if model is None else _run(case, model))
        except Exception as broken:  # noqa: BLE001 - a defect of ours fails its case, and the others still run
            yield Outcome(label, f"{type(broken).__name__}: {broken}")


def _model(folder: Path, name: str) -> tuple[decisions.Model | None, str]:
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}
    reading = decisions.read_all(files, tolerant=True)
    if not name and len(files) == 1:
        name = next(iter(files))
    found = reading.models.get(name) or reading.models.get(f"{name}.dmn")
    return found, f"there is no model {name!r} that can be read in {folder.name}"


def _run(case: etree._Element, model: decisions.Model) -> str | None:
    """Why a case failed; None when all its results are as expected."""
    variables: dict[str, Any] = {}
    imported: dict[str, dict[str, Any]] = {}
    try:
        for node in case.iterfind(f"{NAMESPACE}inputNode"):
            space = node.get("namespace")
            into = imported.setdefault(space, {}) if space and space != model.namespace else variables
            into[_name(node)] = value_of(node)
        expected = [
            (result, value_of(holder) if holder is not None else None)
            for result in case.iterfind(f"{NAMESPACE}resultNode")
            for holder in [result.find(f"{NAMESPACE}expected")]
        ]
    except ValueError as wrong:
        return str(wrong)
    for result, wanted in expected:
        failure = _result(case, result, wanted, model, variables, imported)
        if failure is not None:
            return failure
    return None


def _result(
    case: etree._Element,
    result: etree._Element,
    wanted: Any,
    model: decisions.Model,
    variables: Mapping[str, Any],
    imported: Mapping[str, Mapping[str, Any]],
) -> str | None:
    what = _name(result)
    if case.get("type") in ("decisionService", "bkm"):
        what = " ".join((case.get("invocableName") or what).split())
    try:
        found = model.evaluate(what, variables, imported=imported, now=datetime.now(UTC))
        value, why = found.value, "; ".join(found.warnings[:3])
    except decisions.DecisionFailed as failed:
        value, why = None, str(failed)
    if case.get("type") == "decisionService" and isinstance(value, Mapping):
        several = len(model.find(what).outputs) > 1
        value = value.get(_name(result), value) if several else value
    if agrees(value, wanted):
        return None
    shown = f"{_name(result)} is {_shown(value)}, not {_shown(wanted)}"
    return f"{shown} ({why})" if why else shown


def _name(node: etree._Element) -> str:
    return " ".join((node.get("name") or "").split())


def _shown(value: Any) -> str:
    text = feel.to_text(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def agrees(value: Any, wanted: Any) -> bool:
    """Whether a value is the expected one."""
    a, b = number(value), number(wanted)
    if a is not None and b is not None:
        return abs(a - b) <= TOLERANCE * max(Decimal(1), abs(b))
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) == len(wanted) and all(map(agrees, value, wanted))
    if isinstance(wanted, Mapping):
        return (
            isinstance(value, Mapping)
            and value.keys() == wanted.keys()
            and all(agrees(value[key], item) for key, item in wanted.items())
        )
    return same(value, wanted)


# -- values in test files


def value_of(node: etree._Element) -> Any:
    """The value that an input or result is written as.

    :raises ValueError: when it can't be read
    """
    if node.get(f"{_XSI}nil") == "true":
        return None
    simple = node.find(f"{NAMESPACE}value")
    if simple is not None:
        return _simple(simple)
    items = node.find(f"{NAMESPACE}list")
    if items is not None:
        return (
            None
            if items.get(f"{_XSI}nil") == "true"
            else [value_of(item) for item in items.iterfind(f"{NAMESPACE}item")]
        )
    components = node.findall(f"{NAMESPACE}component")
    return {_name(component): value_of(component) for component in components} if components else None


def _simple(node: etree._Element) -> Any:
    if node.get(f"{_XSI}nil") == "true":
        return None
    text = node.text or ""
    kind = (node.get(f"{_XSI}type") or "xsd:string").rpartition(":")[2]
    read = _READERS.get(kind)
    if read is None:
        raise ValueError(f"values of the type {kind!r} can't be read")
    value = read(text if kind == "string" else text.strip())
    if value is None:
        raise ValueError(f"{text!r} is no {kind}")
    return value


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_NUMBERS = ("decimal", "double", "float", "integer", "int", "long", "short")
_READERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "anySimpleType": str,
    "boolean": _BOOLEANS.get,
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "dateTime": temporal.parse_date_time,
    **dict.fromkeys(("duration", "dayTimeDuration", "yearMonthDuration"), temporal.parse_duration),
    **dict.fromkeys(_NUMBERS, lambda text: number(Decimal(text))),
}
