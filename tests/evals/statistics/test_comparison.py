import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from steepest.errors import InputError
from steepest.evals.attempts import Attempt
from steepest.evals.problems import Problem
from steepest.evals.samples import Grade, Sample, Verdict
from steepest.evals.specification import DatasetReference, RunSpecification
from steepest.evals.statistics import Comparison, compare, mcnemar

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MARKS: dict[str, Verdict] = {"+": "correct", "-": "wrong_value", "!": "infrastructure_error", "0": "not_formulated"}


class KeptRun:
    """A run in memory: for each problem the marks of its attempts, `+`, `-`, `0` and `!` for the infrastructure."""

    def __init__(self, place: str, problems: Sequence[Problem], marks: dict[str, str], sha256: str = "aa") -> None:
        self.place = place
        self._problems = problems
        self._marks = marks
        self._sha256 = sha256

    def specification(self) -> RunSpecification:
        names = dict.fromkeys(each.dataset for each in self._problems)
        references = [
            DatasetReference(name=name, path=f"{name}.jsonl", sha256=self._sha256 * 32, problems=1) for name in names
        ]
        return RunSpecification(datasets=tuple(references), method=self.place, model="none", created=NOON)

    def problems(self) -> Iterator[Problem]:
        return iter(self._problems)

    def samples(self) -> Iterator[Sample]:
        for id, marks in self._marks.items():
            for epoch, mark in enumerate(marks, start=1):
                verdict = MARKS[mark]
                outcome = "answered" if verdict in ("correct", "wrong_value") else verdict
                grades = (Grade(profile="strict", correct=mark == "+"), Grade(profile="orlm", correct=mark in "+-"))
                attempt = Attempt.model_validate({"outcome": outcome, "objective": 1.0 if mark == "+" else 2.0})
                yield Sample(id=id, epoch=epoch, verdict=verdict, grades=grades, attempt=attempt, finished=NOON)


def problems(ids: str, dataset: str = "set", **more: str) -> list[Problem]:
    return [Problem(id=id, question=f"Problem {id}", answer=1, dataset=dataset, **more) for id in ids]


def runs(asked: Sequence[Problem], first: dict[str, str], second: dict[str, str]) -> tuple[KeptRun, KeptRun]:
    return KeptRun("before", asked, first), KeptRun("after", asked, second)


def test_the_flipped_problems_are_listed_both_ways() -> None:
    found = compare(
        *runs(problems("abcd"), dict(zip("abcd", "+--+", strict=True)), dict(zip("abcd", "++0-", strict=True)))
    )
    assert [(flip.id, flip.first, flip.second) for flip in found.gained] == [("b", ("wrong_value",), ("correct",))]
    assert [(flip.id, flip.first_objective, flip.second_objective, flip.expected) for flip in found.lost] == [
        ("d", 1.0, 2.0, 1.0)
    ]
    overall = found.overall
    assert (overall.n, overall.only_first, overall.only_second, overall.difference) == (4, 1, 1, 0.0)
    assert (overall.first.rate, overall.second.rate, overall.p) == (0.5, 0.5, mcnemar(1, 1))


def test_only_problems_that_both_attempted_are_compared() -> None:
    found = compare(*runs(problems("abcd"), {"a": "+", "b": "+"}, {"b": "-", "c": "+", "d": "+"}))
    assert (found.overall.n, found.only_in_first, found.only_in_second) == (1, 1, 2)


def test_failures_of_the_infrastructure_are_left_out_and_counted_as_wrong_beside() -> None:
    found = compare(*runs(problems("abc"), {"a": "!", "b": "+", "c": "+"}, {"a": "+", "b": "+", "c": "-"}))
    assert (found.overall.n, found.left_out, found.errors_as_wrong.n) == (2, 1, 3)
    assert found.overall.difference == -0.5
    assert found.errors_as_wrong.difference == 0.0


def test_repetitions_count_by_their_share() -> None:
    found = compare(*runs(problems("ab"), {"a": "+-", "b": "--"}, {"a": "++", "b": "-!"}))
    assert (found.overall.first.rate, found.overall.second.rate) == (0.25, 0.5)
    assert (found.overall.only_first, found.overall.only_second) == (0, 1)


def test_each_data_set_has_a_test_of_its_own_adjusted_by_holm() -> None:
    asked = problems("abcdefgh", "one") + problems("stuvwxyz", "two")
    before = dict.fromkeys("abcdefgh", "-") | dict.fromkeys("stuvwxyz", "-")
    after = dict.fromkeys("abcdefgh", "+") | dict.fromkeys("stuvw", "+") | dict.fromkeys("xyz", "-")
    one, two = compare(*runs(asked, before, after)).by_dataset
    assert (one.name, one.p, one.p_holm) == ("one", 2 / 256, 4 / 256)
    assert (two.name, two.p, two.p_holm) == ("two", 2 / 32, 2 / 32)


def test_the_interval_resamples_stories() -> None:
    marks = {chr(97 + at): "+-"[at % 2] for at in range(20)}
    swapped = {id: {"+": "-", "-": "+"}[mark] if at < 12 else mark for at, (id, mark) in enumerate(marks.items())}
    alone = compare(*runs(problems("".join(marks)), marks, swapped)).overall
    together = compare(*runs(problems("".join(marks), group="one story"), marks, swapped)).overall
    assert alone.low is not None
    assert alone.low < 0 < (alone.high or 0)
    assert (together.stories, together.low, together.high) == (1, None, None)


def test_another_profile_judges_when_both_were_graded_by_it() -> None:
    both = runs(problems("ab"), {"a": "+", "b": "-"}, {"a": "0", "b": "+"})
    found = compare(*both, profile="orlm")
    assert (found.overall.first.rate, found.overall.second.rate) == (1.0, 0.5)
    with pytest.raises(InputError, match="before was not graded by 'nemo', only by strict, orlm"):
        compare(*both, profile="nemo")


def test_runs_of_other_data_sets_are_refused_and_named() -> None:
    first, second = KeptRun("before", problems("a"), {"a": "+"}), KeptRun("after", problems("a"), {"a": "+"}, "bb")
    with pytest.raises(InputError, match="set: aaaaaaaaaaaa in before, bbbbbbbbbbbb in after") as error:
        compare(first, second)
    assert "--on-common" in str(error.value)
    assert compare(first, second, on_common=True).overall.n == 1


def test_other_labels_are_refused_or_left_out() -> None:
    relabelled = [each.model_copy(update={"answer": 2.0}) for each in problems("a")] + problems("b")
    first, second = (
        KeptRun("before", problems("ab"), {"a": "+", "b": "+"}),
        KeptRun("after", relabelled, {"a": "+", "b": "-"}),
    )
    with pytest.raises(InputError, match="have other texts or labels for a"):
        compare(first, second)
    found = compare(first, second, on_common=True)
    assert (found.overall.n, found.different_labels) == (1, 1)


def test_runs_without_a_common_problem_are_refused() -> None:
    with pytest.raises(InputError, match="no problem in common"):
        compare(*runs(problems("ab"), {"a": "+"}, {"b": "+"}))


def test_a_run_compared_with_itself_shows_no_difference() -> None:
    marks = dict(zip("abcd", "+-0!", strict=True))
    found = compare(*runs(problems("abcd"), marks, marks))
    assert (found.overall.difference, found.overall.p, found.overall.mid_p, found.overall.low) == (0.0, 1.0, 1.0, None)
    assert found.gained == found.lost == ()


def test_a_comparison_goes_through_json() -> None:
    found = compare(*runs(problems("abc"), {"a": "+", "b": "-", "c": "+"}, {"a": "-", "b": "+", "c": "+"}))
    assert Comparison.model_validate_json(found.model_dump_json()) == found


def test_more_attempts_of_the_same_method_are_no_difference() -> None:
    asked = [Problem(id=str(number), question="How much?", answer=1, dataset="set") for number in range(1000)]
    draw = random.Random(1)

    def marks(attempts: int) -> dict[str, str]:
        return {each.id: "".join("+" if draw.random() < 0.9 else "-" for _ in range(attempts)) for each in asked}

    found = compare(*runs(asked, marks(1), marks(3)), draws=100)
    assert found.overall.p > 0.05
    assert found.errors_as_wrong.p > 0.05


def test_failures_of_the_infrastructure_leave_as_many_attempts_on_both_sides() -> None:
    found = compare(*runs(problems("a"), {"a": "+!-"}, {"a": "++-"}))
    assert (found.overall.first.rate, found.overall.second.rate) == (0.5, 1.0)
