"""Scenarios answered side by side: what each changes, what it comes to, and which decisions are taken otherwise."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from steepest.errors import InputError
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.changes.apply import apply_changes
from steepest.solvers.changes.change import Change, SetParameter, Target
from steepest.solvers.changes.reading import read_changes
from steepest.solvers.changes.self_contained import self_contained
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.control import SolveControl
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.display import format_number
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import Label
from steepest.solvers.options import SolveOptions
from steepest.solvers.provenance import Provenance, Source
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation
from steepest.solvers.tolerances import TIGHT
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import compile_formulation

_ROUNDING = 1e-12
"""Relative to the larger of two values above 1: what sums of floating-point numbers may be off."""

Row = tuple[str, tuple[Label, ...]]
"""A constraint by its name and index."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A list of changes with a name."""

    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ChangedDecision:
    """A decision that a scenario takes otherwise; None where there is no such decision."""

    name: str
    index: tuple[Label, ...]
    before: float | None
    after: float | None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ScenarioAnswer:
    """What became of one scenario."""

    scenario: Scenario
    formulation: Formulation = field(repr=False)
    solution: Solution = field(repr=False)
    objective_change: float | None = None
    """The objective less that of the formulation as it was."""
    decisions: list[ChangedDecision] = field(default_factory=list)
    newly_binding: list[Row] = field(default_factory=list)
    no_longer_binding: list[Row] = field(default_factory=list)
    sources: tuple[Source, ...] = ()
    """Where what it changes comes from, as it was."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The formulation as it is, and every scenario beside it."""

    base: Solution
    answers: list[ScenarioAnswer]

    def __str__(self) -> str:
        told = [f"{each.scenario.name}: {_told(each.solution, each.objective_change)}" for each in self.answers]
        return "\n".join([f"as it is: {_told(self.base)}", *told])

    __repr__ = __str__


def what_if(
    formulation: Formulation,
    scenarios: Iterable[Scenario | str],
    tables: Tables | None = None,
    *,
    folder: Path | str | None = None,
    options: SolveOptions | None = None,
    on_progress: Callable[[str], None] | None = None,
    base: Solution | None = None,
    control: SolveControl | None = None,
) -> WhatIf:
    """Solve a formulation as it is and with each scenario's changes.

    Args:
        formulation: The formulation; it stays as it is.
        scenarios: Scenarios, or the texts of their changes (`flour = 50; drop cakes_sold`), named by these texts.
        tables: Data to bind by name.
        folder: Where the files that the formulation names are found.
        options: Limits and tolerances of each solve.
        on_progress: Told what is being done, a line at a time.
        base: The answer to the formulation as it is, if it is known.
        control: May end it from another thread; scenarios that are open then have the status `interrupted`.

    Raises:
        FormulationError: The formulation, its data or a change can't be used; no scenario is solved then. A scenario
            that only turns out to be unusable when it is solved has the status `failed`.
    """
    say = on_progress or (lambda _: None)
    whole = self_contained(formulation, tables, folder=folder)
    read = [as_scenario(each) for each in scenarios]
    changed = [changed_by(scenario, whole) for scenario in read]
    if base is None:
        base = solve_formulation(whole, folder=folder, options=options, control=control)
    answers, provenance = [], Provenance(whole)
    for scenario, formulation_then in zip(read, changed, strict=True):
        say(f"what if {scenario.name}")
        solution = _solved(formulation_then, options, control or SolveControl())
        sources = provenance.of_names(_changed_names(scenario))
        answers.append(replace(compared(scenario, formulation_then, base, solution), sources=sources))
    return WhatIf(base, answers)


def _told(solution: Solution, change: float | None = None) -> str:
    """What a solve came to, in a line."""
    told = solution.status.replace("_", " ")
    told += f", objective {format_number(solution.objective)}" if solution.objective is not None else ""
    told += f" ({'+' if change > 0 else ''}{format_number(change)})" if change is not None else ""
    return f"{told}: {solution.message}" if solution.message else told


def as_scenario(given: Scenario | str) -> Scenario:
    """A scenario; a text of changes is one that is named by the changes.

    Raises:
        FormulationError: The text can't be read.
        InputError: It holds no change.
    """
    if isinstance(given, Scenario):
        return given
    changes = read_changes(given)
    if not changes:
        raise InputError(f"`{given}` changes nothing")
    return Scenario("; ".join(map(str, changes)), changes)


def read_scenarios(text: str) -> list[Scenario]:
    """Scenarios from a text: each begins with `scenario NAME:`; without any such line, every line is one.

    Raises:
        FormulationError: A change can't be read.
        InputError: There is none.
    """
    groups: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        heading = line.strip().removeprefix("scenario ") if line.strip().startswith("scenario ") else None
        if heading is not None and heading.rstrip().endswith(":"):
            groups.append((heading.rstrip()[:-1].strip(), []))
        elif groups:
            groups[-1][1].append(line)
        elif read_changes(line):
            break
    if not groups:
        found = [as_scenario(line) for line in text.splitlines() if read_changes(line)]
    else:
        found = [Scenario(name, read_changes("\n".join(lines))) for name, lines in groups]
    empty = [scenario.name for scenario in found if not scenario.changes]
    if not found or empty:
        raise InputError(f"scenario {empty[0]} changes nothing" if empty else "there is no change in the text")
    return found


def compared(scenario: Scenario, formulation: Formulation, base: Solution, solution: Solution) -> ScenarioAnswer:
    """An answer beside that of the formulation as it was."""
    before, after = _binding(base), _binding(solution)
    has_both = base.objective is not None and solution.objective is not None
    change = _difference(base.objective or 0.0, solution.objective or 0.0) if has_both else None
    return ScenarioAnswer(
        scenario,
        formulation,
        solution,
        change,
        _changed(base, solution) if solution.variables and base.variables else [],
        [row for row in after if row not in before],
        [row for row in before if row not in after] if solution.variables else [],
    )


def _difference(before: float, after: float) -> float:
    """By how much a value moved; 0 where that is only the inexactness of the solver's arithmetic."""
    return 0.0 if abs(after - before) <= _ROUNDING * max(1.0, abs(before), abs(after)) else after - before


def _changed_names(scenario: Scenario) -> list[str]:
    """The elements that a scenario's changes speak of."""
    targets = [getattr(change, "target", None) for change in scenario.changes]
    return [target.name for target in targets if isinstance(target, Target)]


def changed_by(scenario: Scenario, whole: Formulation) -> Formulation:
    """The formulation with a scenario's changes, checked as far as that takes no solve.

    Args:
        scenario: The changes.
        whole: A formulation with its data in it (`self_contained`); it stays as it is.

    Raises:
        FormulationError: A change speaks of what is not there, or what comes out can't be used.
    """
    formulation = apply_changes(whole, scenario.changes)
    check_formulation(formulation).raise_errors()
    words = [each for each in scenario.changes if isinstance(each, SetParameter) and isinstance(each.value, str)]
    if words:  # whether a word may stand where the parameter does shows only once its data are put in
        _require_sense(formulation, f"change `{'; '.join(map(str, words))}`")
    return formulation


def _require_sense(formulation: Formulation, where: str) -> None:
    try:
        compile_formulation(formulation, bind(formulation))
    except UnsupportedProblemError:  # no arrays of it: the solve will tell
        return
    except FormulationError as error:
        found = error.within(where).diagnostics
        placed = [each.model_copy(update={"element": _both(where, each.element)}) for each in found]
        raise FormulationError(placed) from error


def _both(where: str, element: str | None) -> str:
    return where if element in (None, where) else f"{where}, {element}"


def _solved(formulation: Formulation, options: SolveOptions | None, control: SolveControl) -> Solution:
    if control.cancelled:
        return Solution(status="interrupted", message="not solved: the scenarios were interrupted")
    try:
        return solve_formulation(formulation, options=options, control=control)
    except (FormulationError, SolverError) as error:
        return Solution(status="failed", message=str(error))


def _binding(solution: Solution) -> dict[Row, None]:
    """The constraints that are met with equality though they need not be."""
    limits = (each for each in solution.binding if each.lower is None or each.lower != each.upper)
    return {(each.name, each.index): None for each in limits}


def _changed(base: Solution, solution: Solution) -> list[ChangedDecision]:
    before = {(each.name, each.index): each for each in base.variables}
    after = {(each.name, each.index): each for each in solution.variables}
    found = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old is not None and new is not None and _is_same(old.value, new.value):
            continue
        either = new or old
        assert either is not None  # noqa: S101  # the key is of one of them
        found.append(ChangedDecision(*key, old.value if old else None, new.value if new else None, either.unit))
    return found


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= TIGHT * max(1.0, abs(one), abs(other))


def decisions_of(answers: Sequence[ScenarioAnswer]) -> list[Row]:
    """The decisions that any of the scenarios takes otherwise, in order."""
    return list(dict.fromkeys((each.name, each.index) for answer in answers for each in answer.decisions))
