"""Which solutions are right where neither they nor the tests can be trusted: sets that agree on every test.

A row of the matrix is a solution, a column a test, and an entry says whether the one passes the other. Solutions with
equal rows are a consensus set: if one is right, all are, and the right tests are those that it passes. `b4` ranks the
sets by their posterior probability (B4, arXiv 2409.08692), `codet` by the heuristic of CodeT (arXiv 2207.10397).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite, lgamma, sqrt
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from steepest.errors import InputError

__all__ = ["RULES", "ConsensusSet", "Matrix", "Rule", "b4", "codet"]

Matrix: TypeAlias = npt.NDArray[np.bool_] | Sequence[Sequence[bool | int]]
"""Of the shape (solutions, tests); True or 1 where the solution passes the test."""


@dataclass(frozen=True, slots=True)
class ConsensusSet:
    """Solutions that pass the same tests."""

    solutions: tuple[int, ...]
    """Their rows, ascending."""
    tests: tuple[int, ...]
    """The columns that they pass, ascending."""
    score: float
    """By which sets of one matrix are compared; larger is better. Of B4 it is the logarithm of the posterior
    probability that these solutions and tests are the right ones, but for a constant."""


Rule: TypeAlias = Callable[[Matrix], list[ConsensusSet]]
"""Ranks the consensus sets of a matrix, the best first."""


def b4(passes: Matrix, *, alpha: float | None = None, beta: float | None = None) -> list[ConsensusSet]:
    """The consensus sets by their posterior probability, in time linear in the size of the matrix.

    That a solution is right, and that a test is, has the prior Beta(alpha, 1); that a wrong solution passes a right
    test Beta(1, 1), and a wrong one Beta(1, beta). All four are integrated out.

    Args:
        passes: Solutions by tests.
        alpha: Pseudo-count of right solutions and tests; large if most are right. The square root of the number of
            entries unless given: what the paper takes for 100 solutions and hundreds of tests (1,000) outweighs all
            that a small matrix says.
        beta: Pseudo-count of wrong solutions that fail wrong tests; large if they seldom fit each other by accident.
            As `alpha` unless given.

    Raises:
        InputError: There is no solution, the matrix is none of zeros and ones, or a pseudo-count is not positive.
    """
    matrix = _matrix(passes)
    usual = sqrt(max(matrix.size, 1))
    alpha, beta = (_pseudo_count(usual if each is None else each) for each in (alpha, beta))
    count, width = matrix.shape
    passed_by = matrix.sum(axis=0)

    def score(solutions: Sequence[int], tests: npt.NDArray[np.intp]) -> float:
        others, right, wrong = count - len(solutions), len(tests), width - len(tests)
        on_right = int(passed_by[tests].sum()) - len(solutions) * right
        on_wrong = int(passed_by.sum()) - int(passed_by[tests].sum())
        return (
            _log_beta(right + alpha, wrong + 1)
            + _log_beta(len(solutions) + alpha, others + 1)
            + _log_beta(on_right + 1, others * right - on_right + 1)
            + _log_beta(on_wrong + 1, others * wrong - on_wrong + beta)
        )

    return _ranked(matrix, score)


def codet(passes: Matrix) -> list[ConsensusSet]:
    """The consensus sets by the number of tests that they pass times the square root of their size (CodeT's code).

    Raises:
        InputError: There is no solution, or the matrix is none of zeros and ones.
    """
    return _ranked(_matrix(passes), lambda solutions, tests: len(tests) * sqrt(len(solutions)))


RULES: dict[str, Rule] = {"b4": b4, "codet": codet}
"""By the names that users write."""


def _ranked(
    matrix: npt.NDArray[np.bool_], score: Callable[[Sequence[int], npt.NDArray[np.intp]], float]
) -> list[ConsensusSet]:
    """The best first; of equal scores the larger set, then that of the earliest solution."""
    members: dict[bytes, list[int]] = {}
    for place, row in enumerate(np.packbits(matrix, axis=1)):
        members.setdefault(row.tobytes(), []).append(place)
    sets = []
    for solutions in members.values():
        tests = np.flatnonzero(matrix[solutions[0]])
        sets.append(ConsensusSet(tuple(solutions), tuple(tests.tolist()), score(solutions, tests)))
    return sorted(sets, key=lambda each: (-each.score, -len(each.solutions), each.solutions))


def _matrix(passes: Matrix) -> npt.NDArray[np.bool_]:
    try:
        given: npt.NDArray[Any] = np.asarray(passes)
    except ValueError as error:
        raise InputError(f"a matrix of solutions and tests has rows of one length: {error}") from error
    if given.ndim != 2 or not len(given):
        raise InputError(f"a matrix has a row for each solution, at least one, and not the shape {given.shape}")
    matrix = given.astype(bool)
    if given.dtype.kind not in "biuf" or (given != matrix).any():
        raise InputError("a matrix of solutions and tests says True or False, 1 or 0, and nothing else")
    return matrix


def _pseudo_count(value: float) -> float:
    if not (isfinite(value) and value > 0):
        raise InputError(f"a pseudo-count is a finite number above 0, not {value!r}")
    return float(value)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
