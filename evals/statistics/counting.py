"""From the samples of a run to its numbers, in one pass that keeps a few numbers of each sample."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, get_args

from steepest.errors import InputError
from steepest.evals.attempts import Attempt
from steepest.evals.problems import Problem
from steepest.evals.samples import Sample, Verdict
from steepest.evals.statistics.calibration import calibrate
from steepest.evals.statistics.distributions import Distribution, distribution
from steepest.evals.statistics.proportions import mean_proportion
from steepest.evals.statistics.reasons import Reasons
from steepest.evals.statistics.repetitions import clusters, majority_at_k, pass_at_k
from steepest.evals.statistics.summary import AtK, ProfileScore, Slice, Summary

__all__ = ["summarize"]

_VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
_STRICT = "strict"
_UNTYPED = "untyped"


class _Result(NamedTuple):
    """What the statistics need of a sample."""

    verdict: Verdict
    executed: bool
    answer: float | str | None
    right: frozenset[str]
    """Profiles that call it right."""
    queries: tuple[tuple[str, float], ...]
    """For each profile that looked at named values, the share found right."""

    @property
    def is_graded(self) -> bool:
        return self.verdict != "infrastructure_error"


class _Asked(NamedTuple):
    """What the statistics need of a problem, with what came of its attempts."""

    id: str
    dataset: str
    type: str
    group: str
    results: list[_Result]


def summarize(problems: Iterable[Problem], samples: Iterable[Sample]) -> Summary:
    """The numbers of a run.

    Args:
        problems: All that were asked, attempted or not.
        samples: One for each problem and epoch that was attempted, in any order; each is let go of at once.

    Raises:
        InputError: A sample is of no problem given.
    """
    asked = {
        each.id: _Asked(each.id, each.dataset, each.type or _UNTYPED, each.group or each.id, []) for each in problems
    }
    profiles: dict[str, None] = {_STRICT: None}
    scales, reasons = _Scales(), Reasons()
    for sample in samples:
        if sample.id not in asked:
            raise InputError(f"the sample {sample.id!r} is of no problem of this run: its problems file is another's")
        profiles.update((grade.profile, None) for grade in sample.grades)
        asked[sample.id].results.append(_result(sample))
        scales.add(sample)
        reasons.add(sample)
    everything = list(asked.values())
    return Summary(
        overall=_slice("all", everything, profiles),
        by_dataset=_slices(everything, "dataset", profiles),
        by_type=_slices(everything, "type", profiles),
        reasons=reasons.most_frequent(),
        at_k=_at_k(everything),
        calibration=calibrate(scales.confidences, [bool(each) for each in scales.confident_correct]),
        **scales.distributions(),
    )


def _result(sample: Sample) -> _Result:
    return _Result(
        sample.verdict,
        sample.attempt.executed,
        _answer(sample.attempt),
        frozenset(grade.profile for grade in sample.grades if grade.correct)
        | ({_STRICT} if sample.is_correct else set()),
        tuple(
            (grade.profile, sum(query.correct for query in grade.queries) / len(grade.queries))
            for grade in sample.grades
            if grade.queries
        ),
    )


def _answer(attempt: Attempt) -> float | str | None:
    """What an attempt votes for."""
    if attempt.outcome in ("infeasible", "unbounded"):
        return attempt.outcome
    return attempt.objective if attempt.outcome == "answered" else None


@dataclass
class _Scales:
    """Measurements of the samples seen so far."""

    rounds: "array[float]" = field(default_factory=lambda: array("d"))
    rounds_of_correct: "array[float]" = field(default_factory=lambda: array("d"))
    input_tokens: "array[float]" = field(default_factory=lambda: array("d"))
    output_tokens: "array[float]" = field(default_factory=lambda: array("d"))
    cost: "array[float]" = field(default_factory=lambda: array("d"))
    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    model_seconds: "array[float]" = field(default_factory=lambda: array("d"))
    solve_seconds: "array[float]" = field(default_factory=lambda: array("d"))
    confidences: "array[float]" = field(default_factory=lambda: array("d"))
    confident_correct: "array[int]" = field(default_factory=lambda: array("b"))
    samples: int = 0

    def add(self, sample: Sample) -> None:
        attempt, spent = sample.attempt, sample.attempt.spent
        self.samples += 1
        for kept, figure in (
            (self.input_tokens, spent.input_tokens),
            (self.output_tokens, spent.output_tokens),
            (self.cost, spent.cost),
            (self.seconds, attempt.seconds),
            (self.model_seconds, spent.seconds),
            (self.solve_seconds, attempt.solve_seconds),
        ):
            if figure is not None:
                kept.append(float(figure))
        if not sample.is_graded:
            return
        self.rounds.append(attempt.rounds)
        if sample.is_correct:
            self.rounds_of_correct.append(attempt.rounds)
        if attempt.confidence is not None:
            self.confidences.append(attempt.confidence)
            self.confident_correct.append(sample.is_correct)

    def distributions(self) -> dict[str, Distribution]:
        spent = {
            name: distribution(values, self.samples - len(values))
            for name in ("input_tokens", "output_tokens", "cost")
            for values in (getattr(self, name),)
        }
        rest = ("rounds", "rounds_of_correct", "seconds", "model_seconds", "solve_seconds")
        return spent | {name: distribution(getattr(self, name)) for name in rest}


def _slices(asked: Sequence[_Asked], by: str, profiles: Iterable[str]) -> tuple[Slice, ...]:
    parts: dict[str, list[_Asked]] = {}
    for each in asked:
        parts.setdefault(getattr(each, by), []).append(each)
    return tuple(_slice(name, part, profiles) for name, part in parts.items())


def _slice(name: str, asked: Sequence[_Asked], profiles: Iterable[str]) -> Slice:
    results = [result for each in asked for result in each.results]
    graded = [(each.group, kept) for each in asked if (kept := [result for result in each.results if result.is_graded])]
    attempted = [each.results for each in asked if each.results]
    stories: dict[str, list[float]] = {}
    for group, kept in graded:
        stories.setdefault(group, []).append(_share(kept, _STRICT))
    scores = tuple(_score(profile, [kept for _, kept in graded], attempted) for profile in profiles)
    counts = {verdict: 0 for verdict in _VERDICTS}
    for result in results:
        counts[result.verdict] += 1
    return Slice(
        name=name,
        problems=len(attempted),
        pending=len(asked) - len(attempted),
        attempts=len(results),
        infrastructure_errors=counts["infrastructure_error"],
        accuracy=scores[0].graded,
        accuracy_of_all=scores[0].all,
        by_story=mean_proportion(sum(shares) / len(shares) for shares in stories.values()),
        executed=mean_proportion(sum(result.executed for result in kept) / len(kept) for _, kept in graded),
        verdicts={verdict: count for verdict, count in counts.items() if count},
        profiles=scores,
    )


def _share(results: Sequence[_Result], profile: str) -> float:
    return sum(profile in result.right for result in results) / len(results)


def _score(profile: str, graded: Sequence[Sequence[_Result]], attempted: Sequence[Sequence[_Result]]) -> ProfileScore:
    queried = [[share for result in kept for name, share in result.queries if name == profile] for kept in graded]
    return ProfileScore(
        profile=profile,
        graded=mean_proportion(_share(results, profile) for results in graded),
        all=mean_proportion(_share(results, profile) for results in attempted),
        queries=mean_proportion(sum(shares) / len(shares) for shares in queried if shares),
    )


def _at_k(asked: Sequence[_Asked]) -> tuple[AtK, ...]:
    graded = [kept for each in asked if (kept := [result for result in each.results if result.is_graded])]
    most = max(map(len, graded), default=0)
    if most < 2:
        return ()
    figures: list[AtK] = []
    for k in [2**power for power in range(most.bit_length()) if 2**power < most] + [most]:
        enough = [kept for kept in graded if len(kept) >= k]
        passes = (pass_at_k(len(kept), sum(map(_is_right, kept)), k) for kept in enough)
        votes = (
            majority_at_k(clusters(each.answer for each in kept), list(map(_is_right, kept)), k) for kept in enough
        )
        figures.append(AtK(kind="pass", k=k, share=mean_proportion(passes)))
        figures.append(AtK(kind="majority", k=k, share=mean_proportion(votes)))
    return tuple(figures)


def _is_right(result: _Result) -> bool:
    return _STRICT in result.right
