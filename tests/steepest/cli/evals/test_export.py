from pathlib import Path

import pytest

from steepest.cli import main


def test_a_run_is_written_in_another_programs_form(direct: str, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    assert main(["eval", "export", direct, "--to", "csv", "--out", str(path)]) == 0
    assert len(path.read_text(encoding="utf-8").splitlines()) == 13


def test_the_ending_tells_the_form_unless_it_is_given(direct: str, tmp_path: Path) -> None:
    assert main(["eval", "export", direct, "--out", str(tmp_path / "run.csv")]) == 0
    assert (tmp_path / "run.csv").read_text(encoding="utf-8").startswith("id,epoch,")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["--out", "run.xls"], "one of .csv, .parquet, .eval"), (["--to", "csv", "--out", "-"], "--out names a file")],
)
def test_a_file_that_tells_no_form_or_is_none_is_refused(
    direct: str,
    arguments: list[str],
    complaint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["eval", "export", direct, *arguments]) == 1
    assert complaint in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_form_is_answered_with_the_known_ones(
    direct: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.xls"
    assert main(["eval", "export", direct, "--to", "excel", "--out", str(path)]) == 1
    assert "csv, parquet" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
