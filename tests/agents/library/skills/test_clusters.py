"""Which insights make a skill together."""

import random

import pytest

from steepest.agents.library.embeddings.hashed import HashedNgrams
from steepest.agents.library.labels import Definition, Label, Taxonomy
from steepest.agents.library.skills.clusters import clusters
from steepest.errors import InputError
from tests.agents.library.insights import BOUNDS, FLOW, insight

SHARES = Label("Formulation", "Constraints", "Share of a Total")


def share(name, **fields):
    given = {
        "condition": f"at least some percent of the {name} must be of one kind",
        "explanation": f"the percentage is of the sum of the {name}, not of the capacity",
    }
    return insight(name, labels=(SHARES,), fingerprint=("minimize", "per index >="), **{**given, **fields})


def tour(name):
    words = {"condition": f"a {name} visits places and returns", "explanation": "each place is entered and left once"}
    return insight(name, labels=(FLOW,), fingerprint=("binary variable over 2 sets",), **words)


def names(insights, taxonomy=None):
    found = clusters(insights, taxonomy or Taxonomy(), HashedNgrams())
    return [[each.id for each in group] for group in found]


def test_insights_of_one_kind_are_together_and_the_largest_group_is_first():
    found = names([tour("truck"), tour("ship"), share("drinks"), share("parts"), share("goods")])
    assert found == [["drinks", "goods", "parts"], ["ship", "truck"]]


def test_what_is_like_no_other_is_in_no_group():
    alone = insight("x", labels=(BOUNDS,), condition="upper limits of variables", explanation="write them as bounds")
    assert names([share("drinks"), share("goods"), alone]) == [["drinks", "goods"]]
    assert names([alone]) == []
    assert names([]) == []


def test_the_order_of_the_insights_makes_no_difference():
    some = [share(f"goods{number}") for number in range(7)] + [tour(f"truck{number}") for number in range(5)]
    first = names(some)
    for seed in range(5):
        random.Random(seed).shuffle(some)
        assert names(some) == first


def test_two_names_of_one_label_are_one_label():
    other = Label("Wording", "Numbers", "Percent")
    given = [insight("a", labels=(SHARES,), condition="x x", explanation="y"), insight("b", labels=(other,))]
    assert names(given) == []
    assert names(given, Taxonomy([Definition(label=SHARES, aliases=(other,))])) == [["a", "b"]]


def test_no_group_is_larger_than_twelve():
    found = names([share(f"goods{number}") for number in range(30)])
    assert max(map(len, found)) <= 12
    assert sum(map(len, found)) == 30


def test_too_many_are_refused_with_what_to_do():
    with pytest.raises(InputError, match="take those under a label"):
        clusters([share("drinks")] * 3_001, Taxonomy(), HashedNgrams())
