"""One sandbox and its watched surroundings for all programs that are tried under an isolation."""

import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing import resource_tracker

import pytest

from steepest.solvers.backends.apart.solving import idle_workers
from steepest.solvers.constraint_programming import apart as constraint_programming
from steepest.solvers.sandbox import Isolation, SandboxUnavailableError
from tests.solvers.sandbox.hostile.shooting_range import Range, shooting_range

ISOLATIONS = (Isolation.FULL, Isolation.PORTABLE, Isolation.SECCOMP)


@pytest.fixture(autouse=True, scope="module")
def only_what_is_watched_comes_and_goes() -> Iterator[None]:
    """Solvers of earlier tests that wait in processes of theirs would end in the middle, and be missed.

    What runs without isolation may have ended multiprocessing's own helper, which would warn of it in a later test.
    """
    idle_workers.end()
    constraint_programming.idle_workers.end()
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        resource_tracker.ensure_running()


@pytest.fixture(scope="module", params=ISOLATIONS, ids=str)
def firing(request: pytest.FixtureRequest) -> Iterator[Range]:
    with ExitStack() as stack:
        try:
            firing = stack.enter_context(shooting_range(request.param))
        except SandboxUnavailableError as error:
            pytest.skip(str(error))
        yield firing
