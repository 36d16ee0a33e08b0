"""A script that would begin its run again in each process is told so before one begins."""

import subprocess
import sys
from pathlib import Path

import pytest

CALL = "from steepest.agents.spread.main_guard import require_main_guard\n"


@pytest.mark.parametrize(
    ("script", "is_refused"),
    [
        ("require_main_guard()\n", True),
        ("def work():\n    require_main_guard()\nwork()\n", True),
        ('if __name__ == "__main__":\n    require_main_guard()\n', False),
    ],
)
def test_a_script_without_its_guard_is_refused(script: str, is_refused: bool, tmp_path: Path) -> None:
    file = tmp_path / "script.py"
    file.write_text(CALL + script)
    ended = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=False)

    assert (ended.returncode != 0) == is_refused
    assert ('under `if __name__ == "__main__":`' in ended.stderr) == is_refused
