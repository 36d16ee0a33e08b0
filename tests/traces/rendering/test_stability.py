"""The same program is rendered the same, byte for byte, in one process and in others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.traces.rendering import programs


@pytest.mark.parametrize("name", programs.PROGRAMS)
def test_renderings_are_the_same_in_one_process(name: str, tmp_path: Path) -> None:
    program = programs.PROGRAMS[name]
    first = programs.rendered(program(), tmp_path / "first.html")
    assert programs.rendered(program(), tmp_path / "second.html") == first


def test_renderings_are_the_same_across_processes(tmp_path: Path) -> None:
    folders = []
    for seed in ("0", "1", "4711"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[3])}
        subprocess.run([sys.executable, programs.__file__, str(folder)], env=environment, check=True)
        folders.append({each.name: each.read_bytes() for each in folder.iterdir()})
    assert len(folders[0]) == 6 * len(programs.PROGRAMS)
    assert folders[0] == folders[1] == folders[2]
