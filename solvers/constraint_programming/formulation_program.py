"""A formulation as a CP-SAT program, by the scalar reading: which column is which variable, and what each row says."""

from dataclasses import dataclass
from math import isfinite

from steepest.solvers.constraint_programming.arithmetic import differences, functions_of
from steepest.solvers.constraint_programming.bounds import Ends, finite_ends
from steepest.solvers.constraint_programming.conditions import Conditions
from steepest.solvers.constraint_programming.global_constraints import GLOBAL, require_global
from steepest.solvers.constraint_programming.linear_sums import LinearSum
from steepest.solvers.constraint_programming.program import Program
from steepest.solvers.constraint_programming.refusals import NotWholeError, naming
from steepest.solvers.definitions import decisions
from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Objective
from steepest.solvers.language.expressions import (
    LOGICAL_FUNCTIONS,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Not,
    Reduction,
)
from steepest.solvers.scalar.evaluator import ScalarEvaluator
from steepest.solvers.scalar.interpreter import ScalarInstance
from steepest.solvers.scalar.ordered_sets import Key, spell_key
from steepest.solvers.scalar.scope import Environment
from steepest.solvers.solution import Solution
from steepest.solvers.vectorized.algebra import UnsupportedProblemError

_LINEAR = frozenset({"<=", ">=", "=="})
_STRICT = frozenset({"<", ">"})


@dataclass(frozen=True, slots=True)
class Row:
    """A linear comparison of a constraint as it is written: `lower <= form - its constant <= upper`."""

    name: str
    key: Key
    form: LinearSum
    lower: float | None
    upper: float | None


class FormulationProgram:
    """A program with the names of a formulation, for its first objective.

    Args:
        instance: The formulation with its data.

    Raises:
        FormulationError: Something has no meaning: an index outside, a missing value, a constraint that is none.
        UnsupportedProblemError: A term has no exact form over whole numbers; it is named.
    """

    def __init__(self, instance: ScalarInstance) -> None:
        self.instance = instance
        self.program = Program()
        self.rows: list[Row] = []
        self._columns: dict[tuple[str, Key], LinearSum] = {}
        self.evaluator = ScalarEvaluator(instance, self._column, functions_of(self.program))
        self.evaluator.modeller = self.program
        decided = decisions(instance.formulation)
        self._conditions = Conditions(self.program, self.evaluator, decided)
        for at, ends in finite_ends(instance).items():
            self._add_column(at, ends)
        for constraint in instance.formulation.constraints:
            self.evaluator.element = f"constraint {constraint.name}"
            with naming(constraint.body):
                for key, env in instance.constraint_domain(constraint).items():
                    self._require(constraint.body, env, (constraint.name, key))
        objectives = instance.formulation.objectives
        self.objective = self._optimize(objectives[0]) if objectives else None

    @property
    def places(self) -> list[tuple[str, Key]]:
        """The variables in the order of their columns, which are the first of the program."""
        return list(self._columns)

    def begin_at(self, start: Solution) -> None:
        """Have the search look first near the values of an earlier answer, as far as it has any that fit."""
        model = self.program.model
        for each in start.variables:
            form = self._columns.get((each.name, each.index))
            if form is None or not isfinite(each.value):
                continue
            value = round(each.value)
            for column in form.terms:
                if model.low[column] <= value <= model.high[column]:
                    model.start[column] = value

    def _column(self, name: str, key: Key) -> LinearSum:
        return self._columns[name, key]

    def _add_column(self, at: tuple[str, Key], ends: Ends) -> None:
        try:
            self._columns[at] = self.program.column(int(ends.low), int(ends.high))
        except NotWholeError as error:
            raise UnsupportedProblemError(f"{at[0]}{spell_key(at[1])}", str(error)) from error

    def _optimize(self, objective: Objective) -> LinearSum:
        self.evaluator.element = "objective"
        with naming(objective.expression):
            form = self.program.form(self.evaluator.number(objective.expression, {}))
            self.program.optimize(form, objective.sense)
        return form

    def _require(self, body: Expression, env: Environment, at: tuple[str, Key]) -> None:
        """Make the body of a constraint hold."""
        match body:
            case Conditional(then, test, otherwise) if self._conditions.is_data(test):
                self._require(then if self.evaluator.holds(test, env) else otherwise, env, at)
            case Comparison() if set(body.operators) <= _LINEAR | _STRICT:
                _refuse_strict(body, self.evaluator.element)
                self._compare(body, env, at)
            case Call() | Reduction() if body.function in GLOBAL:
                require_global(self.program, self.evaluator, body, env)
            case Connective() | Not() | Comparison():
                self._conditions.require(body, env)
            case Call() | Reduction() if body.function in LOGICAL_FUNCTIONS:
                self._conditions.require(body, env)
            case _:
                message, repair = f"`{body}` is no comparison", "compare it: `... <= ...`"
                element = self.evaluator.element
                raise problem("not-a-constraint", message, element=element, place=body.place, repair=repair)

    def _compare(self, body: Comparison, env: Environment, at: tuple[str, Key]) -> None:
        if self._conditions.is_data(body):
            self._conditions.require(body, env)
            return
        compared = list(differences(self.evaluator, body.operands, body.operators, env))
        for form, sign in compared:
            self.program.require(form, sign)
        self.rows.extend(_row(at, form, sign) for form, sign in compared if isinstance(form, LinearSum))


def _row(at: tuple[str, Key], form: LinearSum, sign: str) -> Row:
    limit = -float(form.constant)
    return Row(*at, form, None if sign == "<=" else limit, None if sign == ">=" else limit)


def _refuse_strict(body: Comparison, element: str | None) -> None:
    """Refuse a strict inequality in what has to hold, as every back end does.

    Raises:
        FormulationError: There is one.
    """
    strict = next((sign for sign in body.operators if sign in _STRICT), None)
    if strict is not None:
        message = f"`{body}` is a strict inequality, which has no optimal answer at its edge"
        repair = f"write `{strict}=`; for whole numbers `a < b` is `a <= b - 1`"
        raise problem("strict-inequality", message, element=element, place=body.place, repair=repair)
