"""Two runs on the problems of examples/evaluation, made once: by `direct` (6 of 12 right) and `five+repair` (11)."""

from pathlib import Path

import pytest

from steepest.cli import main

EXAMPLE = Path(__file__).parents[4] / "examples" / "evaluation"
ASKED = [str(EXAMPLE / "problems.jsonl"), "--model", f"recorded:{EXAMPLE / 'recorded.json'}"]


@pytest.fixture(scope="session")
def asked() -> list[str]:
    """Data set and model."""
    return ASKED


@pytest.fixture(scope="session")
def direct(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The run by `direct`."""
    return made("direct", tmp_path_factory)


@pytest.fixture(scope="session")
def five(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The run by `five+repair`."""
    return made("five+repair", tmp_path_factory)


def made(method: str, factory: pytest.TempPathFactory) -> str:
    place = str(factory.mktemp("runs") / method.replace("+", "-"))
    assert main(["eval", "run", *ASKED, "--method", method, "--profile", "orlm", "--out", place, "--quiet"]) == 0
    return place
