"""No false alarm: problems that were written down without a thought of the unit check, right ones most of them.

They live outside this repository, as those of the reader's test do.
"""

import os
from pathlib import Path

import pytest

from steepest.solvers.text.reader import read_formulation

ROOT = Path(__file__).resolve().parents[3]
DRAFTS = Path(os.environ.get("STEEPEST_SHARED") or ROOT.parent / "shared") / "design" / "five-drafts"
"""Found at import, before the fixture that hides the environment's settings from tests."""


def test_no_draft_is_said_to_mix_units() -> None:
    paths = sorted(DRAFTS.glob("*.five"))
    if not paths:
        pytest.skip(f"no drafts in {DRAFTS}; STEEPEST_SHARED may name the folder that holds design/five-drafts")
    readings = {path.stem: read_formulation(path.read_text(encoding="utf-8")) for path in paths}
    found = [
        f"{name}: {item}"
        for name, reading in readings.items()
        if reading.formulation is not None
        for item in reading.formulation.check()
        if item.code.startswith("unit-")
    ]
    assert found == []
