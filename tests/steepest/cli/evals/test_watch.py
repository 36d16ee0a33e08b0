import threading
import time
from pathlib import Path

import pytest

from steepest.cli import main


def test_a_run_is_told_as_it_stands(direct: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "watch", direct, "--once"]) == 0
    assert capsys.readouterr().out == "12 of 12, 6 right (50.0 % of 12), 6 wrong, 0 $\n"


def test_watching_ends_when_every_sample_is_there(
    direct: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = Path(direct, "samples.jsonl").read_text().splitlines(keepends=True)
    for name in ("run.json", "problems.jsonl"):
        (tmp_path / name).write_bytes(Path(direct, name).read_bytes())
    (tmp_path / "samples.jsonl").write_text("".join(lines[:8]))

    def go_on() -> None:
        time.sleep(0.3)
        (tmp_path / "samples.jsonl").write_text("".join(lines))

    other = threading.Thread(target=go_on)
    other.start()
    assert main(["eval", "watch", str(tmp_path), "--every", "0.05"]) == 0
    other.join()
    assert "12 of 12, 6 right" in capsys.readouterr().err


def test_a_run_that_is_not_there_cant_be_watched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "watch", str(tmp_path / "none")]) == 1
    assert "no run" in capsys.readouterr().err
