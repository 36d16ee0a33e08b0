import threading

import pytest

from steepest.agents.llm.group_commit import GroupCommit


def test_rows_that_wait_are_written_together():
    gate, batches = threading.Event(), []

    def write(batch):
        gate.wait(10)
        batches.append(batch)

    commit = GroupCommit(write)
    first = commit.add(0)
    while commit._waiting:  # until the writer has taken the first row
        pass
    rest = [commit.add(number) for number in range(1, 50)]
    gate.set()
    for written in [first, *rest]:
        written.result(timeout=10)
    commit.close()
    assert batches == [[0], list(range(1, 50))]


def test_whoever_gave_a_row_is_told_that_it_could_not_be_written():
    def write(batch):
        raise OSError("full")

    commit = GroupCommit(write)
    with pytest.raises(OSError, match="full"):
        commit.add(0).result(timeout=10)
    commit.close()


def test_one_failure_does_not_end_the_writing():
    def write(batch):
        if batch == [0]:
            raise OSError("full")

    commit = GroupCommit(write)
    with pytest.raises(OSError, match="full"):
        commit.add(0).result(timeout=10)
    commit.add(1).result(timeout=10)
    commit.close()


def test_closing_writes_what_is_waiting():
    written = []
    commit = GroupCommit(written.extend)
    for number in range(100):
        commit.add(number)
    commit.close()
    assert written == list(range(100))
