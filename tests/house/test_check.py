"""The house's own diagrams pass its gate: with all their forms, operations and roles, and without a database."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIAGRAMS = sorted((ROOT / "processes").glob("*.bpmn"))


def test_check_finds_nothing_in_the_house():
    environment = {**os.environ, "DATABASE_URL": "sqlite:////nowhere/at/all.db"}
    result = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "run", "check", *map(str, DIAGRAMS)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
