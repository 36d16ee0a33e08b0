"""Hostile programs against every isolation that can be had here, with nothing but the boundary in their way."""

import sys

import pytest

from tests.solvers.sandbox.hostile.catalogue import HostileProgram, hostile_programs, shots
from tests.solvers.sandbox.hostile.shooting_range import Range

LEAST_PROGRAMS = 40
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="no isolation can be had but on Linux")
SHOTS = [pytest.param(program, kind, id=f"{program.name}-{kind}") for program, kind in shots()]


def test_the_suite_holds_at_least_forty_programs() -> None:
    assert len(hostile_programs()) >= LEAST_PROGRAMS


@LINUX
@pytest.mark.parametrize(("program", "kind"), SHOTS)
def test_a_hostile_program_gets_nothing_and_spoils_nothing(firing: Range, program: HostileProgram, kind: str) -> None:
    if not program.fits_here:
        pytest.skip(f"written for {program.machine}")
    assert firing.shoot(program, kind).defects == ()
