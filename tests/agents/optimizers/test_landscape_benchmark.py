"""The benchmark of landscapes runs without its rival."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_it_prints_a_table_for_each_landscape() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "landscapes.py"), "--rivals", "none", "--quick"]
    done = subprocess.run([*command, "--only", "pair"], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "pair: 200 metric calls, 3 seeds" in done.stdout
    assert "random search" in done.stdout
    assert "gepa" not in done.stdout
