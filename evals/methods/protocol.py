"""What a method is: an async function from a question to an attempt, and what it may use on the way."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

from steepest.agents.llm.chat import ChatModel
from steepest.evals.attempts import Attempt
from steepest.evals.problems import Question
from steepest.solvers.options import SolveOptions

if TYPE_CHECKING:
    from steepest.solvers.formulation import Formulation
    from steepest.solvers.sandbox import Sandbox
    from steepest.solvers.solution import Solution

__all__ = ["Closing", "Identified", "Method", "ModelFree", "Tool", "Tooled", "Workbench", "needs_model"]

Tool: TypeAlias = Literal["solver", "sandbox"]
"""What takes a second to start."""


@dataclass(frozen=True)
class Workbench:
    """The means of a worker, shared by all its attempts."""

    model: ChatModel
    options: SolveOptions
    """Limits of the solver, for formulations and scripts alike."""
    solve: "Callable[[Formulation], Awaitable[Solution]]"
    """Solves a formulation in another process, which is killed when it overruns; the event loop stays free."""
    sandbox: "Callable[[], Sandbox]"
    """The worker's sandbox for scripts, started at its first use."""
    epoch: int = 1
    """Which repetition this is: part of each request (`ChatRequest.sample`), so that caches keep repetitions apart."""
    say: Callable[[str], None] = field(default=lambda line: None)


@runtime_checkable
class Method(Protocol):
    """A way from a question to an answer."""

    @property
    def name(self) -> str:
        """How the command line names it, such as `five+repair`."""

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompts it uses, `name@version` with a hash: part of what a run is identified by."""

    async def attempt(self, question: Question, bench: Workbench) -> Attempt:
        """Answer the question.

        A failure of the method or of the model's answer is an attempt with the outcome that says so. What is raised
        is a failure of the infrastructure, and is recorded as such.
        """


@runtime_checkable
class Tooled(Protocol):
    """A method that says what it will use, so that its start is over before the clock of the first attempt begins."""

    @property
    def tool(self) -> Tool | None:
        """What almost every attempt uses."""


@runtime_checkable
class Closing(Protocol):
    """A method that holds something open."""

    def close(self) -> None:
        """Let go of it."""


@runtime_checkable
class Identified(Protocol):
    """A method with more to it than its name, its prompts and its settings say."""

    @property
    def identity(self) -> Mapping[str, Any]:
        """What else decides its answers: recorded with its settings, and a run goes on only with the same."""


@runtime_checkable
class ModelFree(Protocol):
    """A method that says whether it asks the run's language model."""

    @property
    def needs_model(self) -> bool:
        """False for one that never does: none is then asked for, nor recorded."""


def needs_model(method: Method) -> bool:
    """Whether a run by this method has to have a language model; so it is unless the method says otherwise."""
    return method.needs_model if isinstance(method, ModelFree) else True
