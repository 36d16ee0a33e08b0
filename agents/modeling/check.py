"""Checks a formulation without any model: its own consistency, its data files, and its grounding in the text."""

from collections.abc import Collection, Iterator

from steepest.agents.modeling.grounding import ground
from steepest.agents.modeling.steps import timed
from steepest.agents.modeling.task import State, Task
from steepest.solvers.checks import check_formulation
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation
from steepest.solvers.symbols import title

MISSING = "missing-data"
"""Code of what the text does not give: the person is asked for it, not the model."""

INVENTED = "invented"


async def check(state: State, task: Task) -> State:
    """Add what is found about the formulation to what its reader found."""
    formulation = state["formulation"]
    with timed(task.steps, "check") as step:
        if formulation is None:
            step.finding = "no formulation" if not state["not_a_problem"] else "said to be no problem"
            return State()
        diagnostics = (*state["diagnostics"], *findings(formulation, task))
        errors, warnings = (sum(item.severity == kind for item in diagnostics) for kind in ("error", "warning"))
        step.finding = f"{errors} errors, {warnings} warnings"
    return State(diagnostics=diagnostics)


def findings(formulation: Formulation, task: Task) -> Iterator[Diagnostic]:
    """Everything that is found about a formulation."""
    yield from check_formulation(formulation, bound=tuple(task.tables))
    yield from _foreign_files(formulation, task.tables)
    grounding = ground(formulation, task.problem, bound=tuple(task.tables))
    yield from grounding.diagnostics
    if grounding.is_invented:
        yield Diagnostic(
            code=INVENTED,
            severity="error",
            message="none of the formulation's numbers stand in the problem's text: it is another problem's",
            repair="formulate the problem that was told; if it is no optimization problem, say so",
        )


def _foreign_files(formulation: Formulation, given: Collection[str]) -> Iterator[Diagnostic]:
    """A model may use the tables that the person gave, and no other file of the person's."""
    for element in (*formulation.sets, *formulation.parameters):
        if element.table is not None and element.name not in given:
            yield Diagnostic(
                code="unknown-file",
                severity="error",
                message=f"there is no data file {element.table.path!r}; given are: {', '.join(given) or 'none'}",
                element=title(element, formulation),
                repair="name the element like the data file that fills it, or make it missing",
            )


def blocking(diagnostics: Collection[Diagnostic]) -> list[Diagnostic]:
    """The errors that the model is asked to repair: all but data that the text does not give."""
    return [item for item in diagnostics if item.severity == "error" and item.code != MISSING]
