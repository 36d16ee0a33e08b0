"""Deltas of a problem that has no duals: one number changed by a step, and the whole problem solved again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

from pydantic import BaseModel, ConfigDict, Field

from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.changes.apply import apply_changes
from steepest.solvers.changes.change import AdjustParameter, Amount, MoveLimit, Target
from steepest.solvers.changes.known import require_cells, the_constraint, the_parameter
from steepest.solvers.changes.reading import read_change
from steepest.solvers.changes.self_contained import cells_of
from steepest.solvers.control import SolveControl
from steepest.solvers.diagnostics import FormulationError, problem
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import Label
from steepest.solvers.options import SolveOptions
from steepest.solvers.sensitivity.report import Delta
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation


class Budget(BaseModel):
    """How much solving again may take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    solves: int = Field(default=12, ge=0)
    seconds: float = Field(default=60.0, gt=0)


@dataclass(frozen=True, slots=True)
class Number:
    """A number whose worth is asked for: a parameter's cell, or the limit of a constraint."""

    target: Target
    is_limit: bool
    unit: str | None = None
    size: float | None = None
    """What it is, where that is known; a step suits it."""

    def __str__(self) -> str:
        return f"the limit of {self.target}" if self.is_limit else str(self.target)

    def changed_by(self, step: float) -> AdjustParameter | MoveLimit:
        """The change that makes it larger by a step, or smaller by a negative one."""
        if self.is_limit:
            return MoveLimit(self.target, "raise" if step > 0 else "lower", Amount(abs(step)))
        return AdjustParameter(self.target, "+" if step > 0 else "-", Amount(abs(step)))

    @property
    def usual_step(self) -> float:
        """1 where the number is whole, or of no known size; otherwise a tenth of it."""
        if self.size is None or float(self.size).is_integer():
            return 1.0
        return abs(self.size) / 10


def numbers_named(formulation: Formulation, texts: Iterable[str]) -> list[Number]:
    """The parameters and constraints that a person names: `flour`, `profit[cake]`, `stock[Basel]`.

    Raises:
        FormulationError: There is none of that name; the message names close ones.
    """
    return [_named(formulation, text) for text in texts]


def _named(formulation: Formulation, text: str) -> Number:
    change = read_change(f"drop {text}")
    target: Target = change.target  # type: ignore[union-attr]  # `drop` has one
    if any(each.name == target.name for each in formulation.constraints):
        constraint = the_constraint(formulation, target.name)
        if constraint.index is not None and target.index is None:
            raise problem("index-missing", f"`{text}` is a family of constraints", repair=f"name one: `{text}[...]`")
        return Number(target, is_limit=True)
    parameter = the_parameter(formulation, target.name)
    if parameter.index is None:
        value = parameter.value if isinstance(parameter.value, int | float) else None
        return Number(target, is_limit=False, unit=parameter.unit, size=value)
    cells = dict(cells_of(formulation, parameter))
    require_cells(target, list(cells), "parameter")
    found = cells.get(target.index or ())
    return Number(target, is_limit=False, unit=parameter.unit, size=None if isinstance(found, str) else found)


def resolved_deltas(
    formulation: Formulation,
    base: Solution,
    numbers: Sequence[Number],
    *,
    step: float | None = None,
    budget: Budget | None = None,
    options: SolveOptions | None = None,
    on_progress: Callable[[str], None] | None = None,
    control: SolveControl | None = None,
) -> list[Delta]:
    """What the objective comes to with each number a step larger, and a step smaller.

    Args:
        formulation: The formulation with its data in it.
        base: Its answer.
        numbers: What to change, the most interesting first; what the budget has no room for is left out.
        step: By how much; None suits each number.
        budget: How many solves and seconds in all.
        options: Limits and tolerances of each solve.
        on_progress: Told what is being done, a line at a time.
        control: May end it; what was solved to its end by then is told.
    """
    budget, options, control = budget or Budget(), options or SolveOptions(), control or SolveControl()
    end = perf_counter() + budget.seconds
    deltas: list[Delta] = []
    for number in numbers:
        size = step if step is not None else number.usual_step
        for signed in (size, -size):
            left = end - perf_counter()
            if len(deltas) >= budget.solves or left <= 0 or control.cancelled:
                return deltas
            limit = left if options.time_limit is None else min(left, options.time_limit)
            if on_progress is not None:
                on_progress(f"solving again: {number.changed_by(signed)}")
            within = options.model_copy(update={"time_limit": limit})
            delta = _delta(formulation, base, number, signed, within, control)
            if delta.status == "interrupted":
                return deltas
            deltas.append(delta)
    return deltas


def _delta(
    formulation: Formulation,
    base: Solution,
    number: Number,
    step: float,
    options: SolveOptions,
    control: SolveControl,
) -> Delta:
    change = number.changed_by(step)
    try:
        solution = solve_formulation(apply_changes(formulation, [change]), options=options, control=control)
    except (FormulationError, SolverError) as error:
        solution = Solution(status="failed", message=str(error))
    reached = solution.objective if solution.is_solved else None
    moved = reached - base.objective if reached is not None and base.objective is not None else None
    return Delta(change, step, solution.status, reached, moved, str(number), number.unit)


def number_of_row(name: str, index: tuple[Label, ...], size: float) -> Number:
    """The limit of a constraint at an index tuple."""
    return Number(Target(name, index or None), is_limit=True, size=size)
