"""The hostile programs once more: as an ordinary user, and under the default limits of a container."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from steepest.solvers.sandbox import Isolation
from tests.solvers.sandbox.hostile.catalogue import shots

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="Linux has the isolations")]
ROOT = Path(__file__).parents[4]
NOBODY = 65534
WHAT_IT_NEEDS = "import highspy, numpy, pyomo, tests.solvers.sandbox.hostile.report"
ISOLATIONS = (Isolation.FULL, Isolation.PORTABLE, Isolation.SECCOMP)


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_an_ordinary_user_is_as_safe(isolation: Isolation) -> None:
    """Where the tests run as root: elsewhere they are run by an ordinary user anyway."""
    if os.geteuid() != 0:
        pytest.skip("the tests are run by an ordinary user already")
    require_readable_by_nobody()
    assert defects(isolation, as_nobody=True) == []


@pytest.mark.parametrize("isolation", [Isolation.PORTABLE, Isolation.SECCOMP])
def test_the_suite_holds_in_a_container(isolation: Isolation) -> None:
    assert defects(isolation, "--container") == []


def test_an_ordinary_user_is_as_safe_in_a_container() -> None:
    if os.geteuid() == 0:
        require_readable_by_nobody()
    assert defects(Isolation.PORTABLE, "--container", as_nobody=os.geteuid() == 0) == []


def defects(isolation: Isolation, *options: str, as_nobody: bool = False) -> list[str]:
    """What was wrong, of all programs, in a process of its own."""
    arguments = ["-m", "tests.solvers.sandbox.hostile.report", str(isolation), *options]
    finished = run(arguments, as_nobody=as_nobody)
    first, *verdicts = [json.loads(line) for line in finished.stdout.splitlines()] or [{}]
    if "unavailable" in first:
        pytest.skip(first["unavailable"])
    expected = sum(program.fits_here for program, _ in shots())
    assert len(verdicts) == expected, finished.stderr[-3000:]
    return [
        f"{verdict['program']} as {verdict['kind']}: {defect}" for verdict in verdicts for defect in verdict["defects"]
    ]


@cache
def require_readable_by_nobody() -> None:
    finished = run(["-c", WHAT_IT_NEEDS], as_nobody=True)
    if finished.returncode:
        last = (finished.stderr.strip().splitlines() or ["it does not start"])[-1]
        pytest.skip(f"this Python can't be used by an ordinary user: {last}")


def run(arguments: list[str], *, as_nobody: bool) -> "subprocess.CompletedProcess[str]":
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if as_nobody else {}
    environment = {**os.environ, "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, **user
        )
    except PermissionError:
        pytest.skip("this Python can't be started by an ordinary user")
