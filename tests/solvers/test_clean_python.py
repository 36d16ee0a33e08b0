"""A process of our own that is started with nothing of this one's."""

import subprocess
import sys

import pytest

from steepest.solvers.clean_python import _START


@pytest.mark.parametrize("told", [b"", b"00000100", b'00000100{"entry": '])
def test_a_process_whose_parent_is_gone_before_it_said_all_ends(told: bytes) -> None:
    done = subprocess.run([sys.executable, "-I", "-c", _START], input=told, capture_output=True, timeout=60)
    assert done.returncode == 1
