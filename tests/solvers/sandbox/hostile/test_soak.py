"""A short soak; `python -m benchmarks.sandbox_soak` is the long one."""

import pytest

from benchmarks.sandbox_soak import soak


@pytest.mark.slow
@pytest.mark.usefixtures("isolated")
def test_mixed_jobs_from_many_threads_leave_nothing_and_mix_up_nothing() -> None:
    assert soak(jobs=200, threads=8, kills=2) == []
