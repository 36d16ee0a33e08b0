"""What a run came to in numbers: the records that reports show and other programs read."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from steepest.evals.statistics.calibration import Calibration
from steepest.evals.statistics.distributions import Distribution
from steepest.evals.statistics.proportions import Proportion
from steepest.evals.statistics.reasons import Reason

__all__ = ["AtK", "ProfileScore", "Slice", "Summary"]


class ProfileScore(BaseModel):
    """How many attempts one profile calls right."""

    model_config = ConfigDict(frozen=True)

    profile: str
    graded: Proportion
    """Of the attempts that say something about the method: without failures of the infrastructure."""
    all: Proportion
    """Of all attempts, failures of the infrastructure counted as wrong."""
    queries: Proportion
    """Of the named values that labels ask for, how many were found right; n is 0 where the profile asks for none."""


class Slice(BaseModel):
    """The attempts at some of the problems: all, a data set's, a type's.

    A share's n is the number of problems, not of attempts: repetitions of a problem are averaged first, since they are
    no new evidence about other problems.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    problems: int
    """With at least one attempt."""
    pending: int
    """Without any."""
    attempts: int
    infrastructure_errors: int
    accuracy: Proportion
    """By the strict profile, without failures of the infrastructure."""
    accuracy_of_all: Proportion
    """By the strict profile, failures of the infrastructure counted as wrong."""
    by_story: Proportion
    """Mean over distinct stories (`Problem.group`), so that a problem in three editions counts once; n is stories."""
    executed: Proportion
    """Execution rate: attempts that came to a solver's verdict, without failures of the infrastructure."""
    verdicts: dict[str, int]
    """Attempts by verdict, in the order of `Verdict`; all that occur."""
    profiles: tuple[ProfileScore, ...]
    """Strict first, then the others that the run was graded by."""


class AtK(BaseModel):
    """A figure about k attempts at each problem."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["pass", "majority"]
    k: int
    share: Proportion
    """Mean over problems with at least k graded attempts, whose number is n; the others are left out."""


class Summary(BaseModel):
    """A run in numbers."""

    model_config = ConfigDict(frozen=True)

    overall: Slice
    by_dataset: tuple[Slice, ...]
    by_type: tuple[Slice, ...]
    """Problems whose source names no type are under `untyped`."""
    reasons: tuple[Reason, ...] = ()
    """The most frequent messages of attempts without an answer, at most eight."""
    at_k: tuple[AtK, ...]
    """pass@k and maj@k for k of 1, 2, 4, ... up to the largest number of attempts at a problem; empty for one each."""
    rounds: Distribution
    """Correction rounds of attempts that were graded."""
    rounds_of_correct: Distribution
    """Correction rounds of the right ones: their mean is the average solving times of LLMOPT (2410.13213), which leaves
    open whether the first solve is counted; here it is not."""
    input_tokens: Distribution
    output_tokens: Distribution
    cost: Distribution
    """US dollars an attempt; `unknown` counts attempts with calls whose price is unknown."""
    seconds: Distribution
    """Wall clock of an attempt."""
    model_seconds: Distribution
    """Wall clock of its calls to the model."""
    solve_seconds: Distribution
    """Wall clock of solvers."""
    calibration: Calibration | None
    """None unless graded attempts tell a confidence."""
