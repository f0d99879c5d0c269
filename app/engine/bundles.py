"""A deployment as it is used: its diagrams read, its decisions compiled, its forms at hand; and what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.engine import decisions, forms, spiff
from app.engine.spiff.findings import Level
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.engine import Engine


@dataclass(frozen=True)
class Known:
    """What earlier deployments have, for references that leave the bundle."""

    processes: Set[str] = frozenset()
    decisions: Set[str] = frozenset()


@dataclass
class Package:
    """The files of one deployment, read. ``findings`` has the errors and warnings of all of them."""

    files: dict[str, bytes]
    diagrams: spiff.Bundle
    models: dict[str, decisions.Model] = field(default_factory=dict)
    decision_files: dict[str, str] = field(default_factory=dict)
    forms: forms.Library = field(default_factory=forms.Library)
    findings: list[spiff.Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing in it is refused."""
        return not any(finding.level == "error" for finding in self.findings)


def digest(files: Mapping[str, bytes]) -> str:
    """The SHA-256 over the names and contents of files, whatever their order."""
    whole = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def load(files: Mapping[str, bytes]) -> Package:
    """Read a bundle: decisions end in ``.dmn``, forms in ``.json``, the rest are diagrams.

    Never raises: what is wrong is in ``findings``.
    """
    diagrams = spiff.read({name: content for name, content in files.items() if not name.endswith((".dmn", ".json"))})
    package = Package(dict(files), diagrams, findings=list(diagrams.findings))
    for name, content in files.items():
        if name.endswith(".dmn"):
            _load_decisions(package, name, content)
    package.forms = forms.Library(files={name: content for name, content in files.items() if name.endswith(".json")})
    return package


def _load_decisions(package: Package, name: str, content: bytes) -> None:
    try:
        model = decisions.read(content, name=name)
    except decisions.DecisionError as error:
        package.findings += [
            spiff.Finding(name, finding.element_id, finding.name, _level(finding.level), finding.message)
            for finding in error.findings
        ]
        return
    for decision_id, decision_name in model.decisions.items():
        if decision_id in package.models:
            where = package.decision_files[decision_id]
            package.findings.append(
                spiff.Finding(
                    name, decision_id, decision_name, "error", f"a decision with this id stands in {where} too"
                )
            )
        package.models[decision_id] = model
        package.decision_files[decision_id] = name


def _level(level: str) -> Level:
    return "warning" if level == "warning" else "error"


def judge(package: Package, engine: Engine | None, known: Known) -> list[spiff.Finding]:
    """Everything found in a package, with its references held against forms, operations, roles and other deployments.

    Without an engine, only references inside the package are judged.
    """
    found = list(package.findings)
    for reference in package.diagrams.references:
        for level, message in _judged(reference, package, engine, known):
            found.append(spiff.Finding(reference.file, reference.element_id, reference.element_name, level, message))
    found += _form_findings(package)
    return found


def _judged(
    reference: spiff.Reference, package: Package, engine: Engine | None, known: Known
) -> Iterator[tuple[Level, str]]:
    name = reference.name
    if reference.kind == "process":
        if name not in package.diagrams.processes and name not in known.processes:
            yield (
                "error",
                f"it calls the process “{name}”, which isn't in this deployment; add its diagram or mend the id",
            )
    elif reference.kind == "decision":
        if name not in package.models and name not in known.decisions:
            yield (
                "error",
                f"it calls the decision “{name}”, which isn't in this deployment; add its DMN file or mend the id",
            )
    elif engine is None or engine.stand_ins:
        return
    elif reference.kind == "form":
        yield from _judged_form(name, package, engine)
    elif reference.kind == "operation":
        yield from _judged_operation(reference, engine)
    elif reference.kind == "role" and engine.roles is not None and name not in engine.roles:
        yield "warning", f"“{name}” is no role here, so nobody will see the task; use one of: {_listed(engine.roles)}"


def _judged_form(name: str, package: Package, engine: Engine) -> Iterator[tuple[Level, str]]:
    try:
        if package.forms.get(name) is None and engine.forms.get(name) is None:
            yield (
                "error",
                f"there is no form “{name}”; make forms/{name}.schema.json and forms/{name}.ui.json or mend the id",
            )
    except forms.BrokenForm as error:
        yield "error", f"its form “{name}” can't be used: {'; '.join(error.problems)}"


def _judged_operation(reference: spiff.Reference, engine: Engine) -> Iterator[tuple[Level, str]]:
    operation = engine.operations.get(reference.name)
    if operation is None:
        near = _listed(known.type for known in engine.operations)
        yield "error", f"there is no operation “{reference.name}”; the operations here are: {near or 'none'}"
        return
    if not reference.parameters:
        return
    for parameter in reference.parameters:
        if operation.parameter(parameter) is None:
            listed = _listed(known.name for known in operation.parameters)
            yield (
                "error",
                f"the operation “{operation.type}” has no input “{parameter}”; its inputs are: {listed or 'none'}",
            )
    for required in operation.parameters:
        if required.required and (required.name not in reference.parameters or required.name in reference.empty):
            yield "error", f"the operation “{operation.type}” needs the input “{required.name}”"


def _form_findings(package: Package) -> Iterator[spiff.Finding]:
    """What is wrong with the forms that were given among the files."""
    for form_id in package.forms.ids():
        try:
            if package.forms.get(form_id) is None:
                raise forms.BrokenForm(form_id, [f"{form_id}.schema.json is missing"])
        except forms.BrokenForm as error:
            for problem in error.problems:
                yield spiff.Finding(f"forms/{form_id}.ui.json", None, None, "error", problem)


def _listed(names: object) -> str:
    ordered = sorted(str(name) for name in names)  # type: ignore[attr-defined]
    return ", ".join(ordered[:12]) + (f" and {len(ordered) - 12} more" if len(ordered) > 12 else "")


def names_of(names: Mapping[str, str], name: str | None, identity: str) -> Text:
    """A diagram's name for something in both languages: what it gives, else its one name, else the id."""
    english = names.get("en") or name or identity
    return Text(english, names.get("zh") or name or english)
