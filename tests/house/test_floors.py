"""The floors of the program are a check that can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UPWARDS = {
    "procurement/projects/plans.py": "app.procurement import payments",
    "procurement/tenders/notices.py": "app.procurement import awards",
    "foundation/clock.py": "app.identity import accounts",
    "workflow/starts.py": "app.web import blueprints",
    "engine/tasks.py": "app.procurement import rules",
    "engine/steps.py": "app.engine.spiff import snapshots",
    "engine/spiff/tokens.py": "SpiffWorkflow import task",
    "tables.py": "app.backups import back_up",
    "cli/demo.py": "measuring import bench",
}


def checked(folder: Path) -> str:
    """What the check of the imports says of a copy of the program in which each of UPWARDS stands."""
    shutil.copytree(ROOT / "app", folder / "app", ignore=shutil.ignore_patterns("static", "__pycache__", "templates"))
    shutil.copy(ROOT / ".importlinter", folder)
    for module, what in UPWARDS.items():
        with (folder / "app" / module).open("a") as source:
            source.write(f"\nfrom {what}\n")
    (folder / "app" / "procurement" / "newcomer.py").write_text("")
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    return done.stdout


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    return " ".join(checked(tmp_path_factory.mktemp("copy")).split())


@pytest.mark.parametrize("module", UPWARDS)
def test_an_import_from_above_is_refused(said, module):
    name = "app." + module.removesuffix(".py").replace("/", ".")
    assert f"{name} -> {UPWARDS[module].split()[0]}" in said


def test_a_module_that_stands_on_no_floor_is_refused(said):
    assert "newcomer" in said
