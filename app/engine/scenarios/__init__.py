"""Scenarios: tests of a process that an analyst can write and read (docs/reference/scenarios.md).

``play`` plays one scenario against stand-ins, on a virtual clock, in a database of its own (``Stage``), ``play_all`` those
among the files of a deployment; ``find`` finds files; ``uncovered`` names the elements and flows that no scenario passed.
"""

from app.engine.scenarios.loading import SUFFIX, BadScenario, Scenario, find, read
from app.engine.scenarios.playing import Outcome, never_passed, play, play_all, play_file, tested, uncovered
from app.engine.scenarios.staging import Stage, StageOccupied

__all__ = [
    "SUFFIX", "BadScenario", "Outcome", "Scenario", "Stage", "StageOccupied", "find", "never_passed", "play", "play_all", "play_file",
    "read", "tested", "uncovered",
]  # fmt: skip
