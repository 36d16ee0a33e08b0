"""Models that no solver finishes in seconds, so that there is something to stop."""

import numpy as np

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.formulation import Formulation


def knapsacks(items: int, rows: int) -> Formulation:
    """A knapsack with many limits."""
    random = np.random.default_rng(3)
    weights = random.integers(100, 1000, (rows, items))
    names = "\n".join(f"  x{i}: binary" for i in range(items))
    text = "\n".join(
        f"  w{r}: {' + '.join(f'{weights[r, i]} * x{i}' for i in range(items))} <= {weights[r].sum() // 3}"
        for r in range(rows)
    )
    values = " + ".join(f"{value} * x{i}" for i, value in enumerate(random.integers(100, 1000, items)))
    return Formulation.from_text(f"variables:\n{names}\nmaximize: {values}\nconstraints:\n{text}\n")


def waves(count: int) -> Formulation:
    """A nonconvex problem with many local optima."""
    names = "\n".join(f"  x{i}: real in -5..5" for i in range(count))
    products = [f"{(i * j) % 7 - 3} * x{i} * x{j}" for i in range(count) for j in range(i)]
    functions = [f"exp(0.3 * x{i}) + sin(2 * x{i})" for i in range(count)]
    return Formulation.from_text(f"variables:\n{names}\nminimize: {' + '.join(products + functions)}\n")


def covering(columns: int, rows: int, each: int) -> ArrayModel:
    """A set covering problem whose first LP alone takes long."""
    random = np.random.default_rng(1)
    members = [random.choice(columns, each, replace=False) for _ in range(rows)]
    return ArrayModel(
        sense="minimize",
        offset=0.0,
        cost=random.integers(1, 20, columns).astype(float),
        lower=np.zeros(columns),
        upper=np.ones(columns),
        types=np.ones(columns, np.int32),
        row_starts=np.arange(0, rows * each + 1, each, dtype=np.int32),
        row_columns=np.concatenate(members).astype(np.int32),
        row_coefficients=np.ones(rows * each),
        row_lower=np.ones(rows),
        row_upper=np.full(rows, np.inf),
        hessian=None,
    )
