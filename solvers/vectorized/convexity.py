"""Whether a quadratic objective is convex, so that a local optimum is the optimum."""

import numpy as np
import numpy.typing as npt

from steepest.solvers.vectorized.compile import CompiledModel, Hessian

Columns = npt.NDArray[np.integer]

MAX_DENSE = 4000
"""Variables in products up to which a factorization decides; beyond it only separable objectives are accepted."""


def nonconvex_reason(model: CompiledModel) -> str | None:
    """Why the quadratic part is not convex in the direction of the sense, or None if it is.

    Decided by the smallest eigenvalue of Q over the variables that occur in it, within rounding of its largest entry.
    """
    hessian = model.hessian
    if hessian is None:
        return None
    sign = 1.0 if model.sense == "minimize" else -1.0
    columns = np.repeat(np.arange(len(hessian.starts) - 1), np.diff(hessian.starts))
    direction = "concave" if model.sense == "minimize" else "convex"
    if (columns == hessian.rows).all():
        return None if (sign * hessian.values >= 0).all() else f"a {direction} quadratic objective to {model.sense}"
    used = np.unique(np.concatenate([columns, hessian.rows]))
    if len(used) > MAX_DENSE:
        return f"a quadratic objective with products of {len(used):,} variables is too large to prove convex"
    smallest = _smallest_eigenvalue(hessian, columns, used, sign)
    if smallest < -1e-9 * max(1.0, float(np.abs(hessian.values).max())):
        return f"a nonconvex quadratic objective to {model.sense}"
    return None


def _smallest_eigenvalue(hessian: Hessian, columns: Columns, used: Columns, sign: float) -> float:
    dense = np.zeros((len(used), len(used)))
    i, j = np.searchsorted(used, hessian.rows), np.searchsorted(used, columns)
    dense[i, j] = dense[j, i] = sign * hessian.values
    return float(np.linalg.eigvalsh(dense)[0])
