"""What can be wrong with a decision model, and what can go wrong with a decision."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree


@dataclass(frozen=True)
class Finding:
    """What is wrong with a decision model, at an element if there is one; ``file`` is the model's name."""

    element_id: str | None
    name: str | None
    level: str
    message: str
    file: str = ""


class DecisionError(ValueError):
    """A model that can't be executed as it is; ``findings`` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f"{finding.element_id or 'model'}: {finding.message}" for finding in findings))
        self.findings = findings


class DecisionFailed(RuntimeError):
    """A decision that has no value where one is needed: a conflict of rules, an unknown decision, a broken expression."""


class Report:
    """Collects the findings of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def error(self, message: str, element: etree._Element | None = None) -> None:
        """Note what can't be executed, at the nearest element that has an id."""
        place = element
        while place is not None and place.get("id") is None:
            place = place.getparent()
        identity, name = (place.get("id"), place.get("name")) if place is not None else (None, None)
        self.findings.append(Finding(identity, name, "error", message, self.file))

    @property
    def has_errors(self) -> bool:
        """Whether something can't be executed."""
        return bool(self.findings)
