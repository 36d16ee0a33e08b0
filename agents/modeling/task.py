"""What a run works on and what it knows so far; the graph's steps take both and return what they learned."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias, TypedDict

from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recalled import Recall
from steepest.agents.llm.chat import ChatMessage, ChatModel
from steepest.agents.llm.transcripts import Transcript
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.steps import Step
from steepest.prompts import Prompt, load_prompt
from steepest.solvers.control import SolveControl
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution

Solve: TypeAlias = Callable[[Formulation], Solution | Awaitable[Solution]]
"""Solves at once, in the thread of the run, or as an awaitable, which leaves the event loop free."""

SolveNow: TypeAlias = Callable[[Formulation], Solution]
"""Solves in the thread of its caller."""
Apart: TypeAlias = Callable[[Callable[[], Solution]], Awaitable[Solution]]
"""Has a solve done elsewhere, such as in another thread."""


class Recalls(Protocol):
    """Finds insights for problems (`steepest.agents.library.retrieval.recall.Recaller`)."""

    async def recall(self, query: Query, model: ChatModel) -> Recall:
        """The insights for a problem."""


def _say_nothing(line: str) -> None:
    """Take a line of progress that nobody wants."""


@dataclass(frozen=True)
class Task:
    """A problem and the means to work on it: the same for all steps of a run."""

    problem: str
    model: ChatModel
    solve: Solve
    tables: Tables = field(default_factory=dict)
    table_lines: tuple[str, ...] = ()
    """What the model is told about the tables, one line each."""
    max_repairs: int = 3
    examines: bool = True
    """Whether the model is asked, once, if an infeasible or unbounded formulation misreads the problem."""
    sample: int = 0
    """Of each request (`ChatRequest.sample`): tells repeated runs apart in caches."""
    temperature: float | None = None
    """Of each request; None leaves it to the provider."""
    preface: str = ""
    """A rendered prompt that is put before the problem, such as what earlier attempts came to."""
    recaller: Recalls | None = None
    """Finds insights in an experience library; None is to work without one."""
    prompts: Mapping[str, Prompt] = field(default_factory=dict)
    """Prompts in the place of the shipped ones, by name."""
    transcript: Transcript = field(default_factory=Transcript)
    steps: list[Step] = field(default_factory=list)
    say: Callable[[str], None] = _say_nothing

    def prompt(self, name: str) -> Prompt:
        """The prompt of this name: the given one, or the one that is shipped.

        Raises:
            PromptError: There is none.
        """
        return self.prompts[name] if name in self.prompts else load_prompt(name)


@dataclass(frozen=True)
class Draft:
    """A formulation that could be solved, the reply it stands in, and what was found about it."""

    formulation: Formulation
    reply: str
    diagnostics: tuple[Diagnostic, ...] = ()
    solution: Solution | None = None


class State(TypedDict, total=False):
    """What a run knows so far; a step returns the entries that it changes."""

    recall: Recall
    """What the experience library has for the problem, where there is one."""
    cited: frozenset[str]
    """Ids of the insights that the model says it used."""
    question: tuple[ChatMessage, ...]
    """The conversation up to the problem, before the model's first answer."""
    system: str
    reply: str
    """The model's last reply, word for word."""
    formulation: Formulation | None
    """The formulation in that reply, if it could be read."""
    diagnostics: tuple[Diagnostic, ...]
    """What was found about that reply; errors among it ask for a repair."""
    not_a_problem: str
    """Why the text is no optimization problem, where the model says so or an invented formulation shows it."""
    repairs: int
    solution: Solution | None
    doubted: Draft | None
    """The formulation that the model was asked to look at again although nothing stood against solving it."""
    first: Draft | None
    """The answer before the model was asked to examine it."""
    confirmed: str
    """Why the model thinks that an infeasible or unbounded formulation says what the problem says."""
    answer: Answer


def solver_for(
    tables: Tables,
    folder: Path | None,
    options: SolveOptions | None,
    say: Callable[[str], None],
    control: SolveControl | None = None,
    start: Solution | None = None,
) -> SolveNow:
    """The function that solves a formulation with these tables and options."""

    def solve(formulation: Formulation) -> Solution:
        from steepest.solvers.infeasibility.explanations import with_explanation
        from steepest.solvers.solve import solve_formulation  # numpy and the compiler: not before they are needed

        solution = solve_formulation(
            formulation, tables, folder=folder, options=options, on_progress=say, control=control, start=start
        )
        limit = options.time_limit if options is not None else None
        return with_explanation(solution, formulation, tables, folder=folder, time_limit=limit, control=control)

    return solve
