"""Checks a formulation without any model: its own consistency, its data files, and its grounding in the text."""

import re
from collections.abc import Collection, Iterator

from steepest.agents.modeling.grounding import ground
from steepest.agents.modeling.steps import timed
from steepest.agents.modeling.task import Draft, State, Task
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.checks.symbols import title
from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Formulation, Parameter, Set

MISSING = "missing-data"
"""Code of what the text does not give: the person is asked for it, not the model."""

INVENTED = "invented"

_WORD_CHARACTER = r"[^\W\u3040-\u9fff\uac00-\ud7af]"
"""A character that goes on with a file's name; Chinese, Japanese and Korean set none off from the words around it."""

DOUBTS = frozenset({"number-not-in-text", "sense-against-text", "unused-index"})
"""Codes of warnings that the model is asked about once: most often they are slips, and no solver finds them."""


async def check(state: State, task: Task) -> State:
    """Add what is found about the formulation to what its reader found.

    A formulation that was doubted and not improved by a second look stands as it was.
    """
    formulation, doubted = state["formulation"], state["doubted"]
    with timed(task.steps, "check") as step:
        diagnostics = state["diagnostics"]
        if formulation is not None:
            diagnostics = (*diagnostics, *findings(formulation, task))
        step.finding = _summary(formulation, diagnostics)
        if doubted is not None and (formulation is None or not _improves(diagnostics, doubted)):
            step.finding += "; the formulation before it stands"
            return State(
                formulation=doubted.formulation,
                reply=doubted.reply,
                diagnostics=doubted.diagnostics,
                not_a_problem="",
            )
    return State(diagnostics=diagnostics)


def _summary(formulation: Formulation | None, diagnostics: Collection[Diagnostic]) -> str:
    if formulation is None:
        return "no formulation"
    errors, warnings = (sum(item.severity == kind for item in diagnostics) for kind in ("error", "warning"))
    return f"{errors} errors, {warnings} warnings"


def _improves(diagnostics: Collection[Diagnostic], doubted: Draft) -> bool:
    return not blocking(diagnostics) and len(doubts(diagnostics)) <= len(doubts(doubted.diagnostics))


def findings(formulation: Formulation, task: Task) -> Iterator[Diagnostic]:
    """Everything that is found about a formulation."""
    yield from check_formulation(formulation, bound=tuple(task.tables))
    yield from _foreign_files(formulation, task)
    grounding = ground(formulation, task.problem, bound=tuple(task.tables))
    yield from grounding.diagnostics
    if grounding.is_invented:
        yield Diagnostic(
            code=INVENTED,
            severity="error",
            message="none of the formulation's numbers stand in the problem's text: it is another problem's",
            repair="formulate the problem that was told; if it is no optimization problem, say so",
        )


def _foreign_files(formulation: Formulation, task: Task) -> Iterator[Diagnostic]:
    """A model may use the tables that the person gave and the files that the text names, and no other file."""
    elements: list[Set | Parameter] = [*formulation.sets, *formulation.parameters]
    for element in elements:
        if element.table is None or element.name in task.tables or _is_named(element.table.path, task.problem):
            continue
        if task.catalogue is not None and task.catalogue.find(element.table.path) is not None:
            continue
        yield Diagnostic(
            code="unknown-file",
            severity="error",
            message=f"there is no data file {element.table.path!r}; given are: {', '.join(_given(task)) or 'none'}",
            element=title(element, formulation),
            repair="name the element like the data file that fills it, or make it missing",
        )


def _given(task: Task) -> list[str]:
    return [*task.tables, *(task.catalogue.sources if task.catalogue is not None else ())]


def _is_named(path: str, text: str) -> bool:
    """Whether a text names a file, as a whole and not as the end of another name."""
    before, after = rf"(?<!{_WORD_CHARACTER})(?<![./\\-])(?:\./)?", rf"(?!{_WORD_CHARACTER}|[/\\-]|\.\w)"
    return re.search(before + re.escape(path) + after, text) is not None


def blocking(diagnostics: Collection[Diagnostic]) -> list[Diagnostic]:
    """The errors that the model is asked to repair: all but data that the text does not give."""
    return [item for item in diagnostics if item.severity == "error" and item.code != MISSING]


def doubts(diagnostics: Collection[Diagnostic]) -> list[Diagnostic]:
    """The warnings that are worth a second look by the model."""
    return [item for item in diagnostics if item.code in DOUBTS]
