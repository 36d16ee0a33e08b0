import pytest

from steepest.solvers.control import SolveControl
from steepest.solvers.infeasibility.budget import ExplanationBudget
from steepest.solvers.spending import BudgetSpentError, Spending


def test_a_solve_may_take_a_share_of_the_seconds_so_that_others_have_some_too() -> None:
    spending = Spending(ExplanationBudget(seconds=20), part=0.2)

    assert spending.next_limit() == pytest.approx(4)
    assert spending.solves == 1


def test_the_solves_of_a_budget_end() -> None:
    spending = Spending(ExplanationBudget(solves=1))
    spending.next_limit()

    with pytest.raises(BudgetSpentError, match="solves of the budget"):
        spending.next_limit()


def test_the_seconds_of_a_budget_end() -> None:
    spending = Spending(ExplanationBudget(seconds=1e-9))

    with pytest.raises(BudgetSpentError, match="seconds of the budget"):
        spending.require_time()


def test_a_cancel_ends_what_is_left_and_what_comes_after_it() -> None:
    control = SolveControl()
    spending = Spending(ExplanationBudget(), control)
    control.cancel()

    with pytest.raises(BudgetSpentError, match="interrupted"):
        spending.next_limit()
    with pytest.raises(BudgetSpentError, match="interrupted"):
        spending.again(ExplanationBudget()).next_limit()


def test_an_interrupt_of_one_solve_ends_the_search() -> None:
    spending = Spending(ExplanationBudget())

    assert isinstance(spending.interrupt(), BudgetSpentError)
    assert spending.control.cancelled
