"""The best that are not all the same."""

import numpy as np

from steepest.agents.library.retrieval.diversity import spread_out

ALIKE = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
NONE = np.empty((4, 0), np.float32)


def test_the_second_best_waits_where_it_is_the_same_as_the_best() -> None:
    assert spread_out(np.array([3.0, 2.9, 2.7, 0.0]), ALIKE, 3) == [0, 2, 1]


def test_something_else_that_is_far_worse_waits_too() -> None:
    near = np.array([[1, 0], [0.6, 0.8], [0, 1], [0, 1]], np.float32)

    assert spread_out(np.array([3.0, 2.9, 0.1, 0.0]), near, 3) == [0, 1, 2]


def test_without_embeddings_scores_decide() -> None:
    assert spread_out(np.array([3.0, 2.9, 2.0, 0.0]), NONE, 2) == [0, 1]


def test_nothing_comes_of_nothing() -> None:
    assert spread_out(np.empty(0), np.empty((0, 2), np.float32), 5) == []
