"""Writes the reference pages that only list what stands elsewhere; ``make docs`` runs it, the tests compare.

``pages()`` gives each page's path below ``docs/reference`` and its text.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.engine import spiff  # noqa: E402
from app.engine.spiff.model import Node, Process  # noqa: E402
from app.procurement.rules import statutes  # noqa: E402
from docs import rights  # noqa: E402

REFERENCE = ROOT / "docs" / "reference"
NOTE = "Written by `make docs` from {source}; change it there.\n"
_UNITS = {
    "d": "days",
    "wd": "working days",
    "min": "minutes",
    "year": "years",
    "count": "",
    "ratio": "",
    "thirds": "thirds",
}


def pages() -> Iterator[tuple[str, str]]:
    """Every generated page: its path below docs/reference, and its text."""
    yield "laws.md", laws()
    bundle = spiff.read({path.name: path.read_bytes() for path in sorted((ROOT / "processes").glob("*.bpmn"))})
    yield "rights.md", permitted(bundle.processes)
    for process in bundle.processes.values():
        yield f"processes/{process.id}.md", procedure(process)


def laws() -> str:
    """The statutory data: each rule with its value, its days and its article."""
    rows = sorted(statutes.statute(), key=lambda rule: (rule.id, rule.valid_from))
    lines = [
        "# The rules of law in force here",
        "",
        NOTE.format(source="`app/procurement/rules/statute.json`"),
        "| rule | what | value | from – to | for | article | verified |",
        "|---|---|---|---|---|---|---|",
    ]
    for rule in rows:
        places = ", ".join((rule.jurisdiction, *sorted(rule.objects), *sorted(rule.methods)))
        value = f"{rule.value.normalize():f} {_UNITS.get(rule.unit, rule.unit)}".strip()
        until = f"{rule.valid_from} – {rule.valid_to or ''}".strip(" –") if rule.valid_to else f"from {rule.valid_from}"
        lines.append(
            _row(rule.id, rule.title.en, f"{rule.sense} {value}", until, places, rule.citation, rule.verification.en)
        )
    waiting = json.loads((ROOT / "docs/reference/rules-not-carried-out.json").read_text(encoding="utf-8"))["rules"]
    lines += [
        "",
        "## Rules that decide nothing here yet",
        "",
        "Kept with their articles in [rules-not-carried-out.json](rules-not-carried-out.json).",
        "",
        "| rule | what | value | waits for | article |",
        "|---|---|---|---|---|",
        *(
            _row(row["id"], row["title"]["en"], f"{row['value']} {_UNITS.get(row['unit'], row['unit'])}".strip(),
                 row["waits_for"], f"{row['source']} {row['article']}".strip())
            for row in waiting
        ),
    ]  # fmt: skip
    lines += [
        "",
        "Sources: " + "; ".join(f"{key} = {name.en} ({name.zh})" for key, name in statutes.SOURCES.items()) + ".",
        "",
    ]
    return "\n".join(lines)


def permitted(processes: Mapping[str, Process]) -> str:
    """Who may do what: pages, tasks, entries, duties, acts."""
    parts = {
        "Pages": rights.pages(),
        "Starts and tasks": rights.tasks(processes),
        "Acts of tasks, as they are declared": rights.declared(),
        "Entries by two persons": rights.entries(),
        "Kept apart": rights.apart(),
        "What each act asks of the person": rights.acts(),
    }
    lines = [
        "# Who may do what",
        "",
        NOTE.format(source="`app/web/permissions.py`, the diagrams and the acts themselves"),
        "A wider right is a changed line here: look at it in a review. A page, a task and its act each ask by themselves; all have to",
        "agree. A role is an id of `app/identity/roles.py`; `=…` is worked out in the case.",
    ]
    for title, (head, *rows) in parts.items():
        lines += ["", f"## {title}", "", _row(*head), _row(*("---" for _ in head)), *(_row(*row) for row in rows)]
    return "\n".join([*lines, ""])


def procedure(process: Process) -> str:
    """One process: its lanes and its elements with the law they rest on."""
    english, chinese = process.names.get("en", process.id), process.names.get("zh", "")
    lines = [
        f"# {english} ({chinese})",
        "",
        NOTE.format(source=f"`processes/{process.file}`"),
        f"Process `{process.id}`.",
    ]
    if process.lanes:
        lines += ["Lanes: " + ", ".join(f"`{lane.name}`" for lane in process.lanes) + "."]
    scenarios = sorted((ROOT / "processes").glob(f"{Path(process.file).stem}.*scenario.json"))
    lines += ["Scenarios: " + ", ".join(f"`{path.name}`" for path in scenarios) + ".", ""]
    lines += ["| element | name | 名称 | what it is | rests on |", "|---|---|---|---|---|"]
    lines += [
        _row(f"`{n.id}`", n.names.get("en", ""), n.names.get("zh", ""), _what(n), n.law or "") for n in _told(process)
    ]
    return "\n".join([*lines, ""])


def _told(process: Process) -> Iterable[Node]:
    return [node for node in process if not node.is_gateway or node.names]


def _what(node: Node) -> str:
    detail = (
        f"form `{node.form_id}`" if node.form_id
        else f"operation `{node.operation.text}`" if node.operation
        else f"decision `{node.decision_id.text}`" if node.decision_id
        else "calls " + " or ".join(f"`{each}`" for each in node.may_call) if node.called
        else node.event.kind if node.event.kind != "none"
        else ""
    )  # fmt: skip
    return f"{node.kind}{', ' + detail if detail else ''}"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def main() -> None:
    """Write every page."""
    for path, text in pages():
        (REFERENCE / path).parent.mkdir(parents=True, exist_ok=True)
        (REFERENCE / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
