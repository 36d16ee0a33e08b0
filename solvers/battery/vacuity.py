"""Decisions that nothing asks for, and costs that nothing forces: what a lost or turned constraint leaves behind."""

import numpy as np
import numpy.typing as npt

from steepest.solvers.battery.case import Case, is_zero_feasible
from steepest.solvers.battery.probes import SLACK, raised
from steepest.solvers.battery.tally import Tally
from steepest.solvers.formulation import Variable
from steepest.solvers.vectorized.algebra import VariableBlock
from steepest.solvers.vectorized.columns import INTEGER
from steepest.solvers.vectorized.compile import CompiledModel


def check_idle_decisions(case: Case, tally: Tally) -> None:
    """Every family of decisions that costs is asked for by something.

    A decision that only costs, and that every constraint would rather have at zero, is zero in every best answer:
    nobody makes such a decision a variable. One product of many that makes a loss is no such family.
    """
    model = case.probes.model
    tally.reason = "no decision only costs"
    if model.hessian is not None or case.base.values is None or not case.base.values.any():
        return
    wanted = _wanted(case)
    for block in model.variables:
        part = slice(block.start, block.start + block.size)
        variable = next(each for each in case.formulation.variables if each.name == block.name)
        costs = case.costs[part]
        if not _is_family(variable, block) or not (costs >= 0).all() or not costs.any() or model.lower[part].any():
            continue
        tally.checks += 1
        if not wanted[part].any():
            tally.found(
                [variable],
                basis="words",
                changed="whatever the numbers are",
                happened="the best answer has it at 0: it costs, and no constraint asks for any of it",
                must_hold="a decision that costs must be needed for something: is a constraint missing, or turned?",
                confirmed=not case.base.values[part].any(),
            )


def _is_family(variable: Variable, block: VariableBlock) -> bool:
    return block.size > 1 or variable.domain == "binary"


def _wanted(case: Case) -> npt.NDArray[np.bool_]:
    """Per column, whether some row may be easier to meet with more of it."""
    model = case.probes.model
    row = np.repeat(np.arange(model.rows), np.diff(model.row_starts))
    helps = ((model.row_coefficients > 0) & np.isfinite(model.row_lower[row])) | (
        (model.row_coefficients < 0) & np.isfinite(model.row_upper[row])
    )
    wanted = np.zeros(model.columns, bool)
    np.logical_or.at(wanted, model.row_columns[helps], True)
    return wanted


def check_annihilation(case: Case, tally: Tally) -> None:
    """A sum of costs is least where nothing is required, and there it is 0.

    That nothing is required at all is no finding: there are texts that ask for the least of something and for nothing
    else, and 0 is the right answer to them.
    """
    if not case.is_pure_cost or case.probes.model.offset:
        tally.reason = "the objective is not a sum of costs of nonnegative decisions that is to be small"
    elif is_zero_feasible(case):
        tally.reason = "doing nothing meets every constraint: is nothing required?"
    else:
        _without_requirements(case, tally)


def _without_requirements(case: Case, tally: Tally) -> None:
    """All that the model takes for requirements, set to nothing."""
    names = [
        each.name
        for each in case.facts
        if each.effect.is_limit and each.effect.in_rows and each.effect.direction == "hurts"
    ]
    data = case.data
    for name in names:
        data = raised(data, name, 0.0) or data
    model = case.probes.compiled(data) if names else None
    if model is None or not _is_zero_best(model):
        tally.reason = "something is required by other than its numbers"
        return
    after = case.probes.solved(model)
    if after is None:
        tally.doubt = "the problem without requirements was not solved to its end"
        return
    tally.checks += 1
    if abs(after.value) > SLACK:
        tally.found(
            names,
            basis="arrays",
            changed="all of them were set to 0",
            happened=f"the least cost is {after}",
            must_hold="nothing is required then, so it must be 0: the answer is not optimal",
        )


def _is_zero_best(model: CompiledModel) -> bool:
    """Whether doing nothing is allowed, costs nothing, and nothing that is done pays."""
    is_allowed = (model.row_lower <= 0).all() and (model.row_upper >= 0).all() and (model.upper >= 0).all()
    used = model.cost != 0
    is_cheapest = (model.cost >= 0).all() and not model.offset and model.hessian is None
    is_plain = (model.lower <= 0).all() and (model.lower[used] >= 0).all() and (model.types <= INTEGER).all()
    return bool(is_allowed and is_cheapest and is_plain)
