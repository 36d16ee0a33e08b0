"""One sandbox and its watched surroundings for all programs that are tried under an isolation."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from steepest.solvers.sandbox import Isolation, SandboxUnavailableError
from tests.solvers.sandbox.hostile.shooting_range import Range, shooting_range

ISOLATIONS = (Isolation.FULL, Isolation.PORTABLE, Isolation.SECCOMP)


@pytest.fixture(scope="module", params=ISOLATIONS, ids=str)
def firing(request: pytest.FixtureRequest) -> Iterator[Range]:
    with ExitStack() as stack:
        try:
            firing = stack.enter_context(shooting_range(request.param))
        except SandboxUnavailableError as error:
            pytest.skip(str(error))
        yield firing
