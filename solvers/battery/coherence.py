"""Tests of answers against one another: what must hold between a model and its variations, whatever it means."""

from dataclasses import replace

import numpy as np

from steepest.errors import SteepestError
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.battery.case import Case, relaxation
from steepest.solvers.battery.probes import Probes, Reached, is_same, raised
from steepest.solvers.battery.subject import Subject
from steepest.solvers.battery.tally import Tally
from steepest.solvers.display import format_number
from steepest.solvers.sensitivity.ranging import Ranged, solve_ranged
from steepest.solvers.vectorized.columns import SEMICONTINUOUS
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.vectorized.scatter import Numbers

_MOST_FAMILIES = 4
_MOST_ROWS = 3
_SCALE = 4.0
"""A power of two, by which no number is rounded."""
_NOT_OPTIMAL = "one of the two answers is not optimal"


def check_relaxation(case: Subject, tally: Tally) -> None:
    """Without whole numbers the optimum is at least as good."""
    if not case.has_fractions_to_allow:
        tally.reason = _no_fractions(case)
        return
    after = case.relaxed()
    if after is None:
        tally.doubt = "the relaxation was not solved to its end"
        return
    tally.checks += 1
    if case.is_worse(after, case.base):
        tally.found(
            [case.objective],
            basis="arrays",
            changed="decisions may be fractions",
            happened=f"the optimum went from {case.base} to {after}",
            must_hold=f"it can't get worse: {_NOT_OPTIMAL}",
        )


def check_row_removal(case: Subject, tally: Tally) -> None:
    """Without a constraint the optimum is at least as good."""
    tally.reason = "there are no constraints"
    for name in case.families()[:_MOST_FAMILIES]:
        after = case.without(name)
        if after is None:
            tally.doubt = f"the problem without `{name}` was not solved to its end"
            continue
        tally.checks += 1
        if case.is_worse(after, case.base):
            tally.found(
                [next(each for each in case.formulation.constraints if each.name == name)],
                basis="arrays",
                changed="it was left out",
                happened=f"the optimum went from {case.base} to {after}",
                must_hold=f"it can't get worse: {_NOT_OPTIMAL}",
            )


def check_homogeneity(case: Subject, tally: Tally) -> None:
    """A multiple of the objective has that multiple of the optimum."""
    after = case.multiplied(_SCALE)
    if after is None:
        tally.doubt = "the problem with a multiple of the objective was not solved to its end"
        return
    tally.checks += 1
    if not case.is_same(after, Reached("optimal", _SCALE * case.base.value)):
        tally.found(
            [case.objective],
            basis="arrays",
            changed=f"it was multiplied by {format_number(_SCALE)}",
            happened=f"the optimum went from {case.base} to {after}",
            must_hold=f"the optimum must be multiplied by the same: {_NOT_OPTIMAL}",
        )


def check_curvature(case: Case, tally: Tally) -> None:
    """The optimum of the relaxation is convex (concave where it is maximized) in every limit: half way is half way."""
    relaxed = relaxation(case.probes.model) or case.probes.model
    if (case.probes.model.types == SEMICONTINUOUS).any():
        tally.reason = "there are semicontinuous decisions"
        return
    tally.reason = "there are no limits"
    middle = None
    for row, step in _shifts(relaxed)[:_MOST_ROWS]:
        middle = middle or case.probes.solved(relaxed)
        ends = [case.probes.solved(_shifted(relaxed, row, sign * step)) for sign in (-1, 1)]
        if middle is None or any(each is None or each.ending != "optimal" for each in ends):
            tally.doubt = "a relaxation with another limit has no proven optimum"
            continue
        tally.checks += 1
        low, high = (each.value for each in ends if each is not None)
        between = Reached("optimal", (low + high) / 2)
        if case.is_worse(middle, between):
            tally.found(
                [relaxed.row_name(row)],
                basis="arrays",
                changed=f"its limit was moved by {format_number(step)} both ways, decisions may be fractions",
                happened=f"the optimum is {format_number(low)} and {format_number(high)} there, and {middle} between",
                must_hold="half way it must be at least as good as their mean: one of the answers is not optimal",
            )


def check_duality(case: Case, tally: Tally) -> None:
    """What an LP's duals promise of moved limits is a bound on what comes of them, and proves its optimum."""
    model = case.probes.model
    if model.problem_class != "LP" or not model.columns:
        tally.reason = "it is no linear problem, so it has no duals"
        return
    ranged = _ranged(case.probes)
    if ranged is None:
        tally.doubt = "no optimal basis was found"
        return
    tally.checks += 1
    if not is_same(Reached("optimal", ranged.objective), case.base):
        tally.found(
            [case.objective],
            basis="arrays",
            changed="it was solved once more to a basis whose duals prove it",
            happened=f"the optimum is {format_number(ranged.objective)} and not {case.base}",
            must_hold=_NOT_OPTIMAL,
        )
    for row, step in _shifts(model)[:_MOST_ROWS]:
        for signed in (-step, step):
            _require_subgradient(case, tally, ranged, row, signed)


def _require_subgradient(case: Case, tally: Tally, ranged: Ranged, row: int, step: float) -> None:
    after = case.probes.solved(_shifted(case.probes.model, row, step))
    if after is None:
        return
    promised = Reached("optimal", ranged.objective + step * float(ranged.row_duals[row]))
    if case.is_worse(promised, after):
        tally.found(
            [case.probes.model.row_name(row)],
            basis="arrays",
            changed=f"its limit was moved by {format_number(step)}",
            happened=f"the optimum went from {case.base} to {after}",
            must_hold=f"its dual proves that nothing better than {promised} is possible: {_NOT_OPTIMAL}",
        )


def check_prohibitive(case: Case, tally: Tally) -> None:
    """A cost beyond all others keeps its decisions at zero: what comes of it is what comes of forbidding them."""
    tally.reason = "no cost of a nonnegative decision has a name that says so"
    if not case.is_pure_cost:
        return
    for fact in [each for each in case.facts if each.money is not None and not each.effect.in_rows][:_MOST_FAMILIES]:
        data = raised(case.data, fact.name, 2.0)
        model = case.probes.compiled(data) if data is not None else None
        if model is None or fact.effect.direction != "hurts":
            continue
        _forbidden(case, tally, fact.name, model)


def _forbidden(case: Case, tally: Tally, name: str, dearer: CompiledModel) -> None:
    """One decision whose cost a parameter is: forbidden, and too dear at two scales."""
    model = case.probes.model
    own = (dearer.cost != model.cost) & (model.lower == 0) & (model.types != SEMICONTINUOUS)
    if case.base.values is None or not (own & (case.base.values > 0)).any():
        return
    column = int(np.argmax(own & (case.base.values > 0)))
    without = case.probes.solved(replace(model, upper=_with(model.upper, column, 0.0)))
    if without is None or without.ending != "optimal":
        tally.doubt = f"without `{model.column_name(column)}` there is no proven optimum"
        return
    largest = float(np.abs(model.cost).max())
    prices = [largest * scale for scale in (1e3, 1e4)]
    dear = [case.probes.solved(replace(model, cost=_with(model.cost, column, price))) for price in prices]
    if dear[0] is None or dear[1] is None or not is_same(dear[0], dear[1]):
        tally.doubt = f"two prohibitive costs of `{model.column_name(column)}` do not agree"
        return
    tally.checks += 1
    if not is_same(dear[1], without):
        tally.found(
            [name],
            basis="arrays",
            changed=f"its part in `{model.column_name(column)}` was made prohibitive ({format_number(prices[1])})",
            happened=f"the optimum is {dear[1]}, and {without} where that decision is 0",
            must_hold=f"both must be the same: {_NOT_OPTIMAL}",
        )


def check_crush(case: Case, tally: Tally) -> None:
    """Without what the caller says is needed there is no answer."""
    tally.reason = "nothing was said to be needed for there to be an answer"
    for name in case.asserted.crushed:
        after = case.with_data(raised(case.data, name, 0.0))
        if after is None:
            tally.doubt = f"the problem without `{name}` was not solved to its end"
            continue
        tally.checks += 1
        if after.ending != "infeasible":
            tally.found(
                [next((each for each in case.formulation.parameters if each.name == name), name)],
                basis="arrays",
                changed="it was set to 0",
                happened=f"the optimum went from {case.base} to {after}",
                must_hold="there can be no answer without it, as it was said",
            )


# Variations of the arrays


def _shifts(model: ArrayModel) -> list[tuple[int, float]]:
    """Rows with a limit to move, the largest first, and by how much."""
    sizes = np.where(np.isfinite(model.row_upper), np.abs(model.row_upper), np.abs(model.row_lower))
    order = np.argsort(-np.where(np.isfinite(sizes), sizes, 0.0), kind="stable")
    return [(int(row), 0.05 * float(sizes[row])) for row in order if np.isfinite(sizes[row]) and sizes[row] > 0]


def _shifted(model: ArrayModel, row: int, step: float) -> ArrayModel:
    return replace(
        model,
        row_lower=_with(model.row_lower, row, model.row_lower[row] + step),
        row_upper=_with(model.row_upper, row, model.row_upper[row] + step),
    )


def _with(values: Numbers, place: int, value: float) -> Numbers:
    changed = values.copy()
    changed[place] = value
    return changed


def _ranged(probes: Probes) -> Ranged | None:
    probes.spending.next_limit()
    try:
        return solve_ranged(probes.model, probes.options)
    except SteepestError:
        return None


def _no_fractions(case: Subject) -> str:
    """Why the whole numbers are not left out."""
    if {each.domain for each in case.formulation.variables} <= {"real"}:
        return "there are no whole numbers to leave out"
    return "with conditions, schedules or semicontinuous decisions it is no easier problem with fractions"
