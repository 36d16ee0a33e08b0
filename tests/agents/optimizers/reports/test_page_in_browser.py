"""The page's script, where a browser is installed."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.optimizers.reports import report_page
from steepest.agents.optimizers.search.records import Birth, StepRecord
from tests.agents.optimizers.reports.searches import RUN, scored, search

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"><b>bold</b>"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")]


def document_of(records: list[StepRecord], run: dict[str, Any], folder: Path, address: str = "") -> str:
    """The page's elements after its script has run."""
    path = folder / "page.html"
    path.write_text(report_page(records, run), encoding="utf-8")
    command = [
        str(CHROMIUM),
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=5000",
        "--dump-dom",
        f"{path.as_uri()}{address}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return re.sub(r"<script.*?</script>", "", done.stdout, flags=re.DOTALL)


def test_only_the_rows_in_view_are_drawn(tmp_path: Path) -> None:
    document = document_of(search(500), RUN, tmp_path)
    assert "500 of 500" in document
    assert 10 < document.count('class="row is-') < 60


def test_a_candidate_opens_by_its_address(tmp_path: Path) -> None:
    document = document_of(search(60), RUN, tmp_path, "#candidate=1")
    assert "Candidate 1: " in document
    assert "Why it was admitted" in document
    assert "against candidate 0" in document


def test_hostile_texts_are_shown_and_never_taken_for_markup(tmp_path: Path) -> None:
    birth = Birth(
        number=1, values={"prompt": HOSTILE}, parents=(0,), origin=HOSTILE, note=HOSTILE, model=HOSTILE, reason=HOSTILE
    )
    records = [
        StepRecord(step=0, evaluated=(scored(0, 0.1),)),
        StepRecord(step=1, births=(birth,), evaluated=(scored(1, 0.5),)),
    ]
    document = document_of(records, {**RUN, "workflow": HOSTILE}, tmp_path, "#candidate=1")
    assert document.count("&lt;img src=x") > 6
    assert "<img" not in document
    assert "<title>owned</title>" not in document
