"""The programs that reach out, once more: as an ordinary user, and under the default limits of a container."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from steepest.solvers.sandbox import Isolation
from tests.solvers.sandbox.hostile.catalogue import shots_out

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="Linux has the isolations")]
ROOT = Path(__file__).parents[4]
AS_NOBODY = ("-m", "tests.solvers.sandbox.ordinary_user", sys.executable)


@pytest.mark.parametrize("isolation", [Isolation.FULL, Isolation.PORTABLE])
def test_an_ordinary_user_is_as_safe(isolation: Isolation) -> None:
    """Where the tests run as root: elsewhere they are run by an ordinary user anyway."""
    if os.geteuid() != 0:
        pytest.skip("the tests are run by an ordinary user already")
    assert defects(isolation, as_nobody=True) == []


def test_the_programs_are_held_in_a_container() -> None:
    assert defects(Isolation.PORTABLE, "--container") == []


def test_an_ordinary_user_is_as_safe_in_a_container() -> None:
    assert defects(Isolation.PORTABLE, "--container", as_nobody=os.geteuid() == 0) == []


def defects(isolation: Isolation, *options: str, as_nobody: bool = False) -> list[str]:
    """What was wrong, of all programs that reach out, in a process of its own."""
    if as_nobody:
        require_nobody()
    finished = run(["-m", "tests.solvers.sandbox.hostile.report", str(isolation), *options], as_nobody=as_nobody)
    first, *verdicts = [json.loads(line) for line in finished.stdout.splitlines()] or [{}]
    if "unavailable" in first:
        pytest.skip(first["unavailable"])
    assert len(verdicts) == len(list(shots_out())), finished.stderr[-3000:]
    return [
        f"{verdict['program']} as {verdict['kind']}: {defect}" for verdict in verdicts for defect in verdict["defects"]
    ]


@cache
def require_nobody() -> None:
    """Skip where root can't run this Python as nobody: below a closed home, where no namespace can be had."""
    finished = run(["-c", "import tests.solvers.sandbox.hostile.report"], as_nobody=True)
    if finished.returncode:
        last = (finished.stderr.strip().splitlines() or ["it does not start"])[-1]
        pytest.skip(f"this Python can't be used by an ordinary user: {last}")


def run(arguments: list[str], *, as_nobody: bool) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *(AS_NOBODY if as_nobody else ()), *arguments],
        cwd=ROOT,
        env={**os.environ, "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
