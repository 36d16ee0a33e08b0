"""Choosing among solutions by tests that are no better than they are: B4 against brute force and its rivals."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks.code_choice import RIVALS, SHAPES, gain, shares
from steepest.agents.optimizers.code.consensus import ConsensusSet, b4, codet
from steepest.errors import InputError

MATRICES = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(lambda shape: arrays(np.bool_, shape))
NODES, WEIGHTS = np.polynomial.legendre.leggauss(60)
NODES, WEIGHTS = (NODES + 1) / 2, WEIGHTS / 2


def integrated(entries, alpha=1, beta=1):
    """The probability of some coins under a prior Beta(alpha, beta) but for its constant, by Gauss quadrature."""
    likelihood = np.prod([NODES if each else 1 - NODES for each in entries], axis=0) if len(entries) else 1.0
    return float(np.sum(WEIGHTS * likelihood * NODES ** (alpha - 1) * (1 - NODES) ** (beta - 1)))


def brute_force(matrix, alpha, beta):
    """The posterior of every distinct row being that of the right solutions, an entry at a time."""
    found = {}
    for row in map(tuple, matrix.tolist()):
        right = [tuple(each) == row for each in matrix.tolist()]
        wrong_rows = [each for each, is_right in zip(matrix.tolist(), right, strict=True) if not is_right]
        on_right = [each for other in wrong_rows for each, passes in zip(other, row, strict=True) if passes]
        on_wrong = [each for other in wrong_rows for each, passes in zip(other, row, strict=True) if not passes]
        found[row] = (
            integrated(row, alpha) * integrated(right, alpha) * integrated(on_right) * integrated(on_wrong, 1, beta)
        )
    total = sum(found.values())
    return {row: each / total for row, each in found.items()}


@settings(max_examples=40, deadline=None)
@given(MATRICES, st.integers(1, 12), st.integers(1, 12))
def test_the_scores_of_b4_are_the_posterior_by_brute_force(matrix, alpha, beta):
    sets = b4(matrix, alpha=alpha, beta=beta)
    weights = np.exp([each.score - sets[0].score for each in sets])
    expected = brute_force(matrix, alpha, beta)
    for each, weight in zip(sets, weights / weights.sum(), strict=True):
        assert weight == pytest.approx(expected[tuple(matrix[each.solutions[0]].tolist())], rel=1e-8)


@pytest.mark.parametrize("rule", [b4, codet])
@settings(max_examples=40, deadline=None)
@given(MATRICES, st.randoms(use_true_random=False))
def test_the_order_of_solutions_and_of_tests_changes_no_score(rule, matrix, rng):
    rows, columns = list(range(len(matrix))), list(range(matrix.shape[1]))
    rng.shuffle(rows)
    rng.shuffle(columns)
    moved = {
        (frozenset(rows[at] for at in each.solutions), frozenset(columns[at] for at in each.tests)): each.score
        for each in rule(matrix[np.ix_(rows, columns)])
    }
    there = {(frozenset(each.solutions), frozenset(each.tests)): each.score for each in rule(matrix)}
    assert moved == pytest.approx(there)


@settings(max_examples=40, deadline=None)
@given(MATRICES)
def test_every_solution_is_in_one_set_with_those_of_its_row(matrix):
    sets = b4(matrix)
    assert sorted(at for each in sets for at in each.solutions) == list(range(len(matrix)))
    for each in sets:
        assert all(np.flatnonzero(matrix[at]).tolist() == list(each.tests) for at in each.solutions)
    assert [each.score for each in sets] == sorted((each.score for each in sets), reverse=True)


def test_two_that_agree_beat_one_that_happens_to_pass_more():
    matrix = [[1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0], [0, 1, 0, 1, 1, 1, 1]]
    assert b4(matrix)[0] == ConsensusSet((0, 1), (0, 1, 2, 3), b4(matrix)[0].score)


@pytest.mark.parametrize("shape", SHAPES)
def test_b4_beats_its_rivals_on_the_simulator_of_the_paper(shape):
    found = shares(shape, 600, seed=7)
    for name in RIVALS:
        assert gain(found["B4"], found[name]) > 3.1, f"no gain over {name} at p < 0.001"


def test_large_matrices_are_ranked_in_linear_time_and_without_overflow():
    matrix = np.random.default_rng(0).random((3000, 2000)) < 0.5
    matrix[:40] = matrix[0]
    begin = time.perf_counter()
    best = b4(matrix)[0]
    assert time.perf_counter() - begin < 30
    assert best.solutions == tuple(range(40))
    assert all(math.isfinite(each.score) for each in b4(matrix[:100], alpha=1e6, beta=1e12))


def test_without_tests_all_solutions_agree():
    assert [each.solutions for each in b4(np.zeros((3, 0)))] == [(0, 1, 2)]


@settings(max_examples=20, deadline=None)
@given(MATRICES)
def test_numbers_and_truth_values_say_the_same(matrix):
    assert b4(matrix.astype(int).tolist()) == b4(matrix) == b4(matrix.astype(float))


@pytest.mark.parametrize("matrix", [[], [[]][:0], [1, 0], [[1, 2]], [["1"]], [[0.5]], [[1], [1, 0]]])
def test_what_is_no_matrix_is_refused(matrix):
    with pytest.raises(InputError, match="matrix"):
        b4(matrix)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_a_pseudo_count_is_positive(value):
    with pytest.raises(InputError, match="pseudo-count"):
        b4([[1]], alpha=value)
