"""A run's folder: what a kill, an editor, `cat` or a full disk may leave there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.errors import InputError
from steepest.evals.specification import Selection
from steepest.evals.stores.folder import FolderRun, FolderWriter
from steepest.evals.stores.sample_files import find_samples
from tests.evals.stores.bakeries import bakeries, sample, specification


@pytest.fixture
def run(tmp_path):
    return tmp_path / "run"


def write(run, *samples, spec=None):
    store = FolderWriter(run, spec or specification(), bakeries(4))
    for each in samples:
        store.append(each)
    store.close()


def ids(run):
    return [each.id for each in FolderRun(run).samples()]


def test_a_torn_last_line_is_passed_over(run):
    write(run, sample(0), sample(1))
    samples = run / "samples.jsonl"
    samples.write_bytes(samples.read_bytes()[:-10])
    assert ids(run) == ["bakery/0"]


def test_a_torn_last_line_is_cut_before_the_next_record(run):
    write(run, sample(0), sample(1))
    samples = run / "samples.jsonl"
    samples.write_bytes(samples.read_bytes()[:-10])
    write(run, sample(2))
    assert ids(run) == ["bakery/0", "bakery/2"]
    assert [json.loads(line)["id"] for line in samples.read_text().splitlines()] == ["bakery/0", "bakery/2"]


@pytest.mark.parametrize("left", range(1, 40, 7))
def test_a_file_cut_anywhere_keeps_its_whole_records(run, left):
    write(run, sample(0))
    samples = run / "samples.jsonl"
    whole = samples.read_bytes()
    samples.write_bytes(whole + whole[:left])
    write(run, sample(1))
    assert ids(run) == ["bakery/0", "bakery/1"]


def test_a_record_longer_than_a_block_is_cut_too(run):
    write(run, sample(0), sample(1, text="x" * 300_000))
    samples = run / "samples.jsonl"
    samples.write_bytes(samples.read_bytes()[:-10])
    write(run, sample(2))
    assert ids(run) == ["bakery/0", "bakery/2"]


def test_a_broken_line_in_the_middle_is_told_with_its_place(run):
    write(run, sample(0), sample(1))
    samples = run / "samples.jsonl"
    first, second = samples.read_text().splitlines(keepends=True)
    samples.write_text(first.replace('"verdict"', '"verd') + second)
    with pytest.raises(InputError, match=r"samples.jsonl, line 1: this is no sample .* Delete the line"):
        ids(run)


def test_blank_lines_do_no_harm(run):
    write(run, sample(0), sample(1))
    samples = run / "samples.jsonl"
    samples.write_text(samples.read_text().replace("\n", "\n\n  \n"))
    assert ids(run) == ["bakery/0", "bakery/1"]


def of_shard(part):
    return specification(selection=Selection(shard=(part, 2)))


def test_shards_are_merged_by_copying_their_samples(run, tmp_path):
    write(run, sample(0), spec=of_shard(1))
    write(tmp_path / "elsewhere", sample(1), spec=of_shard(2))
    shutil.copy(tmp_path / "elsewhere" / "samples.2of2.jsonl", run)
    assert ids(run) == ["bakery/0", "bakery/1"]


def test_shards_are_merged_by_concatenation_even_after_a_torn_line(run, tmp_path):
    write(run, sample(0), sample(1), spec=of_shard(1))
    write(tmp_path / "elsewhere", sample(2), sample(3), spec=of_shard(2))
    torn = (run / "samples.1of2.jsonl").read_bytes()[:-10]
    (run / "samples.1of2.jsonl").write_bytes(torn + (tmp_path / "elsewhere" / "samples.2of2.jsonl").read_bytes())
    assert ids(run) == ["bakery/0", "bakery/2", "bakery/3"]


@given(cuts=st.lists(st.integers(0, 1200), min_size=1, max_size=4))
def test_files_torn_anywhere_and_put_together_keep_every_whole_record(tmp_path_factory, cuts):
    path = tmp_path_factory.mktemp("merged") / "samples.jsonl"
    parts, whole = [], set()
    for number, cut in enumerate(cuts):
        nested = ({"id": "of a call", "inner": {"id": 7}},)
        records = [sample(2 * number + i) for i in range(2)]
        records = [
            each.model_copy(update={"attempt": each.attempt.model_copy(update={"transcript": nested})})
            for each in records
        ]
        lines = [each.model_dump_json().encode() + b"\n" for each in records]
        torn = b"".join(lines)[:-cut] if cut else b"".join(lines)
        parts.append(torn)
        whole |= {each.key for each, line in zip(records, lines, strict=True) if line in torn}
    path.write_bytes(b"".join(parts))
    assert whole <= set(find_samples([path]))


def test_merging_gives_the_same_in_any_order(run):
    write(run, sample(0, verdict="infrastructure_error", minutes=9), spec=of_shard(1))
    write(run, sample(0, minutes=1), spec=of_shard(2))
    assert [each.verdict for each in FolderRun(run).samples()] == ["correct"]
    (run / "samples.1of2.jsonl").rename(run / "samples.z.jsonl")
    assert [each.verdict for each in FolderRun(run).samples()] == ["correct"]


def test_a_folder_with_something_else_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(InputError, match=r"holds no run but other things \(thesis.tex\)"):
        write(tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "precious"
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_empty_folder_is_taken(tmp_path):
    write(tmp_path, sample(0))
    assert ids(tmp_path) == ["bakery/0"]


def test_what_a_kill_at_the_very_start_leaves_is_taken_up(run):
    write(run)
    (run / "run.json").unlink()
    (run / "samples.jsonl").unlink()
    (run / "run.json.4711.unfinished").write_text('{"version"')
    (run / "replies.sqlite-wal").touch()
    write(run, sample(0))
    assert ids(run) == ["bakery/0"]
    assert not list(run.glob("*.unfinished"))


def test_a_file_in_place_of_the_folder_is_told(run):
    run.write_text("a file")
    with pytest.raises(InputError, match="can't be used as a run's folder"):
        write(run)


def test_a_folder_without_a_run_is_told(tmp_path):
    with pytest.raises(InputError, match=r"holds no run: it has no run.json"):
        FolderRun(tmp_path)


@pytest.mark.parametrize("content", ["", "{", '{"version": 1}', "[]"])
def test_a_broken_description_is_told(run, content):
    write(run)
    (run / "run.json").write_text(content)
    with pytest.raises(InputError, match=r"run.json can't be read"):
        FolderRun(run).specification()


def test_a_run_of_a_later_version_is_refused(run):
    write(run)
    text = (run / "run.json").read_text()
    (run / "run.json").write_text(text.replace('"version": 1', '"version": 2'))
    with pytest.raises(InputError, match="later version of steepest"):
        FolderRun(run).specification()


FULL_DISK = """
import resource, sys
from steepest.errors import InputError
from steepest.evals.stores.folder import FolderRun, FolderWriter
from tests.evals.stores.bakeries import bakeries, sample, specification

store = FolderWriter(sys.argv[1], specification(), bakeries(4))
store.append(sample(0))
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, -1))
try:
    store.append(sample(1, text="x" * 5_000))
except InputError as error:
    print(error)
store.append(sample(2))
store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_is_told_and_loses_nothing(run):
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    said = subprocess.run(
        [sys.executable, "-c", FULL_DISK, run], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert "samples.jsonl can't be written (File too large)" in said.stdout
    assert "make room, and give the same command again" in said.stdout
    assert ids(run) == ["bakery/0", "bakery/2"]
