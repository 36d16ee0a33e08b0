from hypothesis import given
from hypothesis import strategies as st

from steepest.traces.rendering.folding import View, view_of
from steepest.traces.rendering.tree import Row, rows_of
from steepest.traces.trace import trace_of
from tests.traces.rendering.programs import loop, random_graph

GRAPHS = st.lists(st.lists(st.integers(0, 40), max_size=3), max_size=60)


def _view(choices: list[list[int]]) -> View:
    return view_of(trace_of(random_graph(choices)[-1]), None)


@given(GRAPHS, st.integers(1, 10))
def test_every_item_has_exactly_one_row(choices: list[list[int]], deepest: int) -> None:
    view = _view(choices)
    rows = list(rows_of(view, deepest))
    assert sorted(row.item for row in rows if row.item is not None) == list(range(len(view.items)))


@given(GRAPHS, st.integers(1, 10))
def test_no_row_is_deeper_than_asked(choices: list[list[int]], deepest: int) -> None:
    assert all(len(row.lead) <= 3 * (deepest + 1) for row in rows_of(_view(choices), deepest))


@given(GRAPHS, st.integers(1, 10))
def test_what_is_said_to_stand_above_or_below_does(choices: list[list[int]], deepest: int) -> None:
    rows = list(rows_of(_view(choices), deepest))
    places = {row.item: count for count, row in enumerate(rows) if row.item is not None}
    for count, row in enumerate(rows):
        assert all(places[each] < count for each in row.above)
        assert all(places[each] > count for each in row.further) or _was_met_elsewhere(row, places, count)


def _was_met_elsewhere(row: Row, places: dict[int, int], count: int) -> bool:
    """Between being put off and its turn, something else may have needed it: then it stands there."""
    return all(each in places for each in row.further)


def test_a_chain_is_cut_into_trees_and_not_recursed() -> None:
    view = view_of(loop(5_000), None)
    assert sum(row.item is not None for row in rows_of(view, 10)) == len(view.items)
