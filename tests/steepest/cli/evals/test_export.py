from pathlib import Path

import pytest

from steepest.cli import main


def test_a_run_is_written_in_another_programs_form(direct: str, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    assert main(["eval", "export", direct, "--to", "csv", "--out", str(path)]) == 0
    assert len(path.read_text(encoding="utf-8").splitlines()) == 13


def test_an_unknown_form_is_answered_with_the_known_ones(
    direct: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.xls"
    assert main(["eval", "export", direct, "--to", "excel", "--out", str(path)]) == 1
    assert "csv, parquet" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
