from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.library.fingerprints import fingerprint, similarity
from steepest.solvers.formulation import Formulation

EXAMPLES = Path(__file__).parents[3] / "examples"

DIET = """\
sets:
  Food = {bread, milk}
parameters:
  price[Food] = {bread: 2, milk: 1}
  protein[Food] = {bread: 4, milk: 3}
  need = 20
variables:
  buy[Food]: real >= 0
minimize: sum(price[f] * buy[f] for f in Food)
constraints:
  enough: sum(protein[f] * buy[f] for f in Food) >= need
"""
RENAMED = {
    "Food": "Alloy",
    "bread": "tin",
    "milk": "lead",
    "price": "cost",
    "protein": "purity",
    "need": "least",
    "buy": "melt",
    "enough": "pure",
    "20": "7",
    "4": "9",
}


def features(text: str) -> set[str]:
    return set(fingerprint(Formulation.from_text(text)))


def test_names_and_numbers_make_no_difference():
    text = DIET
    for old, new in RENAMED.items():
        text = text.replace(old, new)
    assert text != DIET
    assert features(text) == features(DIET)


@pytest.mark.parametrize(
    ("old", "new", "gained"),
    [
        ("real >= 0", "integer >= 0", "integer variable over 1 set"),
        ("real >= 0", "real in [0, 9]", "bounded real"),
        (">= need", "== need", "one =="),
        ("minimize", "maximize", "maximize"),
        ("price[f] * buy[f]", "price[f] * buy[f] ** 2", "power in the objective"),
        ("protein[f] * buy[f]", "protein[f] * abs(buy[f] - 3)", "abs in a constraint"),
    ],
)
def test_another_shape_has_another_fingerprint(old, new, gained):
    other = features(DIET.replace(old, new))
    assert gained in other - features(DIET)
    assert 0 < similarity(other, features(DIET)) < 1


def test_examples_of_different_kinds_differ():
    prints = {
        name: features((EXAMPLES / f"{name}.five").read_text()) for name in ("transport", "knapsack", "portfolio")
    }
    assert len({frozenset(each) for each in prints.values()}) == 3


SETS = st.sets(st.integers(0, 9))


@given(SETS, SETS)
def test_similarity_is_symmetric_and_between_0_and_1(one, other):
    assert similarity(one, other) == similarity(other, one)
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, one) == (1 if one else 0)
    assert (similarity(one, other) == 0) == (not one & other)
