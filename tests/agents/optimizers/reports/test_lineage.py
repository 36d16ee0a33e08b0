from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.reports.history import history_of
from steepest.agents.optimizers.reports.lineage import tree_of
from tests.agents.optimizers.reports.searches import SEED, chain, search


@given(st.integers(1, 120), st.integers(0, 5), st.integers(2, 80))
def test_every_candidate_is_drawn_or_counted_and_no_two_stand_on_one_place(count: int, seed: int, most: int) -> None:
    history = history_of(search(count, seed), SEED)
    tree = tree_of(history, most)
    tried = sum(len(each.tried) for each in tree.leaves.values())
    assert len(tree.leaves) + tree.hidden + tried == count
    assert tree.hidden == sum(each.hidden for each in tree.leaves.values())
    assert len({(each.column, each.row) for each in tree.leaves.values()}) == len(tree.leaves)
    assert len(tree.leaves) <= most
    assert {0, history.best} <= set(tree.leaves)


@given(st.integers(2, 120), st.integers(0, 5), st.integers(2, 80))
def test_each_stands_a_column_after_what_it_came_from(count: int, seed: int, most: int) -> None:
    history = history_of(search(count, seed), SEED)
    tree = tree_of(history, most)
    for number, leaf in tree.leaves.items():
        if leaf.root is not None:
            assert leaf.column == tree.leaves[leaf.root].column + 1
            assert leaf.row >= tree.leaves[leaf.root].row
            assert leaf.root in history.lineage(number)


def test_the_way_to_the_best_runs_along_the_top() -> None:
    history = history_of(search(200), SEED)
    tree = tree_of(history)
    assert {tree.leaves[each].row for each in history.lineage(history.best)} == {0}


def test_a_chain_of_ten_thousand_is_folded() -> None:
    tree = tree_of(history_of(chain(10_000), SEED))
    assert len(tree.leaves) == 300
    assert tree.hidden == 9_700
    assert tree.leaves[9_999].column == 299
