"""What holds for every place that a run is kept in."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from steepest.errors import InputError
from steepest.evals.samples import SampleKey
from steepest.evals.specification import Selection
from steepest.evals.stores.places import continue_run, open_run
from tests.evals.stores.bakeries import bakeries, sample, specification


def test_what_was_appended_is_read_in_the_order_of_problems_then_epochs(begin, place):
    store = begin(specification(selection=Selection(epochs=2)))
    for number, epoch in [(2, 1), (0, 2), (1, 1), (0, 1)]:
        store.append(sample(number, epoch))
    keys = [each.key for each in open_run(place).samples()]
    assert keys == [("bakery/0", 1), ("bakery/0", 2), ("bakery/1", 1), ("bakery/2", 1)]


def test_a_sample_comes_back_as_it_was(begin, place):
    nasty = sample(0, text='"quotes"\n\x00 NUL, \u2028 and {"id": 1}', objective=0.1 + 0.2)
    begin().append(nasty)
    assert list(open_run(place).samples()) == [nasty]


def test_problems_keep_their_order_and_labels(begin, place):
    begin()
    assert list(open_run(place).problems()) == bakeries(4)


def test_the_specification_can_be_read_while_the_run_goes_on(begin, place):
    begin()
    assert open_run(place).specification() == specification()


def test_the_last_record_of_an_attempt_stands(begin, place):
    store = begin()
    store.append(sample(0, verdict="infrastructure_error", minutes=1))
    store.append(sample(0, verdict="wrong_value", minutes=2))
    store.append(sample(0, verdict="correct", minutes=3))
    assert [each.verdict for each in open_run(place).samples()] == ["correct"]
    assert store.verdicts() == {SampleKey("bakery/0", 1): "correct"}


def test_a_failure_of_the_infrastructure_never_hides_an_answer(begin, place):
    store = begin()
    store.append(sample(0, verdict="correct", minutes=1))
    store.append(sample(0, verdict="infrastructure_error", minutes=2))
    assert [each.verdict for each in open_run(place).samples()] == ["correct"]


def test_a_run_is_continued_with_what_it_has(begin, place):
    first = begin()
    first.append(sample(0))
    first.close()
    second = begin()
    second.append(sample(1))
    assert set(second.verdicts()) == {("bakery/0", 1), ("bakery/1", 1)}


def test_a_continued_run_may_ask_more_problems(begin, place):
    begin(problems=bakeries(2)).close()
    begin(specification(selection=Selection(limit=4)), bakeries(4))
    run = open_run(place)
    assert (len(list(run.problems())), run.specification().selection.limit) == (4, 4)


def test_a_continued_run_that_asks_fewer_problems_keeps_them_all(begin, place):
    begin().close()
    begin(problems=bakeries(4)[2:])
    assert list(open_run(place).problems()) == bakeries(4)


def test_another_run_is_refused_and_the_differences_are_named(begin):
    begin().close()
    with pytest.raises(InputError, match=r"(?s)model: function before, other now.*seed: 0 before, 7 now"):
        begin(specification(model="other", seed=7))


def test_a_refused_runner_leaves_the_run_free(begin):
    begin().close()
    with pytest.raises(InputError):
        begin(specification(model="other"))
    begin()


def test_another_problem_of_the_same_id_is_refused(begin):
    begin().close()
    other = [problem.model_copy(update={"answer": 1.0}) for problem in bakeries(1)]
    with pytest.raises(InputError, match="another problem 'bakery/0'"):
        begin(problems=other)


def test_two_problems_of_one_id_are_refused(begin):
    with pytest.raises(InputError, match="Two problems are called 'bakery/0'"):
        begin(problems=[*bakeries(1), *bakeries(1)])


def test_a_second_runner_is_refused_and_told_who_works_on_the_run(begin, place):
    begin()
    with pytest.raises(InputError, match=r"process \d+ on \S+ works on this run"):
        begin()


def test_the_lock_is_gone_when_the_runner_ends(begin):
    begin().close()
    begin()


def test_the_lock_of_a_killed_runner_is_gone(place, tmp_path):
    script = tmp_path / "runner.py"
    script.write_text(
        "import sys, time\n"
        "from steepest.evals.stores.places import continue_run\n"
        "from tests.evals.stores.bakeries import bakeries, specification\n"
        "store = continue_run(sys.argv[1], specification(), bakeries(4))\n"
        "print('working', flush=True)\n"
        "time.sleep(60)\n"
    )
    runner = subprocess.Popen([sys.executable, script, place], stdout=subprocess.PIPE, text=True, env=_environment())
    assert runner.stdout is not None
    with runner.stdout as said:
        assert said.readline() == "working\n"
        with pytest.raises(InputError, match=f"process {runner.pid} on"):
            continue_run(place, specification(), bakeries(4))
        runner.kill()
        runner.wait()
    _continued_soon(place).close()


def _environment():
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}


def _continued_soon(place):
    """The run, as soon as a database server has seen that a connection is gone."""
    for _ in range(100):
        try:
            return continue_run(place, specification(), bakeries(4))
        except InputError:
            time.sleep(0.1)
    return continue_run(place, specification(), bakeries(4))


def of_shard(part, parts):
    return specification(selection=Selection(shard=(part, parts)))


def test_shards_of_one_division_work_side_by_side(begin, place):
    begin(of_shard(1, 2)).append(sample(0))
    begin(of_shard(2, 2)).append(sample(1))
    assert [each.id for each in open_run(place).samples()] == ["bakery/0", "bakery/1"]


@pytest.mark.parametrize("other", [None, (1, 2), (1, 3)])
def test_runners_that_would_make_the_same_attempts_exclude_each_other(begin, other):
    begin(of_shard(1, 2))
    with pytest.raises(InputError, match="works on this run"):
        begin(specification(selection=Selection(shard=other)))


def test_a_whole_run_excludes_its_shards(begin):
    begin()
    with pytest.raises(InputError, match="works on this run"):
        begin(of_shard(1, 2))


def test_reading_takes_no_lock(begin, place):
    store = begin()
    store.append(sample(0))
    run = open_run(place)
    assert len(list(run.samples())) == 1
    store.append(sample(1))
    assert len(list(run.samples())) == 2
