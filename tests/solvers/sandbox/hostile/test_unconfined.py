"""That the programs are attacks at all: where nothing holds them, the harmless ones are seen to get through.

A program that fails for a reason of its own would be held by any sandbox.
"""

import sys

import pytest

from tests.solvers.sandbox.hostile.catalogue import HostileProgram, hostile_programs
from tests.solvers.sandbox.hostile.processes import orphans_come_here
from tests.solvers.sandbox.hostile.shooting_range import shoot_unconfined
from tests.solvers.sandbox.hostile.surroundings import surroundings

HARMLESS = [pytest.param(program, id=program.name) for program in hostile_programs() if program.breaks_out_unconfined]


@pytest.mark.skipif(sys.platform != "linux", reason="written for Linux")
@pytest.mark.slow
@pytest.mark.parametrize("program", HARMLESS)
def test_a_program_gets_through_where_nothing_holds_it(program: HostileProgram) -> None:
    if not program.fits_here:
        pytest.skip(f"written for {program.machine}")
    with orphans_come_here(), surroundings() as place:
        assert shoot_unconfined(program, place)
