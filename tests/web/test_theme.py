"""Light and dark: what is read on what, in the built style sheet, and the choice that a browser keeps without a script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = Path("app/static/dist/site.css").read_text(encoding="utf-8")
READ = 4.5
SEEN = 3.0
"""WCAG 2.2 AA: the least contrast of words (1.4.3), and of the edges of what one can act on (1.4.11)."""
PHASES = range(7)
GROUNDS = ("paper", "ground", "raised")
PAIRS = [
    *((word, ground, READ) for word in ("ink", "soft", "accent", "accent-deep", "late", "soon", "good") for ground in GROUNDS),
    *((word, f"{word}-tint", READ) for word in ("accent", "late", "soon", "good", "still", "sealed")),
    *((f"{word}-deep", f"{word}-tint", READ) for word in ("accent", "late", "good")),
    *((word, f"{tint}-tint", READ) for word in ("ink", "soft") for tint in ("accent", "late", "soon", "good", "still")),
    *((f"on-{word}", word, READ) for word in ("accent", "late", "soon", "good", "sealed", "focus")),
    *((f"on-{word}", f"{word}-deep", READ) for word in ("accent", "late", "good")),
    *((f"phase-{n}", f"phase-{n}-tint", READ) for n in PHASES),
    *((f"phase-{n}", ground, READ) for n in PHASES for ground in GROUNDS),
    ("bar-ink", "bar", READ), ("bar-soft", "bar", READ), ("bar-ink", "bar-field", READ), ("bar-soft", "bar-field", READ),
    ("clock-ink", "clock", READ), ("clock-ink", "clock-field", READ), ("clock-ink", "clock-line", READ),
    *(("edge", ground, SEEN) for ground in GROUNDS),
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("word", "ground", "least"), PAIRS)
def test_what_is_read_stands_out_from_its_ground(theme, word, ground, least):
    colours = _colours(theme)
    assert _contrast(colours[word], colours[ground]) >= least


def test_no_rule_names_a_colour_beside_the_tokens():
    sources = [*Path("frontend/src/styles").glob("*.scss"), *Path("frontend/src/monitor").glob("*.css")]
    own = [path for path in sources if path.name not in ("_tokens.scss", "_print.scss", "_print-work.scss")]
    named = [line for path in own for line in path.read_text(encoding="utf-8").splitlines() if _names_a_colour(line)]
    assert named == []


@pytest.mark.parametrize(("asked", "kept"), [("dark", "dark"), ("light", "light")])
def test_a_theme_that_is_chosen_is_kept_for_the_next_page(client, asked, kept):
    client.get(f"/sign-in?theme={asked}")
    assert f'data-theme="{kept}"' in client.get("/help").text


def test_as_the_device_forgets_what_was_chosen(client):
    client.get("/sign-in?theme=dark")
    client.get("/sign-in?theme=device")
    assert "data-theme" not in client.get("/help").text


def test_a_theme_that_does_not_exist_changes_nothing(client):
    assert "data-theme" not in client.get("/sign-in?theme=<script>").text


def _names_a_colour(line: str) -> bool:
    return bool(re.search(r"(?<![\w&-])#[0-9a-f]{3,8}\b(?![^;]*\{)", line.split("//")[0]))


def _colours(theme: str) -> dict[str, str]:
    """The tokens of a theme: those of the root, overridden by the dark ones."""
    found: dict[str, str] = {}
    for selector, rules in re.findall(r"(:root(?:\[data-theme=\"?dark\"?\])?)\{([^{}]*)\}", SHEET):
        if "dark" not in selector or theme == "dark":
            found |= dict(re.findall(r"--tw-([\w-]+):\s*(#[0-9a-f]{3,6})\b", rules))
    return found


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(sign * 2 for sign in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
