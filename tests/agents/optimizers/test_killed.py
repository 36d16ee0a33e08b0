"""A search that is killed again and again comes to what it would have come to, and pays for nothing twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from steepest.agents.optimizers.search.evaluations import Evaluations
from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.records import StepRecord
from steepest.errors import InputError
from tests.agents.optimizers.search_to_kill import WORKERS

ROOT = Path(__file__).parents[3]
LONGEST_LIFE = 0.4
FEWEST_KILLS = 8  # how many there are is a matter of how fast the machine is


def begin(folder, strategy, seed, *life):
    script = Path(__file__).with_name("search_to_kill.py")
    ended = subprocess.run(
        [sys.executable, str(script), str(folder), strategy, str(seed), *map(str, life)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def twice(file):
    lines = file.read_text().splitlines() if file.exists() else []
    return len(lines) - len(set(lines))


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes that it forks")
def test_a_search_that_is_killed_again_and_again_comes_to_the_same(tmp_path):
    kills = 0
    for strategy, seed in [("minibatch", 1), ("pareto", 2), ("beam", 3), ("random", 4)]:
        whole, torn = tmp_path / f"{strategy}-whole", tmp_path / f"{strategy}-torn"
        expected = begin(whole, strategy, seed)
        assert expected.pop("kills") == 0
        assert len(expected["pool"]) > 1
        found = begin(torn, strategy, seed, LONGEST_LIFE)
        killed = found.pop("kills")
        assert found == expected
        assert twice(torn / "asked") <= killed  # the question that was under way
        assert twice(torn / "rated") <= WORKERS * killed  # the runs that were under way
        kills += killed
    assert kills >= FEWEST_KILLS


def records(count):
    return [StepRecord(step=step, metric_calls=3 * step, next_number=step + 1) for step in range(count)]


@pytest.fixture
def journal(tmp_path):
    written = Journal(tmp_path / "steps.jsonl")
    for each in records(4):
        written.write(each)
    return written


@pytest.mark.parametrize("lost", range(1, 40))
def test_a_torn_last_line_is_left_out_and_written_again(journal, tmp_path, lost):
    path = tmp_path / "steps.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-lost])
    kept = records(4) if lost == 1 else records(3)  # without its line break a record is whole
    assert list(journal.read()) == kept
    for each in records(5)[len(kept) :]:
        journal.write(each)
    assert list(journal.read()) == records(5)


def test_a_line_in_the_middle_that_is_no_record_is_told_with_its_number(journal, tmp_path):
    path = tmp_path / "steps.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "something else", *lines[2:], ""]))
    with pytest.raises(InputError, match=r"steps\.jsonl, line 2, is no record of a step"):
        journal.read()


READ_ONLY = """
import os, sys
from pathlib import Path
from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.evaluations import Evaluations
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.llm.kept_replies import ReplyFile
from steepest.errors import InputError

if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
folder = Path(sys.argv[1])
for write in (
    lambda: Journal(folder / "steps.jsonl").write(StepRecord(step=0)),
    lambda: Evaluations(folder / "evaluations.sqlite"),
    lambda: ReplyFile(folder / "replies.sqlite"),
):
    try:
        write()
    except InputError as error:
        print(error)
"""

FULL_DISK = """
import resource, sys
from pathlib import Path
from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.evaluations import Evaluations
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.errors import InputError

folder = Path(sys.argv[1])
journal, evaluations = Journal(folder / "steps.jsonl"), Evaluations(folder / "evaluations.sqlite")
journal.write(StepRecord(step=0))
evaluations.keep("a", "train", Rollout("t1", 1.0))
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, -1))
for write in (
    lambda: journal.write(StepRecord(step=1, notes={"long": "x" * 200_000})),
    lambda: evaluations.keep("a", "train", Rollout("t2", 1.0, "x" * 200_000)),
):
    try:
        write()
    except InputError as error:
        print(error)
print(len(journal.read()), evaluations.totals()[0])
"""


def said_by(script, folder):
    ended = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="needs the rights of files as Unix has them")
def test_a_folder_that_cannot_be_written_is_told_by_each_file(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir(mode=0o555)
    for each in (tmp_path, *tmp_path.parents[:-1]):
        if each.stat().st_uid == os.getuid() and each.name.startswith(("pytest-", "test_", "popen-")):
            each.chmod(0o755)
    steps, evaluations, replies = said_by(READ_ONLY, folder)
    assert "steps.jsonl can't be written: Permission denied" in steps
    assert "evaluations.sqlite can't be read or kept" in evaluations
    assert "replies.sqlite, can't be used" in replies


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path):
    steps, evaluations, left = said_by(FULL_DISK, tmp_path)
    assert "steps.jsonl can't be written" in steps
    assert "can't be read or kept" in evaluations
    assert left == "1 1"
    assert list(Journal(tmp_path / "steps.jsonl").read()) == [StepRecord(step=0)]
    kept = Evaluations(tmp_path / "evaluations.sqlite")
    assert kept.totals()[0] == 1
    kept.close()
