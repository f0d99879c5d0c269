"""What is wrong with the forms that were given among the files of a deployment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.engine import forms
from app.engine.findings import Finding, error, made
from app.foundation.text import Text

if TYPE_CHECKING:
    from app.engine.bundles import Package

FORM_FILE = error(
    "form-file",
    Text("%(problem)s", "%(problem)s"),
    Text("correct the form", "请修正表单"),
)


def broken(package: Package) -> Iterator[Finding]:
    """An error for each problem of each form of a package."""
    for form_id in package.forms.ids():
        try:
            if package.forms.get(form_id) is None:
                raise forms.BrokenForm(form_id, [f"{form_id}.schema.json is missing"])
        except forms.BrokenForm as broken:
            for problem in broken.problems:
                yield made(FORM_FILE, f"forms/{form_id}.ui.json", None, None, problem=problem)
