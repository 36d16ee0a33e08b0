"""Records of steps, read when they are looked at."""

import pytest

from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.records import StepRecord
from steepest.errors import InputError


@pytest.fixture(params=["a file", "a temporary one"])
def journal(request, tmp_path):
    written = Journal(tmp_path / "steps.jsonl" if request.param == "a file" else None)
    for step in range(5):
        written.write(StepRecord(step=step, metric_calls=step))
    return written


def test_records_are_a_sequence(journal):
    records = journal.read()
    assert len(records) == 5
    assert [each.step for each in records] == [0, 1, 2, 3, 4]
    assert records[-1].metric_calls == 4
    assert [each.step for each in records[1:3]] == [1, 2]
    with pytest.raises(IndexError):
        records[5]


def test_records_are_those_of_the_time_of_the_reading(journal):
    records = journal.read()
    for each in records:
        journal.write(StepRecord(step=5 + each.step))
    assert len(records) == 5
    assert len(journal.read()) == 10
    assert len(journal.read(3)) == 3


def test_of_two_records_of_a_step_the_last_stands(journal):
    journal.write(StepRecord(step=4, metric_calls=7))
    assert [each.metric_calls for each in journal.read()] == [0, 1, 2, 3, 7]


def test_where_there_is_no_file_there_are_no_records(tmp_path):
    records = Journal(tmp_path / "steps.jsonl").read()
    assert not records
    assert list(records) == []


def test_records_whose_file_was_changed_say_so(tmp_path):
    journal = Journal(tmp_path / "steps.jsonl")
    journal.write(StepRecord(step=0))
    records = journal.read()
    (tmp_path / "steps.jsonl").write_text("something else\n")
    with pytest.raises(InputError, match="was changed"):
        list(records)
    (tmp_path / "steps.jsonl").unlink()
    with pytest.raises(InputError, match="can't be read"):
        list(records)
