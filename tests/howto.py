"""Follows a how-to to the letter, in a copy of the project: its blocks are what is applied, its commands what is run.

A block says where it belongs in the line before it: ``In `path`:`` makes a new file; ``In `path`, in `NAME`:`` puts its
lines first in what NAME holds; ``In `path`, in place of `TEXT`:`` takes the place of the one line that begins so.
A block of ``sh`` is run where it stands.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs/howto"
NEEDED = ("app", "deploy", "docs", "forms", "measuring", "migrations", "processes", "tests")
"""The folders that the checks of a change read, besides the files of the root."""
LEFT_OUT = shutil.ignore_patterns("browser", "instance", ".pytest_cache", ".hypothesis")
_BLOCK = re.compile(r"^([^\n]*)\n\s*\n?^(?P<indent> *)```(?P<kind>\w+)\n(?P<text>.*?)^ *```$", re.M | re.S)
_PLACE = re.compile(r"In `(?P<path>[^`]+)`(?:, (?P<how>in|in place of) `(?P<what>[^`]+)`)?:$")


@dataclass(frozen=True)
class Step:
    """A block of a how-to. ``path``: the file it belongs to, empty for commands; ``how``, ``what``: where in it."""

    text: str
    path: str = ""
    how: str | None = None
    what: str | None = None


def steps(page: str) -> Iterator[Step]:
    """The steps of a how-to, in their order; an example that belongs nowhere is none."""
    for found in _BLOCK.finditer((PAGES / page).read_text(encoding="utf-8")):
        text, place = textwrap.dedent(found["text"]), _PLACE.search(found[1])
        if place is not None:
            yield Step(text, place["path"], place["how"], place["what"])
        elif found["kind"] == "sh":
            yield Step(text)


def copy(folder: Path) -> Path:
    """A copy of what the steps of a how-to change and check; what was compiled comes along."""
    for name in NEEDED:
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copy2(file, folder)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def follow(page: str, folder: Path) -> list[str]:
    """Do all that a how-to says; what each command printed.

    :raises AssertionError: when a step can't be done as it is written, or a command fails
    """
    printed = []
    for step in steps(page):
        if step.path:
            _apply(step, folder / step.path)
        else:
            printed += [_run(line, folder) for line in step.text.splitlines() if line]
    return printed


def _apply(step: Step, file: Path) -> None:
    if step.how is None:
        assert not file.exists(), f"{step.path} is there already"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(step.text, encoding="utf-8")
        return
    begins = step.what or ""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [number for number, line in enumerate(lines) if _begins(line, begins, step.how)]
    assert len(found) == 1, f"{len(found)} lines of {step.path} begin with {begins}"
    at = found[0]
    kept = [] if step.how == "in place of" else [lines[at]]
    indent = "    " if step.how == "in" else ""
    lines[at : at + 1] = [*kept, textwrap.indent(step.text, indent)]
    file.write_text("".join(lines), encoding="utf-8")


def _begins(line: str, begins: str, how: str) -> bool:
    return line.startswith(begins) and (how != "in" or line.rstrip().endswith(("{", "[", "(")))


def _run(command: str, folder: Path) -> str:
    environment = {**os.environ, "INSTANCE_FOLDER": str(folder / "instance"), "FLASK_APP": "run"}
    environment |= {"PATH": f"{folder / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"}
    for name in [one for one in environment if one.startswith("PYTEST_XDIST") or one == "PYTEST_CURRENT_TEST"]:
        del environment[name]
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{command}\n{said[-4000:]}"
    return said
