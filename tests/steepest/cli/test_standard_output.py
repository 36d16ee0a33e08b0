"""Standard output holds the result alone, whatever a solver written in C prints."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from steepest.cli.standard_output import results_alone

NOISY = """
import ctypes, sys
from steepest.cli import main, run

solved = run._solved

def noisy(*given):
    ctypes.CDLL(None).printf(b"noise\\n")
    return solved(*given)

run._solved = noisy
code = main(sys.argv[1:])
print("after")
sys.exit(code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the C library has another name there")
def test_what_c_prints_does_not_spoil_the_document(tmp_path: Path) -> None:
    (tmp_path / "model.five").write_text("variables:\n  x: real in 0..4\nmaximize: x\n")
    done = subprocess.run(
        [sys.executable, "-c", NOISY, "run", "model.five", "--format", "json", "--quiet"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    document, end, rest = done.stdout.rpartition("}\n")
    assert json.loads(document + end)["objective"]["value"] == 4
    assert rest == "after\n"
    assert "noise" in done.stderr


def test_a_standard_output_that_is_not_the_process_s_own_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with results_alone() as stream:
        assert stream is None
        print("as ever")
    assert capsys.readouterr().out == "as ever\n"
