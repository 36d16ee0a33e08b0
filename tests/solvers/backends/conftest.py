"""Models that several tests of back ends solve."""

import pytest


@pytest.fixture
def wyndor() -> str:
    """An LP with two rows that bind."""
    return (
        "variables:\n  x: real >= 0\n  y: real >= 0\nmaximize: 3 * x + 5 * y\n"
        "constraints:\n  a: x <= 4\n  b: 2 * y <= 12\n  c: 3 * x + 2 * y <= 18\n"
    )
