"""Whether a quadratic objective is convex, so that a local optimum is the optimum."""

import numpy as np
import numpy.typing as npt

from steepest.solvers.backends.array_model import ArrayModel, Hessian
from steepest.solvers.vectorized.scatter import Numbers

Columns = npt.NDArray[np.integer]

MAX_DENSE = 4000
"""Variables in products up to which a factorization decides; beyond it only separable objectives are accepted."""

_ROUNDING = 1e-9
"""What the smallest eigenvalue may be below zero when the diagonal is one."""

_DUST = 1e-15
"""What rounding leaves of an entry that cancels, relative to the largest one."""


def nonconvex_reason(model: ArrayModel) -> str | None:
    """Why the quadratic part is not convex in the direction of the sense, or None if it is.

    Decided by the smallest eigenvalue of Q over the variables that occur in it, scaled to a diagonal of ones: what
    units the variables are counted in does not matter then.
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
    if _is_nonconvex(_dense(hessian, columns, used, sign)):
        return f"a nonconvex quadratic objective to {model.sense}"
    return None


def _dense(hessian: Hessian, columns: Columns, used: Columns, sign: float) -> Numbers:
    dense = np.zeros((len(used), len(used)))
    i, j = np.searchsorted(used, hessian.rows), np.searchsorted(used, columns)
    dense[i, j] = dense[j, i] = sign * hessian.values
    return dense


def _is_nonconvex(dense: Numbers) -> bool:
    diagonal, dust = np.diag(dense), _DUST * np.abs(dense).max()
    if (diagonal < -dust).any() or (np.abs(dense[diagonal <= 0]) > dust).any():
        return True
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    return bool(np.linalg.eigvalsh(dense * scale * scale[:, None])[0] < -_ROUNDING)
