"""Hostile programs against every isolation that can be had here, with nothing but the boundary in their way."""

import sys

import pytest

from steepest.solvers.sandbox import Isolation
from tests.solvers.sandbox.hostile.catalogue import HostileProgram, hostile_programs, shots, shots_out
from tests.solvers.sandbox.hostile.shooting_range import Range

LEAST_PROGRAMS = 40
TRIALS = [
    pytest.param(isolation, program, kind, id=f"{isolation}-{program.name}-{kind}")
    for isolation, shots_of in ((Isolation.FULL, shots), (Isolation.PORTABLE, shots), (Isolation.SECCOMP, shots_out))
    for program, kind in shots_of()
]


def test_the_suite_holds_at_least_forty_programs() -> None:
    assert len(hostile_programs()) >= LEAST_PROGRAMS


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="no isolation can be had but on Linux")
@pytest.mark.parametrize(("firing", "program", "kind"), TRIALS, indirect=["firing"])
def test_a_hostile_program_gets_nothing_and_spoils_nothing(firing: Range, program: HostileProgram, kind: str) -> None:
    assert firing.shoot(program, kind).defects == ()
