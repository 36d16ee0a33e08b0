"""Hostile programs against every isolation that can be had here, with nothing but the boundary in their way."""

import sys
from collections.abc import Iterable

import pytest

from steepest.solvers.sandbox import Isolation
from tests.solvers.sandbox.hostile.catalogue import HostileProgram, hostile_programs, shots, shots_out
from tests.solvers.sandbox.hostile.shooting_range import Range

LEAST_PROGRAMS = 40
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="no isolation can be had but on Linux")


def under(*isolations: Isolation) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("firing", isolations, ids=str, indirect=True, scope="module")


def each_of(trials: Iterable[tuple[HostileProgram, str]]) -> pytest.MarkDecorator:
    params = [pytest.param(program, kind, id=f"{program.name}-{kind}") for program, kind in trials]
    return pytest.mark.parametrize(("program", "kind"), params)


def test_the_suite_holds_at_least_forty_programs() -> None:
    assert len(hostile_programs()) >= LEAST_PROGRAMS


@pytest.mark.slow
@LINUX
@under(Isolation.FULL, Isolation.PORTABLE)
@each_of(shots())
def test_a_hostile_program_gets_nothing_and_spoils_nothing(firing: Range, program: HostileProgram, kind: str) -> None:
    assert firing.shoot(program, kind).defects == ()


@pytest.mark.slow
@LINUX
@under(Isolation.SECCOMP)
@each_of(shots_out())
def test_what_reaches_out_is_held_without_landlock_too(firing: Range, program: HostileProgram, kind: str) -> None:
    assert firing.shoot(program, kind).defects == ()
