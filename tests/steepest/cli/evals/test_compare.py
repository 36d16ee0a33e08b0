import json
from pathlib import Path

import pytest

from steepest.cli import main
from tests.evals.reports.pages import index_of

Captured = pytest.CaptureFixture[str]


def test_a_comparison_has_its_interval_its_test_and_what_flipped(direct: str, five: str, capsys: Captured) -> None:
    assert main(["eval", "compare", direct, five]) == 0
    out = capsys.readouterr().out
    assert "B less A: +41.7 points" in out
    assert "n = 12" in out
    assert "5 gained, 0 lost, p 0.0625 (mid-p 0.0312)" in out
    assert "market-town/ferry       wrong value  correct" in out


def test_the_page_of_a_comparison_lists_the_flipped_problems(direct: str, five: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert main(["eval", "compare", direct, five, "--out", str(path)]) == 0
    assert len(index_of(path.read_text("utf-8"))["listing"]["values"]["id"]) == 5


def test_a_comparison_for_programs_and_for_a_comment(direct: str, five: str, capsys: Captured) -> None:
    assert main(["eval", "compare", direct, five, "--format", "json", "--profile", "orlm"]) == 0
    assert json.loads(capsys.readouterr().out)["profile"] == "orlm"
    assert main(["eval", "compare", direct, five, "--format", "md"]) == 0
    assert capsys.readouterr().out.startswith("## five+repair against direct")


def test_a_profile_that_was_not_graded_is_named(direct: str, five: str, capsys: Captured) -> None:
    assert main(["eval", "compare", direct, five, "--profile", "nemo"]) == 1
    assert "was not graded by 'nemo'" in capsys.readouterr().err


def test_other_data_sets_are_refused_unless_asked_for(
    asked: list[str], direct: str, tmp_path: Path, capsys: Captured
) -> None:
    half = tmp_path / "half.jsonl"
    half.write_text("".join(Path(asked[0]).read_text().splitlines(keepends=True)[:6]))
    place = str(tmp_path / "run")
    assert main(["eval", "run", str(half), *asked[1:], "--method", "direct", "--out", place, "--quiet"]) == 0
    assert main(["eval", "compare", direct, place]) == 1
    assert "--on-common" in capsys.readouterr().err
    assert main(["eval", "compare", direct, place, "--on-common"]) == 0
    assert "left out: 6 problems attempted in A only" in capsys.readouterr().out
