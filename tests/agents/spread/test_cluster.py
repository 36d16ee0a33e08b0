"""Joining a cluster leaves this process its own way to end."""

import signal
import types

import pytest

from steepest.agents.spread.cluster import connect


@pytest.mark.skipif(not hasattr(signal, "SIGTERM"), reason="has no SIGTERM")
def test_the_handler_of_sigterm_is_still_the_one_that_was_there():
    def ours(number, frame):
        """Keeps what was done."""

    def init(**_):
        signal.signal(signal.SIGTERM, lambda number, frame: None)

    ray = types.SimpleNamespace(is_initialized=lambda: False, init=init)
    before = signal.signal(signal.SIGTERM, ours)
    try:
        assert connect(ray, None)
        assert signal.getsignal(signal.SIGTERM) is ours
    finally:
        signal.signal(signal.SIGTERM, before)
