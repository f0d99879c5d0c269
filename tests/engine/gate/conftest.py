"""The gate's tests draw with the conformance tests' pen."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "conformance")]


def pytest_configure(config):
    config.addinivalue_line("markers", "whole: far more of the same; left out unless asked for with -m whole")


def pytest_collection_modifyitems(config, items):
    if "whole" in config.getoption("markexpr"):
        return
    for item in items:
        if item.get_closest_marker("whole"):
            item.add_marker(pytest.mark.skip(reason="far more of the same: -m whole"))
