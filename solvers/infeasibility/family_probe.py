"""Tests which elements of a formulation can be met at once, by solving what is left of it: for every class there is.

What logic, global constraints, products and curved terms make of a constraint depends on the bounds of its variables,
so each test reads the smaller formulation anew, with the solver that its class needs.
"""

from collections.abc import Sequence, Set
from pathlib import Path

import numpy as np

from steepest.errors import SteepestError
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation, Variable
from steepest.solvers.infeasibility.budget import BudgetSpentError, Spending
from steepest.solvers.infeasibility.records import RequirementKind
from steepest.solvers.infeasibility.requirements import Requirement
from steepest.solvers.language.expressions import Number
from steepest.solvers.options import SolveOptions
from steepest.solvers.solve import solve_formulation

_ONE = np.zeros(1, np.int64)


class FamilyProbe:
    """Tests sets of elements of one formulation.

    Args:
        formulation: The formulation.
        tables: Its data.
        folder: Where the files that it names are found.
        spending: What the tests may take.
    """

    def __init__(
        self, formulation: Formulation, tables: Tables | None, folder: Path | str | None, spending: Spending
    ) -> None:
        self._formulation, self._tables, self._folder = formulation, tables, folder
        self._spending = spending

    def __call__(self, requirements: Sequence[Requirement]) -> bool | None:
        """Whether the elements can be met at once; None if that was not found out.

        Raises:
            BudgetSpentError: The budget is spent, or the user interrupts.
        """
        options = SolveOptions(time_limit=self._spending.next_limit())
        reduced = reduced_to(self._formulation, requirements)
        try:
            solution = solve_formulation(reduced, self._tables, folder=self._folder, options=options)
        except SteepestError:  # without its bounds a term may have no exact form, or a solver may break down
            return None
        if solution.status == "interrupted":
            raise BudgetSpentError
        if solution.objective is not None or solution.status == "unbounded":
            return True
        return False if solution.status == "infeasible" else None


def elements_of(formulation: Formulation) -> list[Requirement]:
    """All elements of a formulation that ask for something, constraints first."""
    found = [Requirement("constraint", each.name, _ONE) for each in formulation.constraints]
    for variable in formulation.variables:
        is_binary, is_semicontinuous = variable.domain == "binary", variable.domain == "semicontinuous"
        if (variable.upper is not None or is_binary) and not is_semicontinuous:
            found.append(Requirement("upper bound", variable.name, _ONE))
        if (variable.lower is not None or is_binary) and not is_semicontinuous:
            found.append(Requirement("lower bound", variable.name, _ONE))
    found += [Requirement("domain", each.name, _ONE) for each in formulation.variables if each.domain != "real"]
    return found


def reduced_to(formulation: Formulation, requirements: Sequence[Requirement]) -> Formulation:
    """The formulation with these requirements only, and without an objective."""
    kept = {(each.kind, each.name) for each in requirements}
    return formulation.model_copy(
        update={
            "objectives": [],
            "constraints": [each for each in formulation.constraints if ("constraint", each.name) in kept],
            "variables": [_reduced(each, kept) for each in formulation.variables],
        }
    )


def _reduced(variable: Variable, kept: Set[tuple[RequirementKind, str]]) -> Variable:
    has_domain = ("domain", variable.name) in kept
    if variable.domain == "semicontinuous":
        return variable if has_domain else variable.model_copy(update={"domain": "real", "lower": None, "upper": None})
    has_lower, has_upper = ("lower bound", variable.name) in kept, ("upper bound", variable.name) in kept
    binary = variable.domain == "binary"
    if binary and has_domain and has_lower and has_upper:
        return variable
    lower = (Number(0) if binary and variable.lower is None else variable.lower) if has_lower else None
    upper = (Number(1) if binary and variable.upper is None else variable.upper) if has_upper else None
    domain = ("integer" if binary else variable.domain) if has_domain else "real"
    content = {
        name: getattr(variable, name) for name in Variable.model_fields if name not in ("domain", "lower", "upper")
    }
    return Variable(**content, domain=domain, lower=lower, upper=upper)
