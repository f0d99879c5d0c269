"""A deployment as it is used: its diagrams read, its decisions compiled, its forms at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine import decisions, forms, spiff, validation
from app.engine.findings import Finding, error, made
from app.foundation.text import Text

SCENARIO = ".scenario.json"
"""How the names of scenario files end."""
DECISION_TWICE = error(
    "decision-twice",
    Text("a decision with this id is also in %(where)s", "%(where)s 中也有此 ID 的决策"),
    Text("keep one of them, or give one a different id", "请只保留一个，或更改其中一个的 ID"),
)


@dataclass
class Package:
    """The files of one deployment, read. ``findings`` has the errors and warnings of all of them."""

    files: dict[str, bytes]
    diagrams: spiff.Bundle
    models: dict[str, decisions.Model] = field(default_factory=dict)
    decision_files: dict[str, str] = field(default_factory=dict)
    forms: forms.Library = field(default_factory=forms.Library)
    findings: list[Finding] = field(default_factory=list)

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

    Scenarios are kept with it, to be played by whom it concerns. Never raises: what is wrong is in
    ``findings``.
    """
    drawn = {name: content for name, content in files.items() if not name.endswith((".dmn", ".json"))}
    diagrams = validation.read_diagrams(drawn)
    package = Package(dict(files), diagrams, findings=list(diagrams.findings))
    _load_decisions(package, {name: content for name, content in files.items() if name.endswith(".dmn")})
    package.forms = forms.Library(
        files={
            name: content for name, content in files.items() if name.endswith(".json") and not name.endswith(SCENARIO)
        }
    )
    return package


def _load_decisions(package: Package, files: Mapping[str, bytes]) -> None:
    """Read the decision models together: they may import one another."""
    reading = decisions.read_all(files)
    package.findings += reading.findings
    for name, model in reading.models.items():
        for decision_id, decision_name in model.decisions.items():
            if decision_id in package.models:
                where = package.decision_files[decision_id]
                package.findings.append(made(DECISION_TWICE, name, decision_id, decision_name, where=where))
            package.models[decision_id] = model
            package.decision_files[decision_id] = name


def names_of(names: Mapping[str, str], name: str | None, identity: str) -> Text:
    """A diagram's name for something in both languages: what it gives, else its one name, else the id."""
    english = names.get("en") or name or identity
    return Text(english, names.get("zh") or name or english)
