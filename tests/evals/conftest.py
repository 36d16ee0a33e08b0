"""Fixtures that tests of several folders share."""

import pytest

from tests.evals.counting_server import serving
from tests.evals.stores.conftest import place, postgres

__all__ = ["place", "postgres"]


@pytest.fixture
def server():
    """A server of answers that counts how often each question is asked."""
    with serving() as server:
        yield server
