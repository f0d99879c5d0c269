"""Scenarios: tests of a process that an analyst can write and read (docs/reference/scenarios.md).

``play`` plays one scenario against stand-ins, on a virtual clock, in a database of its own (``Stage``); ``find`` finds
the files; ``uncovered`` names the elements and flows that no scenario passed.
"""

from app.engine.scenarios.loading import BadScenario, Scenario, find, parse, read
from app.engine.scenarios.playing import Outcome, never_passed, play, play_file, uncovered
from app.engine.scenarios.staging import Stage, StageOccupied

__all__ = [
    "BadScenario", "Outcome", "Scenario", "Stage", "StageOccupied", "find", "never_passed", "parse", "play", "play_file", "read", "uncovered",
]  # fmt: skip
