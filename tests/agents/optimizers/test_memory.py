"""What an optimizer remembers, bounded, and as JSON."""

from steepest.agents.optimizers.memory import MOST_SOLUTIONS, MOST_TRIES, Memory, Try
from steepest.agents.optimizers.search.values import digest_of


def test_the_oldest_tries_go_first() -> None:
    memory = Memory()
    for step in range(MOST_TRIES + 5):
        memory.add(Try(step=step, outcome="rejected"))

    assert (len(memory.tries), memory.tries[0].step) == (MOST_TRIES, 5)


def test_of_many_solutions_the_worst_old_ones_are_forgotten() -> None:
    memory = Memory()
    for number in range(MOST_SOLUTIONS + 50):
        memory.score({"x": number}, [-abs(number - 10)])

    assert len(memory.solutions) == MOST_SOLUTIONS
    assert digest_of({"x": 10}) in memory.solutions
    assert digest_of({"x": MOST_SOLUTIONS + 49}) in memory.solutions


def test_the_present_values_are_a_member_of_the_pool_scored_or_not() -> None:
    memory = Memory()
    memory.score({"x": 1}, [0.25, 0.75])

    pool, parent = memory.pool({"x": 2})
    assert [dict(each.values) for each in pool] == [{"x": 1}, {"x": 2}]
    assert parent.number == 1
    assert pool.scores(0, "train").mean == 0.5
    assert memory.pool({"x": 1})[1].number == 0


def test_scores_of_a_try_are_those_of_its_values() -> None:
    memory = Memory()
    memory.add(Try(step=1, outcome="committed", changes={"x": 1}, digest=digest_of({"x": 1, "y": 0})))
    memory.add(Try(step=2, outcome="rejected", changes={"x": "many"}, reason="no number"))
    assert [each.score for each in memory.past()] == [None, None]

    memory.score({"x": 1, "y": 0}, [0.5])

    assert [each.score for each in memory.past()] == [0.5, None]


def test_a_memory_goes_to_json_and_back() -> None:
    memory = Memory(asked=3)
    memory.add(Try(step=1, outcome="committed", changes={"x": [1, None, "a"]}, reasoning="r"))
    memory.score({"x": 1}, [0.1, 0.2])

    assert Memory.model_validate_json(memory.model_dump_json()) == memory
