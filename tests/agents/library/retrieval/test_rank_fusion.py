"""Ranks added up."""

from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.library.retrieval.rank_fusion import fused


@given(st.lists(st.integers(1, 100), min_size=1, max_size=4), st.integers(1, 100))
def test_one_ranking_more_never_lowers_a_score_and_a_better_rank_raises_it(ranks: list[int], more: int) -> None:
    assert fused([*ranks, more]) > fused(ranks)
    assert fused([ranks[0] + 1, *ranks[1:]]) < fused(ranks)
