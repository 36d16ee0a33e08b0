"""What a run works on and what it knows so far; the graph's steps take both and return what they learned."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, TypedDict, TypeVar

from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recalled import Recall
from steepest.agents.llm.chat import ChatMessage, ChatModel
from steepest.agents.llm.transcripts import Record, Transcribed, Transcript
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.data.catalogue import Catalogue, tables_for
from steepest.agents.modeling.readings.records import Ambiguity
from steepest.agents.modeling.steps import Step
from steepest.prompts import Prompt, load_prompt
from steepest.solvers.battery.report import BatteryBudget, BatteryReport
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

T = TypeVar("T")

Whole: TypeAlias = Callable[[Formulation], Formulation | Awaitable[Formulation]]
"""Puts the data of files and tables into a formulation, at once or as an awaitable."""

Battery: TypeAlias = Callable[[Formulation, Solution], BatteryReport | Awaitable[BatteryReport]]
"""Tests a formulation and its answer, at once or as an awaitable."""

SourceName: TypeAlias = tuple[Literal["bound", "named"], str]
"""Where data come from: a file that the person bound to a name, or what a formulation names itself."""

Digests: TypeAlias = Callable[[Iterable[SourceName]], dict[SourceName, str] | Awaitable[dict[SourceName, str]]]
"""Reads sources and makes a digest of each, at once or as an awaitable."""

LooksForReadings: TypeAlias = Literal["never", "in_doubt", "always"]
"""When the model is asked how else the problem could be read; `in_doubt`: where something shows that there is room."""


class Apart(Protocol):
    """Has work done elsewhere, such as in another thread."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """What the work comes to."""


class Recalls(Protocol):
    """Finds insights for problems (`steepest.agents.library.retrieval.recall.Recaller`)."""

    async def recall(self, query: Query, model: ChatModel) -> Recall:
        """The insights for a problem."""


def _say_nothing(line: str) -> None:
    """Take a line of progress that nobody wants."""


def _show_nothing(step: Step) -> None:
    """Take a step that nobody wants to see."""


def _as_it_is(formulation: Formulation) -> Formulation:
    """A formulation without data elsewhere."""
    return formulation


@dataclass(frozen=True)
class Task:
    """A problem and the means to work on it: the same for all steps of a run."""

    problem: str
    model: ChatModel
    solve: Solve
    tables: Tables = field(default_factory=dict)
    table_lines: tuple[str, ...] = ()
    """What the model is told about the tables, one line each."""
    catalogue: Catalogue | None = None
    """A folder of tables or a database that a formulation may name tables of."""
    max_repairs: int = 3
    examines: bool = True
    """Whether the model is asked if an infeasible or unbounded formulation misreads the problem."""
    max_examinations: int = 1
    """How often it is asked that: again where what it proposed was no better."""
    whole: Whole = _as_it_is
    """Puts the data of the tables into a formulation, so that a change may name a cell of them."""
    solve_whole: Solve | None = None
    """Solves a formulation with its data in it, whose changes no table goes over; None is `solve`."""
    test: Battery | None = None
    """Tests an optimal answer; None is not to test it."""
    readings: LooksForReadings = "never"
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
    """Of every call; other runs may write to it, too."""
    calls: Transcript = field(default_factory=Transcript)
    """Of the calls of this run alone."""
    steps: list[Step] = field(default_factory=list)
    digests: Digests | None = None
    """Of the data that are solved; None where no answer is kept that other data could make untrue."""
    sources: dict[SourceName, str] = field(default_factory=dict)
    """What the solves of this run have read, with the digest of each."""
    say: Callable[[str], None] = _say_nothing
    on_step: Callable[[Step], None] = _show_nothing
    """Told each step once it has ended and, where the run is kept, is kept."""

    def prompt(self, name: str) -> Prompt:
        """The prompt of this name: the given one, or the one that is shipped.

        Raises:
            PromptError: There is none.
        """
        return self.prompts[name] if name in self.prompts else load_prompt(name)

    def asked(self, step: str) -> ChatModel:
        """The model, whose calls for this step are recorded."""
        return Transcribed(Transcribed(self.model, self.calls, step), self.transcript, step)


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
    examinations: int
    confirmed: str
    """Why the model thinks that an infeasible or unbounded formulation says what the problem says."""
    battery: BatteryReport | None
    """What tests of the answer found."""
    ambiguity: Ambiguity | None
    """How else the problem could be read."""
    steps: tuple[Step, ...]
    """What was done so far."""
    calls: tuple[Record, ...]
    """What the model was asked so far."""
    answered: tuple[Record, ...]
    """What it was asked before the data changed and the run was solved again."""
    sources: dict[SourceName, str]
    """What the solves so far have read (`Task.sources`)."""
    answer: Answer


async def settled(begun: T | Awaitable[T]) -> T:
    """What work came to at once, or comes to elsewhere."""
    return await begun if isinstance(begun, Awaitable) else begun


def solver_for(
    tables: Tables,
    folder: Path | None,
    options: SolveOptions | None,
    say: Callable[[str], None],
    control: SolveControl | None = None,
    start: Solution | None = None,
    catalogue: Catalogue | None = None,
) -> SolveNow:
    """The function that solves a formulation with these tables and options."""

    def solve(formulation: Formulation) -> Solution:
        from steepest.solvers.infeasibility.explanations import with_explanation
        from steepest.solvers.solve import solve_formulation  # numpy and the compiler: not before they are needed

        bound = tables_for(formulation, tables, catalogue)
        solution = solve_formulation(
            formulation, bound, folder=folder, options=options, on_progress=say, control=control, start=start
        )
        limit = options.time_limit if options is not None else None
        return with_explanation(solution, formulation, bound, folder=folder, time_limit=limit, control=control)

    return solve


def whole_for(tables: Tables, folder: Path | None, catalogue: Catalogue | None) -> Callable[[Formulation], Formulation]:
    """The function that puts these data into a formulation."""

    def whole(formulation: Formulation) -> Formulation:
        from steepest.solvers.changes.self_contained import self_contained

        return self_contained(formulation, tables_for(formulation, tables, catalogue), folder=folder)

    return whole


def battery_for(
    tables: Tables,
    folder: Path | None,
    options: SolveOptions | None,
    budget: BatteryBudget,
    control: SolveControl | None = None,
    catalogue: Catalogue | None = None,
) -> Callable[[Formulation, Solution], BatteryReport]:
    """The function that tests a formulation and its answer with these tables, within this budget."""

    def test(formulation: Formulation, solution: Solution) -> BatteryReport:
        from steepest.solvers.battery.battery import run_battery
        from steepest.solvers.interruption import cancelled_by_ctrl_c

        own = control or SolveControl()
        bound = tables_for(formulation, tables, catalogue)
        with cancelled_by_ctrl_c(own):
            return run_battery(
                formulation, bound, solution=solution, budget=budget, options=options, folder=folder, control=own
            )

    return test
