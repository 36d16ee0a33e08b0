import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from steepest.errors import InputError
from steepest.evals.attempts import Attempt, Spent
from steepest.evals.problems import Problem
from steepest.evals.samples import Grade, QueryGrade, Sample, Verdict
from steepest.evals.statistics import Summary, summarize

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def problem(id: str, **more: Any) -> Problem:
    return Problem(id=id, question="How many?", answer=1, **more)


def sample(
    id: str, verdict: Verdict = "correct", epoch: int = 1, grades: tuple[Grade, ...] = (), **attempt: Any
) -> Sample:
    outcome = "answered" if verdict in ("correct", "wrong_value") else verdict
    return Sample(
        id=id,
        epoch=epoch,
        verdict=verdict,
        grades=(Grade(profile="strict", correct=verdict == "correct"), *grades),
        attempt=Attempt(**({"outcome": outcome} | attempt)),
        finished=NOON,
    )


def test_an_infrastructure_error_is_no_wrong_answer_and_both_counts_are_there() -> None:
    problems = [problem(name) for name in "abcd"]
    found = summarize(problems, [sample("a"), sample("b", "wrong_value"), sample("c", "infrastructure_error")]).overall
    assert (found.problems, found.pending, found.attempts, found.infrastructure_errors) == (3, 1, 3, 1)
    assert (found.accuracy.successes, found.accuracy.n) == (1, 2)
    assert (found.accuracy_of_all.successes, found.accuracy_of_all.n) == (1, 3)
    assert found.verdicts == {"correct": 1, "wrong_value": 1, "infrastructure_error": 1}


def test_the_execution_rate_counts_every_verdict_of_a_solver() -> None:
    samples = [sample("a", "infeasible"), sample("b", "compile_error"), sample("c", "wrong_value")]
    assert summarize([problem(name) for name in "abc"], samples).overall.executed.rate == pytest.approx(2 / 3)


def test_epochs_of_a_problem_are_averaged_before_problems_are_counted() -> None:
    samples = [sample("a", epoch=1), sample("a", "wrong_value", epoch=2), sample("b", epoch=1), sample("b", epoch=2)]
    found = summarize([problem("a"), problem("b")], samples).overall
    assert (found.attempts, found.accuracy.n, found.accuracy.rate) == (4, 2, 0.75)


def test_a_story_in_three_editions_counts_once() -> None:
    problems = [problem(name, group="bakery") for name in "abc"] + [problem("d")]
    samples = [sample("a"), sample("b"), sample("c"), sample("d", "wrong_value")]
    found = summarize(problems, samples).overall
    assert found.accuracy.rate == 0.75
    assert (found.by_story.rate, found.by_story.n) == (0.5, 2)


def test_data_sets_and_types_are_told_apart() -> None:
    problems = [problem("a", dataset="one", type="LP"), problem("b", dataset="two"), problem("c", dataset="two")]
    found = summarize(problems, [sample("a"), sample("b"), sample("c", "wrong_value")])
    assert [(each.name, each.accuracy.rate) for each in found.by_dataset] == [("one", 1.0), ("two", 0.5)]
    assert [(each.name, each.accuracy.n) for each in found.by_type] == [("LP", 1), ("untyped", 2)]


def test_profiles_stand_side_by_side_with_the_queries_that_they_ask() -> None:
    queries = (QueryGrade(query="x", expected=1, correct=True), QueryGrade(query="y", expected=2))
    orlm = Grade(profile="orlm", correct=True)
    optibench = Grade(profile="optibench", correct=False, queries=queries)
    found = summarize([problem("a")], [sample("a", "wrong_value", grades=(orlm, optibench))]).overall
    assert [(each.profile, each.graded.rate) for each in found.profiles] == [
        ("strict", 0),
        ("orlm", 1),
        ("optibench", 0),
    ]
    assert [each.queries.rate for each in found.profiles] == [None, None, 0.5]


def test_pass_and_majority_at_k_leave_out_problems_with_fewer_attempts() -> None:
    samples = [
        *(sample("a", verdict, epoch, objective=value) for epoch, verdict, value in _THREE),
        sample("b", epoch=1, objective=4.0),
    ]
    figures = {(each.kind, each.k): each.share for each in summarize([problem("a"), problem("b")], samples).at_k}
    assert {key: share.n for key, share in figures.items() if key[0] == "pass"} == {
        ("pass", 1): 2,
        ("pass", 2): 1,
        ("pass", 3): 1,
    }
    assert figures["pass", 3].rate == 1.0
    assert figures["pass", 2].rate == pytest.approx(1 - 1 / 3)
    assert figures["majority", 3].rate == 0.0


_THREE: tuple[tuple[int, Verdict, float], ...] = ((1, "correct", 7.0), (2, "wrong_value", 8.0), (3, "wrong_value", 8.0))


def test_one_attempt_each_has_no_figure_at_k() -> None:
    assert summarize([problem("a")], [sample("a")]).at_k == ()


def test_what_a_provider_does_not_tell_is_unknown_and_not_zero() -> None:
    known = Spent(calls=1, input_tokens=100, output_tokens=20, cost=Decimal("0.5"), seconds=2.0)
    unknown = Spent(calls=1, input_tokens=None, output_tokens=None, cost=None)
    found = summarize([problem("a"), problem("b")], [sample("a", spent=known), sample("b", spent=unknown)])
    assert (found.cost.n, found.cost.unknown, found.cost.total) == (1, 1, 0.5)
    assert (found.input_tokens.total, found.output_tokens.unknown) == (100, 1)


def test_rounds_are_averaged_over_right_answers_too() -> None:
    samples = [
        sample("a", rounds=2),
        sample("b", "wrong_value", rounds=3),
        sample("c", "infrastructure_error", rounds=9),
    ]
    found = summarize([problem(name) for name in "abc"], samples)
    assert (found.rounds.mean, found.rounds.n) == (2.5, 2)
    assert (found.rounds_of_correct.mean, found.rounds_of_correct.n) == (2.0, 1)


def test_confidence_is_calibrated_on_graded_attempts_that_tell_it() -> None:
    samples = [
        sample("a", confidence=0.9),
        sample("b", "wrong_value", confidence=0.2),
        sample("c"),
        sample("d", "infrastructure_error", confidence=0.9),
    ]
    found = summarize([problem(name) for name in "abcd"], samples).calibration
    assert found is not None
    assert (found.n, found.correct, found.auroc) == (2, 1, 1.0)
    assert summarize([problem("a")], [sample("a")]).calibration is None


def test_a_summary_goes_through_json() -> None:
    found = summarize([problem("a"), problem("b")], [sample("a", confidence=0.5), sample("a", "wrong_value", 2)])
    assert Summary.model_validate_json(found.model_dump_json()) == found


def test_an_empty_run_has_no_rates() -> None:
    found = summarize([problem("a")], [])
    assert (found.overall.pending, found.overall.accuracy.rate, found.seconds.mean) == (1, None, None)


def test_a_sample_of_another_data_set_is_refused() -> None:
    with pytest.raises(InputError, match="the sample 'b' is of no problem of this run"):
        summarize([problem("a")], [sample("b")])


def test_transcripts_are_let_go_of_on_the_way() -> None:
    def long_samples() -> Iterator[Sample]:
        for number in range(300):
            yield sample(str(number), transcript=({"text": "x" * 100_000},), code="y" * 100_000)

    problems = [problem(str(number)) for number in range(300)]
    tracemalloc.start()
    summarize(problems, long_samples())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000
