"""Tests which elements of a formulation, or rows of them, can be met at once: for every class there is.

What logic, global constraints, products and curved terms make of a constraint depends on the bounds of its variables,
so each test reads the smaller formulation anew, with the solver that its class needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from steepest.errors import SteepestError
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.constraint_programming import apart as cp_sat
from steepest.solvers.constraint_programming.formulation_program import FormulationProgram
from steepest.solvers.constraint_programming.solve import suits
from steepest.solvers.data.instance_data import Data
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.reduction import Elements
from steepest.solvers.infeasibility.requirements import Requirement
from steepest.solvers.infeasibility.rounding_down import keeps_rounded_down
from steepest.solvers.options import SolveOptions
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.solution import Solution
from steepest.solvers.solve import way_to_solve
from steepest.solvers.spending import Spending


@dataclass(frozen=True, eq=False)
class FamilyProbe:
    """Tests sets of requirements of one formulation."""

    elements: Elements
    spending: Spending

    def __call__(self, requirements: Sequence[Requirement]) -> bool | None:
        """Whether the requirements can be met at once; None if that was not found out.

        Raises:
            BudgetSpentError: The budget is spent, or the user interrupts.
        """
        verdict = self._in_whole_numbers(requirements)
        if verdict is None:
            verdict = self._tested(self.elements.reduced(requirements))
        if verdict is None:  # a term may have no form without bounds: an answer within wide ones is an answer
            verdict = self._tested(self.elements.reduced(requirements, is_wide=True)) or None
        return verdict

    def _in_whole_numbers(self, requirements: Sequence[Requirement]) -> bool | None:
        """The verdict of CP-SAT where it is asked without whole numbers, and these make no difference."""
        if not cp_sat.is_installed():
            return None
        given = {each.name for each in requirements if each.kind == "domain"}
        domains = [each for each in self.elements.requirements() if each.kind == "domain" and each.name not in given]
        whole = self.elements.reduced([*requirements, *domains])
        if not domains or not suits(whole):
            return None
        verdict = self._tested(whole)
        return verdict if verdict or (verdict is False and self._may_be_rounded(whole)) else None

    def _may_be_rounded(self, formulation: Formulation) -> bool:
        instance = ScalarInstance(formulation, self.elements.data)
        try:
            model = FormulationProgram(instance).program.model
        except SteepestError:  # another solver found the verdict
            return False
        return keeps_rounded_down(model, instance)

    def _tested(self, formulation: Formulation) -> bool | None:
        solution = solved_quietly(formulation, self.elements.data, self.spending)
        if solution is None:
            return None
        if solution.objective is not None or solution.status == "unbounded":
            return True
        return False if solution.status == "infeasible" else None


def solved_quietly(formulation: Formulation, data: Data, spending: Spending) -> Solution | None:
    """A part or a variation of a formulation solved; None where no solver takes it, or one breaks down.

    Raises:
        BudgetSpentError: The budget is spent, or the user interrupts.
    """
    options = SolveOptions(time_limit=spending.next_limit())
    problem = BoundProblem(formulation, data, options, spending.control, start=None, say=lambda _: None)
    try:
        solution = way_to_solve(None)(problem)
    except SteepestError:  # without its bounds a term may have no exact form
        return None
    if solution.status == "interrupted":
        raise spending.interrupt()
    return solution
