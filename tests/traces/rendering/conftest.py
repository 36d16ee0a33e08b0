"""Golden files, and a browser where there is one."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.traces.rendering.browser import Browser

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def agrees_with_golden() -> Callable[[str, str], None]:
    """Compare a text with its golden file; `WRITE_GOLDEN=1 pytest tests/traces/rendering` writes them anew."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("WRITE_GOLDEN"):
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium without a window."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium on this machine: `apt-get install chromium` to run what needs a browser")
    with Browser(found, tmp_path_factory.mktemp("profile")) as started:
        yield started
