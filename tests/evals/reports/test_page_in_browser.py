"""The page's script, where a browser is installed."""

import io
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from steepest.evals.reports import html_report
from tests.evals.runs_for_tests import RememberedRun, large_run, problem, sample

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"><b>bold</b>"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")]


def document_of(run: RememberedRun, folder: Path, address: str = "") -> str:
    """The page's elements after its script has run."""
    stream = io.StringIO()
    html_report(run, stream)
    path = folder / "page.html"
    path.write_text(stream.getvalue(), encoding="utf-8")
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
    document = document_of(large_run(500), tmp_path)
    assert "500 of 500" in document
    assert 10 < document.count('class="row"') < 60


def test_a_problem_opens_by_its_address(tmp_path: Path) -> None:
    run = large_run(60)
    wanted = list(run.problems())[42]
    document = document_of(run, tmp_path, f"#id={quote(wanted.id, safe='')}&epoch=1")
    assert f'<pre class="words">{wanted.question}</pre>' in document
    assert "Transcript, " in document


def test_hostile_texts_are_shown_and_never_taken_for_markup(tmp_path: Path) -> None:
    made = sample(HOSTILE, message=HOSTILE, formulation=HOSTILE, code=HOSTILE, diagnostics=(HOSTILE,))
    run = RememberedRun([problem(HOSTILE, HOSTILE, notes=HOSTILE)], [made], method=HOSTILE)
    document = document_of(run, tmp_path, f"#id={quote(HOSTILE, safe='')}&epoch=1")
    assert document.count("&lt;img src=x") > 6
    assert "<img" not in document
    assert "<title>owned</title>" not in document
