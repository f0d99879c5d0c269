"""The DMN TCK's cases that lie in the shared folder beside the checkout, all of them."""

import os
from pathlib import Path

import pytest

from measuring.conformance import tck

HERE = Path(__file__).resolve()


def suite() -> Path | None:
    """``dmn-tck`` in the folder that TENDERWAY_SHARED names, or in ``shared`` beside the checkout or further up."""
    named = os.environ.get("TENDERWAY_SHARED")
    places = [Path(named)] if named else [parent / "shared" for parent in HERE.parents]
    return next((place / "dmn-tck" for place in places if (place / "dmn-tck").is_dir()), None)


def test_every_case_of_the_suite_passes():
    folder = suite()
    if folder is None:
        pytest.skip("the DMN TCK isn't here: shared/dmn-tck beside the checkout, or TENDERWAY_SHARED")
    lines: list[str] = []
    code = tck.run_tck(folder, lines.append)
    assert [line for line in lines if line.startswith("FAILED")] == []
    assert (code, lines[-1].endswith(" passed, 0 failed")) == (0, True)
    assert len(lines) > 1000
