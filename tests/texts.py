"""Every text of the tree that people read, with its place: pages, refusals, mails, forms, diagrams, papers, scripts, documents."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
HAN = re.compile(r"[\u4e00-\u9fff]")
_QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'')
_NAMES = {"name", "label"}
Texts = Iterator[tuple[str, str]]
"""``path:line`` and a text that stands there; the line is 0 where a file is one long line."""


def of_code() -> Texts:
    """String literals within ``Text(…)`` of the program, those of the commands, and whatever is in Chinese elsewhere."""
    for file in _files("app", ".py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        said = {id(part) for call in ast.walk(tree) if _is_text(call) for part in ast.walk(call)}
        comments = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)} - _helps(tree, file)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in comments:
                yield from [(_place(file, node.lineno), node.value)] * (id(node) in said or _is_read(node.value, file))


def _is_read(words: str, file: Path) -> bool:
    """Whether words outside of ``Text(…)`` reach people: those of a command, and whatever is in Chinese."""
    return bool(HAN.search(words)) or ("cli" in file.parts and " " in words)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Text", "_role")


def _helps(tree: ast.AST, file: Path) -> set[int]:
    """The docstrings that a command shows as its help."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.decorator_list)
    said = (function.body[0] for function in functions if "cli" in file.parts)
    return {id(line.value) for line in said if isinstance(line, ast.Expr)}


def of_pages() -> Texts:
    """The literals of every ``t(…)`` of the pages."""
    for file in _files("app/web/templates", ".html"):
        page = file.read_text(encoding="utf-8")
        for call in re.finditer(r"\bt\(", page):
            yield from _literals(file, page, call.end(), _closing(page, call.end()))


def _literals(file: Path, text: str, start: int, end: int) -> Texts:
    for found in _QUOTED.finditer(text, start, end):
        if not text.endswith(("law(", "kinds_of_files(", "["), 0, found.start()):
            yield _place(file, text.count("\n", 0, found.start()) + 1), found[1] or found[2] or ""


def _closing(text: str, start: int) -> int:
    """Where the bracket that is open at ``start`` closes; brackets within literals don't count."""
    depth, at = 1, start
    while depth:
        literal = _QUOTED.match(text, at)
        if literal:
            at = literal.end()
            continue
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at - 1


def of_forms() -> Texts:
    """Every ``{"en", "zh"}`` of the forms."""
    yield from _of_json("forms")


def of_rules() -> Texts:
    """The titles of the statutory rows and the sentences of the checks."""
    yield from _of_json("app/procurement", {"articles.json"})


def _of_json(folder: str, without: set[str] | None = None) -> Texts:
    for file in _files(folder, ".json"):
        if file.name not in (without or set()):
            text = file.read_text(encoding="utf-8")
            for words in _pairs(json.loads(text)):
                yield _place(file, text[: text.find(json.dumps(words, ensure_ascii=False))].count("\n") + 1), words


def _pairs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if {"en", "zh"} <= set(value):
            yield from (words for words in (value["en"], value["zh"]) if isinstance(words, str))
        for part in value.values():
            yield from _pairs(part)
    elif isinstance(value, list):
        for part in value:
            yield from _pairs(part)


def of_diagrams() -> Texts:
    """Names, labels, notes and descriptions in diagrams and decisions, but no message's name, which is an identifier."""
    for file in (*_files("processes", ".bpmn"), *_files("processes", ".dmn")):
        for element in ElementTree.fromstring(file.read_text(encoding="utf-8")).iter():
            kind = element.tag.rpartition("}")[2]
            if kind == "property" and (element.get("name") or "").startswith("name:"):
                yield _place(file, 0), element.get("value") or ""
            if kind not in ("message", "signal", "error", "property", "lane", "output"):
                yield from ((_place(file, 0), words) for key, words in element.attrib.items() if key in _NAMES)
            if kind in ("description", "documentation", "text") and " " in (element.text or ""):
                yield _place(file, 0), element.text or ""


def of_papers() -> Texts:
    """Every literal of the papers' templates that holds words."""
    for file in _files("app/procurement/papers/templates", ".typ"):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            words = (found[1] for found in re.finditer(r'"((?:[^"\\]|\\.)*)"', line))
            yield from ((_place(file, number), each) for each in words if not each.islower() or " " in each)


def of_scripts() -> Texts:
    """What the browser's scripts say: whatever is in Chinese, and the English sentence beside it."""
    for file in _files("frontend/src", ".js"):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if HAN.search(line) and not line.lstrip().startswith(("//", "*", "/*")):
                yield from ((_place(file, number), found[1] or found[2] or "") for found in _QUOTED.finditer(line))


def of_documents() -> Texts:
    """The prose of README and docs, without code, links' targets, the list of terms and the records of what was found."""
    pages = (page for page in sorted((ROOT / "docs").rglob("*.md")) if page.name not in ("glossary.md", "findings.md"))
    for file in (ROOT / "README.md", *pages):
        text = re.sub(r"^ *```.*?^ *```$", _blank, file.read_text(encoding="utf-8"), flags=re.M | re.S)
        for number, line in enumerate(text.splitlines(), start=1):
            words = re.sub(r"`[^`]*`|\]\([^)]*\)|<[^>]*>", " ", line)
            if words.strip():
                yield _place(file, number), words


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _files(folder: str, suffix: str) -> list[Path]:
    return sorted((ROOT / folder).rglob(f"*{suffix}"))


def _place(file: Path, line: int) -> str:
    path = file.relative_to(ROOT).as_posix()
    return f"{path}:{line}" if line else path


SOURCES: dict[str, Callable[[], Texts]] = {
    "program": of_code,
    "pages": of_pages,
    "forms": of_forms,
    "rules": of_rules,
    "diagrams": of_diagrams,
    "papers": of_papers,
    "scripts": of_scripts,
    "documents": of_documents,
}
"""Where texts stand, by what people see them in."""
