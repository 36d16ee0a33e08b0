"""An edited agent is another agent, and an agent that merely ran is not."""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from steepest.evals.methods.agent_identity import digest_of_command, digest_of_function


def counting(factor: float) -> Callable[[str], float]:
    calls, asked = 0, []

    def solve(text: str) -> float:
        nonlocal calls
        calls += 1
        asked.append(text)
        return factor

    return solve


class Tempered:
    def __init__(self, temperature: float) -> None:
        self.temperature = temperature
        self.calls = 0

    def __call__(self, text: str) -> float:
        self.calls += 1
        return self.temperature


def multiplied(text: str, factor: float) -> float:
    return factor


@pytest.mark.parametrize("make", [counting, Tempered, lambda factor: partial(multiplied, factor=factor)])
def test_what_an_agent_is_made_with_tells_it_apart(make: Callable[[float], Any]) -> None:
    first = make(1.0)
    before = digest_of_function(first)
    first("How many?")

    assert digest_of_function(first) == before == digest_of_function(make(1.0))
    assert digest_of_function(make(2.0)) != before


def test_two_lambdas_are_two_agents() -> None:
    assert digest_of_function(lambda text: 1) == digest_of_function(lambda text: 1)
    assert digest_of_function(lambda text: 1) != digest_of_function(lambda text: 2)


def test_an_edited_module_is_another_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "edited_agent.py").write_text("def solve(text):\n    return 1\n")
    import edited_agent  # type: ignore[import-not-found]

    before = digest_of_function(edited_agent.solve)
    (tmp_path / "edited_agent.py").write_text("def solve(text):\n    return 2\n")
    assert digest_of_function(edited_agent.solve) != before


@pytest.mark.skipif(os.name != "posix", reason="scripts here are those of a Unix shell")
@pytest.mark.parametrize("words", [["{}"], [sys.executable, "-u", "{}"]])
def test_an_edited_script_is_another_agent(words: list[str], tmp_path: Path) -> None:
    script = tmp_path / "solve.sh"
    script.write_text("#!/bin/sh\necho 1\n")
    script.chmod(0o755)
    named = [word.format(script) for word in words]
    before = digest_of_command(named)

    assert digest_of_command(named) == before
    script.write_text("#!/bin/sh\necho 2\n")
    assert digest_of_command(named) != before
