"""A method of ours as a task of inspect_ai, graded as our own runs are."""

import asyncio
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from steepest.agents.llm.chat import ChatModel
from steepest.evals.attempts import Attempt
from steepest.evals.datasets.given import Data, datasets_of
from steepest.evals.engines.solver_pool import SolverPool, usable_cores
from steepest.evals.exchange.inspect_calls import calls_of, conversation_of
from steepest.evals.exchange.inspect_extra import require_inspect
from steepest.evals.exchange.inspect_log import ATTEMPT, METHOD, PROBLEM, label_of
from steepest.evals.exchange.inspect_model import InspectModel
from steepest.evals.grading import grade, profiles_named
from steepest.evals.methods import method_settings as settings_of
from steepest.evals.methods import open_method
from steepest.evals.methods.protocol import Method, Workbench
from steepest.evals.problems import Problem, Question
from steepest.solvers.options import SolveOptions

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.dataset import Sample as InspectSample
    from inspect_ai.scorer import Score, Scorer, Target
    from inspect_ai.solver import Generate, Solver, TaskState

    from steepest.solvers.sandbox import Sandbox

__all__ = ["as_task"]


def as_task(
    dataset: Data,
    method: str | Method = "five+repair",
    *,
    model: str | ChatModel | None = None,
    method_settings: Mapping[str, Any] | None = None,
    profiles: Sequence[str] = (),
    solver_seconds: float = 60.0,
    seed: int = 0,
) -> "Task":
    """A method on a data set as a task that `inspect_ai.eval` runs.

    Each profile is a scorer, the strict one first. What fails by the infrastructure is a sample with an error, and the
    evaluation goes on (`fail_on_error=False`).

    Args:
        dataset: Files, data sets, or problems.
        method: By name or as an object.
        model: Asked in place of inspect's model, past inspect's limits and accounting; None asks inspect's.
        method_settings: Of a method that is named.
        profiles: By which answers are graded besides the strict one.
        solver_seconds: Limit of each solve and script.
        seed: Of solvers.

    Raises:
        InputError: inspect_ai is not installed, or something that is asked for is not there.
    """
    require_inspect()
    from inspect_ai import Task

    datasets = datasets_of(dataset)
    graders = profiles_named(profiles)
    opened = open_method(method, method_settings) if isinstance(method, str) else method
    settings = settings_of(method, method_settings) if isinstance(method, str) else dict(method_settings or {})
    means = _Means(_chat_model(model), SolveOptions(time_limit=solver_seconds, threads=1, seed=seed))
    return Task(
        name="-".join(each.reference.name for each in datasets),
        dataset=[_sample(problem) for each in datasets for problem in each.problems],
        solver=_solver(opened, settings, means),
        scorer=[_scorer(profile.name, means) for profile in graders],
        model=None if model is None else "none/none",
        fail_on_error=False,
        metadata={METHOD: opened.name, "data sets": {each.reference.name: each.reference.sha256 for each in datasets}},
    )


class _Means:
    """What the attempts of a task share; its processes start with the first use."""

    def __init__(self, model: ChatModel, options: SolveOptions) -> None:
        self.model = model
        self.options = options
        self.solvers = SolverPool(options)
        self._sandbox: Sandbox | None = None
        self._lock = threading.Lock()

    def bench(self, epoch: int) -> Workbench:
        """For one attempt."""
        return Workbench(self.model, self.options, self.solvers.solve, self._opened_sandbox, epoch=epoch)

    def close(self) -> None:
        """End the processes."""
        self.solvers.close()
        with self._lock:
            if self._sandbox is not None:
                self._sandbox.close()
                self._sandbox = None

    def _opened_sandbox(self) -> "Sandbox":
        from steepest.solvers.sandbox import Sandbox

        with self._lock:
            if self._sandbox is None:
                self._sandbox = Sandbox(workers=usable_cores())
            return self._sandbox


class InfrastructureError(Exception):
    """An attempt that says nothing about the method, for inspect to count as an error."""


def _chat_model(given: str | ChatModel | None) -> ChatModel:
    if given is None:
        return InspectModel()
    if not isinstance(given, str):
        return given
    from steepest.agents.llm.specs import open_model

    return open_model(given)


def _sample(problem: Problem) -> "InspectSample":
    from inspect_ai.dataset import Sample as InspectSample

    about = problem.model_dump(mode="json", exclude={"question"}, exclude_none=True)
    return InspectSample(id=problem.id, input=problem.question, target=label_of(problem), metadata={PROBLEM: about})


def _solver(method: Method, settings: dict[str, Any], means: _Means) -> "Solver":
    """Makes the attempt. It reads the sample's id and text, and nothing of the label."""
    from inspect_ai.model import ModelOutput
    from inspect_ai.solver import solver

    async def solve(state: "TaskState", generate: "Generate") -> "TaskState":
        question = Question(id=str(state.sample_id), text=state.input_text)
        attempt = await method.attempt(question, means.bench(state.epoch))
        if attempt.outcome == "infrastructure_error":
            raise InfrastructureError(attempt.message)
        calls, _ = calls_of(attempt.transcript)
        state.messages = conversation_of(calls) or state.messages
        state.metadata[ATTEMPT] = attempt.model_dump(mode="json", exclude={"transcript"})
        told = attempt.outcome if attempt.objective is None else f"{attempt.objective:.12g}"
        state.output = ModelOutput.from_content(means.model.name, told)
        return state

    def steepest_method(name: str, settings: dict[str, Any]) -> "Solver":
        return solve

    weakref.finalize(solve, means.close)
    made: Solver = solver(name="steepest_method")(steepest_method)(method.name, settings)
    return made


def _scorer(profile: str, means: _Means) -> "Scorer":
    from inspect_ai.scorer import accuracy, scorer, stderr

    async def score(state: "TaskState", target: "Target") -> "Score":
        problem = Problem.model_validate({**state.metadata[PROBLEM], "question": state.input_text})
        attempt = Attempt.model_validate(state.metadata[ATTEMPT])
        return await asyncio.to_thread(_graded, problem, attempt, profile, means)

    def graded() -> "Scorer":
        return score

    made: Callable[[], Scorer] = scorer(metrics=[accuracy(), stderr()], name=profile)(graded)
    return made()


def _graded(problem: Problem, attempt: Attempt, profile: str, means: _Means) -> "Score":
    from inspect_ai.scorer import CORRECT, INCORRECT, Score

    _, grades = grade(problem, attempt, (profile,), solve=means.solvers.solve_blocking)
    found = next(each for each in grades if each.profile == profile)
    return Score(
        value=CORRECT if found.correct else INCORRECT,
        answer=attempt.outcome if attempt.objective is None else f"{attempt.objective:.12g}",
        explanation="\n\n".join(each for each in (found.reason, attempt.message) if each),
    )
