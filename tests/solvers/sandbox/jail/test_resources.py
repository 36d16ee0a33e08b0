from collections.abc import Callable

import pytest

RunProgram = Callable[[str], str]


def test_limits_are_set_for_good(run_program: RunProgram):
    said = run_program(
        """
import resource
resources.limit_resources(1 << 30, 0, 2.5)
names = ("CPU", "FSIZE", "CORE", "NOFILE", "MEMLOCK", "MSGQUEUE")
print([resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names])
print((1 << 30) < resource.getrlimit(resource.RLIMIT_AS)[0] < (1 << 30) + address_space() + (64 << 20))
"""
    )
    assert said == "[(3, 4), (0, 0), (0, 0), (64, 64), (0, 0), (0, 0)]\nTrue\n"


def test_a_limit_that_is_lower_already_stays(run_program: RunProgram):
    said = run_program(
        """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (32, 48))
resources.limit_resources(1 << 30, 0, 5.0)
print(resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    )
    assert said == "(48, 48)\n"


@pytest.mark.parametrize(("otherwise", "known"), [(0, True), (1 << 40, True)])
def test_the_size_is_read_where_it_can_be(run_program: RunProgram, otherwise: int, known: bool):
    said = run_program(f"print(0 < address_space({otherwise}) < 1 << 39)")
    assert said == f"{known}\n"
