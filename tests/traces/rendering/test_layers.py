from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from steepest.traces.rendering.layers import Box, layers_of, place

GRAPHS = st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=25)
GAP, RISE = 10.0, 20.0


def _inputs(choices: list[list[int]]) -> list[list[int]]:
    """For each item some that come before it."""
    return [sorted({at - 1 - back % at for back in backs}) if at else [] for at, backs in enumerate(choices)]


@given(GRAPHS)
def test_every_item_stands_below_its_inputs(choices: list[list[int]]) -> None:
    inputs = _inputs(choices)
    layers = layers_of(inputs)
    assert all(layers[source] < layers[at] for at, sources in enumerate(inputs) for source in sources)
    assert min(layers) >= 0


def test_an_input_stands_near_the_first_that_uses_it() -> None:
    assert layers_of([[], [0], [1], [], [2, 3]]) == [0, 1, 2, 2, 3]


@given(GRAPHS, st.lists(st.floats(10, 90), min_size=25, max_size=25))
def test_boxes_do_not_overlap_and_edges_go_down(choices: list[list[int]], widths: list[float]) -> None:
    inputs = _inputs(choices)
    boxes = [Box(width, 12.0, layer) for width, layer in zip(widths, layers_of(inputs), strict=False)]
    edges = [(source, at) for at, sources in enumerate(inputs) for source in sources]
    placed = place(boxes, edges, GAP, RISE)
    for layer in {box.layer for box in boxes}:
        row = sorted((placed.lefts[at], boxes[at].width) for at in range(len(boxes)) if boxes[at].layer == layer)
        assert all(left + width + GAP <= right + 0.25 for (left, width), (right, _) in pairwise(row))
    for route in placed.routes:
        assert all(upper[1] <= lower[1] for upper, lower in pairwise(route))
    assert min(placed.lefts) >= 0
    assert max(left + box.width for left, box in zip(placed.lefts, boxes, strict=True)) <= placed.width + 0.25


def test_a_source_stands_in_the_middle_above_its_two_ends() -> None:
    placed = place([Box(10, 10, 0), Box(10, 10, 1), Box(10, 10, 1)], [(0, 1), (0, 2)], GAP, RISE)
    assert placed.lefts[0] == (placed.lefts[1] + placed.lefts[2]) / 2


def test_nothing_takes_no_room() -> None:
    placed = place([], [], GAP, RISE)
    assert (placed.width, placed.height) == (0.0, 0.0)
