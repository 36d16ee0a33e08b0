import json
from pathlib import Path

import pytest

from steepest.cli import main
from tests.evals.reports.pages import index_of, records_of

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


def test_kept_runs_are_compared_by_a_profile_they_were_not_graded_by(
    direct: str, five: str, tmp_path: Path, capsys: Captured
) -> None:
    page = tmp_path / "page.html"
    assert main(["eval", "compare", direct, five, "--profile", "nemo", "--out", str(page)]) == 0
    assert "by nemo" in capsys.readouterr().out
    grades = records_of(page.read_text("utf-8"))[0]["attempts"][0]["grades"]
    assert [each["profile"] for each in grades] == ["strict", "orlm", "nemo"]


def test_a_profile_that_there_is_not_is_named(direct: str, five: str, capsys: Captured) -> None:
    assert main(["eval", "compare", direct, five, "--profile", "nemmo"]) == 1
    assert "did you mean 'nemo'" in capsys.readouterr().err


@pytest.mark.parametrize(("ending", "begins"), [("html", "<!doctype html>"), ("md", "## five"), ("json", "{")])
def test_the_ending_of_the_file_tells_the_form(
    direct: str, five: str, tmp_path: Path, ending: str, begins: str
) -> None:
    path = tmp_path / f"comparison.{ending}"
    assert main(["eval", "compare", direct, five, "--out", str(path)]) == 0
    assert path.read_text("utf-8").startswith(begins)


def test_a_file_of_another_ending_is_refused(direct: str, five: str, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "comparison.csv"
    assert main(["eval", "compare", direct, five, "--out", str(path)]) == 1
    assert ".html, .md, .json" in capsys.readouterr().err
    assert not path.exists()


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
