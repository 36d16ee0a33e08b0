"""A Pyomo model as arrays and expressions, exactly, or a refusal that names the component at fault.

Fixed variables become columns whose bounds meet; what Pyomo can rewrite exactly (generalized disjunctions, logical
constraints) it rewrites in a copy; a model without an objective has the objective 0.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from steepest.solvers.backends.array_model import Hessian, NamedModel
from steepest.solvers.backends.expression_model import ExpressionModel, ExpressionWriter
from steepest.solvers.extraction.columns import Columns
from steepest.solvers.extraction.names import named_members
from steepest.solvers.extraction.postfix import write_expression
from steepest.solvers.extraction.refusals import ModelRefusedError, finite
from steepest.solvers.extraction.rewriting import without_logic
from steepest.solvers.extraction.rows import Rows
from steepest.solvers.extraction.special_ordered_sets import add_special_ordered_set, implied_limits

Terms = dict[int, float]
Products = dict[tuple[int, int], float]


@dataclass(frozen=True, eq=False)
class Extracted:
    """A model, and which of the script's components its columns and rows are."""

    model: NamedModel | ExpressionModel
    variables: list[Any]
    """One a column, numeric or Boolean; None where the script has none."""
    constraints: list[Any]
    """One a row; None where the script has none."""
    booleans: list[tuple[Any, int]]
    """Boolean variables that go by the column of another variable of the script."""


def extract(model: Any) -> Extracted:
    """Extract a concrete Pyomo model, which stays as it is.

    Raises:
        ModelRefusedError: It has several objectives, a component that no solver here takes, or a number that is none.
    """
    from pyomo.environ import Var

    rewritten = without_logic(model)
    _require_known_components(rewritten.model)
    _require_discrete_time(rewritten.model)
    columns, rows = Columns(rewritten.original), Rows()
    for variable, name in named_members(rewritten.model, Var):
        if not (variable.fixed and variable.value is None):
            columns.add(variable, name)
    extracted = _with_rows(rewritten.model, columns, rows)
    return Extracted(
        extracted,
        columns.variables,
        [None if each is None else rewritten.original(each) for each in rows.constraints],
        [(boolean, columns.of(binary)) for boolean, binary in rewritten.booleans if columns.knows(binary)],
    )


def _with_rows(model: Any, columns: Columns, rows: Rows) -> NamedModel | ExpressionModel:
    from pyomo.environ import Constraint, SOSConstraint

    reader = _Reader(columns)
    nonlinear = [reader.add_row(rows, each, name) for each, name in named_members(model, Constraint, active=True)]
    parts = [part for part, added in nonlinear if added]
    sets = list(model.component_data_objects(SOSConstraint, active=True))
    if sets:
        limits = implied_limits(columns, rows)
        for each in sets:
            add_special_ordered_set(each, columns, rows, limits)
    parts += [None] * (len(rows.names) - len(parts))
    objective = reader.objective(_single_objective(model), linear_only=any(part is not None for part in parts))
    return _assembled(columns, rows, objective, parts)


def _require_known_components(model: Any) -> None:
    from pyomo import environ as pyo
    from pyomo.common.collections import ComponentSet
    from pyomo.dae import ContinuousSet
    from pyomo.network import Port
    from pyomo.repn.util import categorize_valid_components

    known = {
        pyo.Block, pyo.Constraint, pyo.Var, pyo.Param, pyo.Expression, pyo.ExternalFunction, pyo.Set, pyo.RangeSet,
        pyo.Objective, pyo.Suffix, pyo.BooleanVar, pyo.BuildAction, pyo.BuildCheck, pyo.SOSConstraint,
        ContinuousSet, Port,
    }  # fmt: skip
    _, unknown = categorize_valid_components(model, active=True, valid=known, targets=set())
    found = [f"{kind.__name__} {each.name}" for kind, members in unknown.items() for each in ComponentSet(members)]
    if found:
        raise ModelRefusedError(
            f"the model has what no solver here takes: {', '.join(found[:5])}; "
            "write it with variables and constraints, or apply Pyomo's transformation for it"
        )


def _require_discrete_time(model: Any) -> None:
    """A derivative that no equation ties to its variable would be free to be anything."""
    from pyomo.dae import DerivativeVar

    for each in model.component_objects(descend_into=True):
        if isinstance(each, DerivativeVar) and not each.is_fully_discretized():
            raise ModelRefusedError(
                f"the derivative {each.name} is continuous: apply Pyomo's transformation `dae.finite_difference` first"
            )


def _single_objective(model: Any) -> Any:
    from pyomo.environ import Objective

    found = list(model.component_data_objects(Objective, active=True))
    if len(found) > 1:
        names = ", ".join(each.name for each in found[:5])
        raise ModelRefusedError(f"the model has several active objectives ({names}): deactivate all but one")
    return found[0] if found else None


@dataclass(frozen=True, eq=False)
class _Objective:
    sense: Literal["minimize", "maximize"] = "minimize"
    offset: float = 0.0
    cost: Terms | None = None
    products: Products | None = None
    nonlinear: Any = None


class _Reader:
    """Takes Pyomo's expressions apart into a constant, linear terms, products and the rest."""

    def __init__(self, columns: Columns) -> None:
        from pyomo.repn.linear import LinearRepnVisitor
        from pyomo.repn.util import VarRecorder

        self._columns = columns
        self._seen: dict[int, Any] = {}
        self._linear = LinearRepnVisitor({}, var_recorder=VarRecorder(self._seen, None))

    def add_row(self, rows: Rows, constraint: Any, name: str) -> tuple[Any, bool]:
        """Add the row of a constraint; give its nonlinear part, and whether there was anything to add."""
        low, body, high = constraint.to_bounded_expression(evaluate_bounds=True)
        if low is None and high is None:
            return None, False
        where = f"the constraint {name}"
        found = self._linear.walk_expression(body)
        constant = finite(found.constant, where)
        lower = -math.inf if low is None else finite(low, where) - constant
        upper = math.inf if high is None else finite(high, where) - constant
        rows.add(constraint, name, lower, upper, self._terms(found.linear, where))
        return found.nonlinear, True

    def objective(self, objective: Any, *, linear_only: bool) -> _Objective:
        """The objective; with products apart, unless all that is not linear is to be one expression."""
        from pyomo.environ import minimize

        if objective is None:
            return _Objective()
        where = f"the objective {objective.name}"
        found = None if linear_only else self._quadratic(objective.expr)
        if found is None:
            found = self._linear.walk_expression(objective.expr)
        return _Objective(
            sense="minimize" if objective.sense == minimize else "maximize",
            offset=finite(found.constant, where),
            cost=self._terms(found.linear, where),
            products=self._products(getattr(found, "quadratic", None) or {}, where),
            nonlinear=found.nonlinear,
        )

    def _quadratic(self, expression: Any) -> Any:
        """The expression with its products multiplied out, or None if it is more than quadratic."""
        from pyomo.repn.quadratic import QuadraticRepnVisitor
        from pyomo.repn.util import OrderedVarRecorder

        visitor = QuadraticRepnVisitor({}, var_recorder=OrderedVarRecorder({}, {}, None))
        visitor.expand_nonlinear_products = True
        found = visitor.walk_expression(expression)
        self._seen.update(visitor.var_map)
        return found if found.nonlinear is None else None

    def _terms(self, linear: dict[int, Any], where: str) -> Terms:
        column = self._columns.of
        return {column(self._seen[key]): finite(value, where) for key, value in linear.items()}

    def _products(self, quadratic: dict[tuple[int, int], Any], where: str) -> Products:
        products: Products = {}
        for (first, second), value in quadratic.items():
            i, j = sorted((self._column(first), self._column(second)))
            products[i, j] = products.get((i, j), 0.0) + finite(value, where)
        return {pair: coefficient for pair, coefficient in products.items() if coefficient}

    def _column(self, key: int) -> int:
        return self._columns.of(self._seen[key])


def _assembled(columns: Columns, rows: Rows, objective: _Objective, parts: list[Any]) -> NamedModel | ExpressionModel:
    writer = ExpressionWriter()
    is_nonlinear = objective.nonlinear is not None or any(part is not None for part in parts)
    if is_nonlinear:  # first, since a variable of an inactive block may get its column here
        _write(
            writer,
            [objective.nonlinear, *parts],
            ["the objective", *(f"the constraint {name}" for name in rows.names)],
            columns,
        )
    cost = np.zeros(len(columns))
    for column, coefficient in (objective.cost or {}).items():
        cost[column] = coefficient
    linear = NamedModel(
        sense=objective.sense,
        offset=objective.offset,
        cost=cost,
        lower=np.array(columns.lower, np.float64),
        upper=np.array(columns.upper, np.float64),
        types=np.array(columns.types, np.int32),
        **rows.arrays(),
        hessian=_hessian(objective.products or {}, len(columns)),
        row_names=tuple(rows.names),
        column_names=tuple(columns.names),
        added_columns=tuple(place for place, variable in enumerate(columns.variables) if variable is None),
    )
    return ExpressionModel(linear, writer.written()) if is_nonlinear else linear


def _write(writer: ExpressionWriter, parts: list[Any], owners: list[str], columns: Columns) -> None:
    for part, owner in zip(parts, owners, strict=True):
        if part is not None:
            write_expression(writer, part, columns, owner)
        writer.end()


def _hessian(products: Products, columns: int) -> Hessian | None:
    """Products `c x_i x_j` as the lower triangle of Q: `2c` on the diagonal, `c` off it."""
    if not products:
        return None
    entries = sorted(products.items())
    counts = np.bincount([i for (i, _), _ in entries], minlength=columns)
    return Hessian(
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        rows=np.array([j for (_, j), _ in entries], np.int32),
        values=np.array([2 * value if i == j else value for (i, j), value in entries]),
        term="the objective",
    )
