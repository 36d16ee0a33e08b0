"""Two runs on the same problems, problem by problem."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import fsum

from pydantic import BaseModel, ConfigDict

from steepest.errors import InputError
from steepest.evals.problems import Problem
from steepest.evals.samples import Sample, Verdict
from steepest.evals.statistics.paired import bootstrap_difference, holm, mcnemar, mcnemar_mid_p
from steepest.evals.statistics.proportions import Proportion, mean_proportion
from steepest.evals.stores.protocol import RunReader

__all__ = ["ComparedRun", "Comparison", "Flip", "PairedDifference", "compare"]


class ComparedRun(BaseModel):
    """Which run is compared."""

    model_config = ConfigDict(frozen=True)

    place: str
    method: str
    model: str


class PairedDifference(BaseModel):
    """Two runs on the same problems, by one profile; the second less the first.

    A problem with several attempts counts with the share of right ones, over as many attempts as both runs have.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    """The data set, or `all`."""
    n: int
    """Problems."""
    stories: int
    """Distinct stories (`Problem.group`) among them, which the interval resamples."""
    first: Proportion
    second: Proportion
    difference: float | None
    """Of the rates; None without problems."""
    low: float | None
    """95 % interval by resampling stories; None with fewer than two, or where every problem differs alike."""
    high: float | None
    only_first: int
    """Problems on which the first was right more often."""
    only_second: int
    p: float
    """Exact McNemar test, two-sided; with several attempts a problem, the exact sign test of the same form."""
    mid_p: float
    """The less conservative mid-p value of the same test."""
    p_holm: float | None = None
    """Adjusted for the number of data sets; None for `all`."""

    def __str__(self) -> str:
        if self.difference is None:
            return "no difference (n = 0)"
        interval = "" if self.low is None or self.high is None else f"{100 * self.low:+.1f} to {100 * self.high:+.1f}, "
        return f"{100 * self.difference:+.1f} points ({interval}n = {self.n:,}, p = {self.p:.3g})"


class Flip(BaseModel):
    """A problem on which the runs differ."""

    model_config = ConfigDict(frozen=True)

    id: str
    dataset: str
    first: tuple[Verdict, ...]
    """Of each attempt, by epoch; verdicts are always those of the strict profile."""
    second: tuple[Verdict, ...]
    first_objective: float | None
    """Of the first attempt."""
    second_objective: float | None
    expected: float | None


class Comparison(BaseModel):
    """Two runs compared, the second against the first."""

    model_config = ConfigDict(frozen=True)

    profile: str
    first: ComparedRun
    second: ComparedRun
    overall: PairedDifference
    """On problems that both runs attempted, without those where either has failures of the infrastructure alone."""
    errors_as_wrong: PairedDifference
    """On all that both attempted, failures of the infrastructure counted as wrong."""
    by_dataset: tuple[PairedDifference, ...]
    gained: tuple[Flip, ...]
    """Problems on which the second was right more often."""
    lost: tuple[Flip, ...]
    """Problems on which the first was right more often."""
    only_in_first: int
    """Problems that the second run did not attempt."""
    only_in_second: int
    left_out: int
    """Problems in both whose only attempts in one failed by the infrastructure."""
    different_labels: int = 0
    """Problems in both whose text or label differs, left out of everything; a refusal unless `on_common`."""

    def __str__(self) -> str:
        from steepest.evals.reports import comparison_markdown  # reports are about statistics

        return comparison_markdown(self)

    def _repr_html_(self) -> str:
        from steepest.evals.reports.notebook import comparison_html

        return comparison_html(self)


@dataclass
class _Outcome:
    """What one run made of a problem."""

    problem: Problem
    verdicts: list[Verdict] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    objective: float | None = None

    @property
    def graded(self) -> list[bool]:
        """Which attempts are right, of those that say something about the method."""
        return [right for right, verdict in zip(self.right, self.verdicts, strict=True) if _says(verdict)]


@dataclass(frozen=True)
class _Pair:
    first: _Outcome
    second: _Outcome

    @property
    def dataset(self) -> str:
        return self.first.problem.dataset

    @property
    def story(self) -> str:
        return self.first.problem.group or self.first.problem.id

    @property
    def shares(self) -> tuple[float, float]:
        """Shares of right attempts among those graded."""
        return _shares(self.first.graded, self.second.graded)

    @property
    def shares_of_all(self) -> tuple[float, float]:
        return _shares(self.first.right, self.second.right)

    @property
    def asks_the_same(self) -> bool:
        """Whether text and label are the same in both runs."""
        one, other = self.first.problem, self.second.problem
        return all(getattr(one, name) == getattr(other, name) for name in ("question", "answer", "status", "variables"))


def compare(
    first: RunReader,
    second: RunReader,
    *,
    profile: str = "strict",
    on_common: bool = False,
    draws: int = 10_000,
    seed: int = 0,
) -> Comparison:
    """Compare two runs on the problems that both attempted.

    Args:
        first: The run that the other is measured against.
        second: The other.
        profile: By which both were graded.
        on_common: Compare runs of different data sets on the problems that have the same id, text and label in both.
        draws: Samples drawn for the intervals.
        seed: Of the draws.

    Raises:
        InputError: The runs are of different data sets or editions of labels, share no problem, or were not graded by
            the profile; the message says which.
    """
    if not on_common:
        _require_same_datasets(first, second)
    before, after = _outcomes(first, profile), _outcomes(second, profile)
    shared = [_Pair(outcome, after[id]) for id, outcome in before.items() if id in after]
    pairs = [pair for pair in shared if pair.asks_the_same]
    if len(pairs) < len(shared) and not on_common:
        raise InputError(_told_labels(first, second, [pair for pair in shared if not pair.asks_the_same]))
    if not pairs:
        raise InputError(f"{first.place} and {second.place} have no problem in common that both attempted")
    graded = [pair for pair in pairs if pair.first.graded and pair.second.graded]
    return Comparison(
        profile=profile,
        first=_named(first),
        second=_named(second),
        overall=_difference("all", graded, [pair.shares for pair in graded], draws, seed),
        errors_as_wrong=_difference("all", pairs, [pair.shares_of_all for pair in pairs], draws, seed),
        by_dataset=_by_dataset(graded, draws, seed),
        gained=tuple(_flip(pair) for pair in graded if pair.shares[1] > pair.shares[0]),
        lost=tuple(_flip(pair) for pair in graded if pair.shares[1] < pair.shares[0]),
        only_in_first=len(before) - len(shared),
        only_in_second=len(after) - len(shared),
        left_out=len(pairs) - len(graded),
        different_labels=len(shared) - len(pairs),
    )


def _says(verdict: Verdict) -> bool:
    return verdict != "infrastructure_error"


def _outcomes(run: RunReader, profile: str) -> dict[str, _Outcome]:
    """What came of each problem that was attempted, in the order of problems."""
    found = {problem.id: _Outcome(problem) for problem in run.problems()}
    for sample in run.samples():
        if sample.id not in found:
            raise InputError(f"{run.place}: the sample {sample.id!r} is of no problem of this run")
        outcome = found[sample.id]
        if not outcome.verdicts:
            outcome.objective = sample.attempt.objective
        outcome.verdicts.append(sample.verdict)
        outcome.right.append(_right(sample, profile, run))
    return {id: outcome for id, outcome in found.items() if outcome.verdicts}


def _right(sample: Sample, profile: str, run: RunReader) -> bool:
    if profile == "strict":
        return sample.is_correct
    try:
        return sample.correct_by(profile)
    except KeyError:
        known = ", ".join(grade.profile for grade in sample.grades)
        raise InputError(f"{run.place} was not graded by {profile!r}, only by {known or 'strict'}") from None


def _require_same_datasets(first: RunReader, second: RunReader) -> None:
    before = {each.name: each.sha256 for each in first.specification().datasets}
    after = {each.name: each.sha256 for each in second.specification().datasets}
    if before == after:
        return
    names = sorted(before.keys() | after.keys())
    lines = [
        f"  {name}: {_edition(before.get(name))} in {first.place}, {_edition(after.get(name))} in {second.place}"
        for name in names
        if before.get(name) != after.get(name)
    ]
    raise InputError(
        "the runs are of different data sets:\n"
        + "\n".join(lines)
        + "\nCompare them on the problems that are the same in both (--on-common)."
    )


def _edition(digest: str | None) -> str:
    return digest[:12] if digest else "absent"


def _told_labels(first: RunReader, second: RunReader, pairs: Sequence[_Pair]) -> str:
    some = ", ".join(pair.first.problem.id for pair in pairs[:5])
    more = f" and {len(pairs) - 5} more" if len(pairs) > 5 else ""
    return (
        f"{first.place} and {second.place} have other texts or labels for {some}{more}. "
        "Compare them on the problems that are the same in both (--on-common)."
    )


def _named(run: RunReader) -> ComparedRun:
    specification = run.specification()
    return ComparedRun(place=run.place, method=specification.method, model=specification.model)


def _shares(first: Sequence[bool], second: Sequence[bool]) -> tuple[float, float]:
    """Shares over the first attempts, as many as there are of both.

    The share that comes of fewer attempts is all or nothing more often, which a sign test would take for a difference
    between the methods: one attempt against three of the same method would be significant.
    """
    count = min(len(first), len(second))
    return sum(first[:count]) / count, sum(second[:count]) / count


def _by_dataset(pairs: Sequence[_Pair], draws: int, seed: int) -> tuple[PairedDifference, ...]:
    parts: dict[str, list[_Pair]] = {}
    for pair in pairs:
        parts.setdefault(pair.dataset, []).append(pair)
    found = [_difference(name, part, [pair.shares for pair in part], draws, seed) for name, part in parts.items()]
    adjusted = holm([each.p for each in found])
    return tuple(each.model_copy(update={"p_holm": p}) for each, p in zip(found, adjusted, strict=True))


def _difference(
    name: str, pairs: Sequence[_Pair], shares: Sequence[tuple[float, float]], draws: int, seed: int
) -> PairedDifference:
    differences = [second - first for first, second in shares]
    stories = [pair.story for pair in pairs]
    only_first, only_second = sum(each < 0 for each in differences), sum(each > 0 for each in differences)
    low, high = bootstrap_difference(differences, stories, draws=draws, seed=seed) or (None, None)
    return PairedDifference(
        name=name,
        n=len(pairs),
        stories=len(set(stories)),
        first=mean_proportion(first for first, _ in shares),
        second=mean_proportion(second for _, second in shares),
        difference=fsum(differences) / len(differences) if differences else None,
        low=low,
        high=high,
        only_first=only_first,
        only_second=only_second,
        p=mcnemar(only_first, only_second),
        mid_p=mcnemar_mid_p(only_first, only_second),
    )


def _flip(pair: _Pair) -> Flip:
    return Flip(
        id=pair.first.problem.id,
        dataset=pair.dataset,
        first=tuple(pair.first.verdicts),
        second=tuple(pair.second.verdicts),
        first_objective=pair.first.objective,
        second_objective=pair.second.objective,
        expected=pair.first.problem.answer,
    )
