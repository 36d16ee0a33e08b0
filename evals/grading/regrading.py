"""A run that is kept, graded by further profiles from the attempts in it: nobody is asked again, nothing is written."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from steepest.errors import InputError
from steepest.evals.grading.alternative_optima import Solve, solve_briefly
from steepest.evals.grading.profiles import profiles_named
from steepest.evals.grading.verdicts import grade
from steepest.evals.problems import Problem
from steepest.evals.samples import Grade, Sample, SampleKey
from steepest.evals.specification import RunSpecification
from steepest.evals.stores.protocol import RunReader

__all__ = ["regraded"]


def regraded(run: RunReader, profiles: Iterable[str], *, solve: Solve = solve_briefly) -> RunReader:
    """The run as it would be, had it been graded by these profiles too.

    Verdicts and grades that it has stay as they are. Grading may look for another optimum, as it does in a run.

    Args:
        run: A run; nothing in its place changes.
        profiles: Names of profiles (`PROFILES`).
        solve: How a formulation is solved again where the label may be another optimum of it.

    Returns:
        The run itself where it has all of these grades already.

    Raises:
        InputError: A profile is unknown. While samples are read: one of them keeps no answer to grade.
    """
    has = run.specification().profiles
    missing = tuple(name for name in dict.fromkeys(profiles) if name not in has)
    profiles_named(missing)
    return _Regraded(run, missing, solve) if missing else run


class _Regraded:
    """A run with further grades; each is made once, when its sample is read."""

    def __init__(self, run: RunReader, profiles: tuple[str, ...], solve: Solve) -> None:
        self._run = run
        self._profiles = profiles
        self._solve = solve
        self._grades: dict[tuple[SampleKey, datetime], tuple[Grade, ...]] = {}

    @property
    def place(self) -> str:
        """Of the run."""
        return self._run.place

    def specification(self) -> RunSpecification:
        """That of the run, with the further profiles."""
        known = self._run.specification()
        return known.model_copy(update={"profiles": (*known.profiles, *self._profiles)})

    def problems(self) -> Iterator[Problem]:
        """Those of the run."""
        return self._run.problems()

    def samples(self) -> Iterator[Sample]:
        """Those of the run, each with the further grades."""
        problems = {problem.id: problem for problem in self._run.problems()}
        for sample in self._run.samples():
            if sample.id not in problems:  # whoever reads samples says what is wrong with such a run
                yield sample
                continue
            key = sample.key, sample.finished
            if key not in self._grades:
                self._grades[key] = self._further(problems[sample.id], sample)
            yield sample.model_copy(update={"grades": (*sample.grades, *self._grades[key])})

    def _further(self, problem: Problem, sample: Sample) -> tuple[Grade, ...]:
        attempt, known = sample.attempt, {each.profile for each in sample.grades}
        if attempt.outcome == "answered" and attempt.objective is None and not attempt.values:
            raise InputError(
                f"{self.place} keeps no answer of {sample.id!r}, so it can't be graded by {', '.join(self._profiles)}; "
                "it was graded by the program that made it."
            )
        _, grades = grade(problem, attempt, self._profiles, solve=self._solve)
        return tuple(each for each in grades if each.profile in self._profiles and each.profile not in known)
