"""Which bare words of a formulation are labels, and which labels need no quotes."""

import pytest

from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import LabelRef, Name, Number, walk
from steepest.solvers.language.labels import label_or_number, normalize_label, vocabulary

MODEL = """
sets:
  Item = {corn, beet, "sweet corn"}
  Month = {jan, feb}
parameters:
  price[Item] = {corn: 3, beet: 2, "sweet corn": 4}
  kind[Item] = {corn: dry, beet: wet, "sweet corn": wet}
  best = corn
  last_one = "sweet corn"
variables:
  x[Item]: real >= 0
  dry: real
"""


def words(body: str, more: str = "") -> tuple[set[str], set[str]]:
    """The labels and the names of a constraint's body."""
    formulation = Formulation.from_text(f"{MODEL}{more}\nminimize: 1\nconstraints:\n  c: {body}")
    nodes = list(walk(formulation.constraints[0].body))
    return (
        {node.value for node in nodes if isinstance(node, LabelRef)},
        {node.name for node in nodes if isinstance(node, Name)},
    )


@pytest.mark.parametrize(
    ("body", "labels", "names"),
    [
        ("x[corn] <= 1", {"corn"}, set()),
        ('x["corn"] <= 1', {"corn"}, set()),
        ("x[best] <= 1", set(), {"best"}),
        ("x[wheat] <= 1", {"wheat"}, set()),
        ("sum(x[i] for i in Item if i != corn) <= 1", {"corn"}, {"i", "Item"}),
        ("sum(x[corn] for corn in Item) <= 1", set(), {"corn", "Item"}),
        ("sum(x[i] for i in Item if kind[i] == wet) <= 1", {"wet"}, {"i", "Item"}),
        ("sum(x[i] for i in {corn, beet}) <= 1", {"corn", "beet"}, {"i"}),
        ("dry <= price[corn]", {"corn"}, {"dry"}),
        ('sum(x[i] for i in Item if kind[i] == "dry") <= 1', {"dry"}, {"i", "Item"}),
        ("x[first(Item)] <= pi", set(), {"Item", "pi"}),
        ("unknown <= 1", set(), {"unknown"}),
    ],
)
def test_a_bare_word_is_a_label_unless_something_else_has_its_name(
    body: str, labels: set[str], names: set[str]
) -> None:
    assert words(body) == (labels, names)


def test_a_word_that_is_an_index_once_is_a_label_everywhere() -> None:
    labels, _ = words("sum(x[i] for i in Item if i != wheat) + x[wheat] <= 1")
    assert labels == {"wheat"}


def test_a_label_in_the_bounds_of_a_variable_is_resolved() -> None:
    variable = Formulation.from_text(f"{MODEL}  y: real <= price[corn]").variables[-1]
    assert variable.upper is not None
    assert LabelRef("corn") in list(walk(variable.upper))


def test_a_parameter_that_is_worth_a_word_is_worth_a_label() -> None:
    best, last = Formulation.from_text(MODEL).parameters[-2:]
    assert (best.value, best.expression, last.value) == ("corn", None, "sweet corn")


def test_a_parameter_that_is_worth_a_declared_name_is_derived() -> None:
    second = Formulation.from_text("parameters:\n  a = 3\n  b = a").parameters[1]
    assert (second.value, second.expression) == (None, Name("a"))


def test_an_index_of_a_head_hides_a_label() -> None:
    formulation = Formulation.from_text(f"{MODEL}constraints:\n  c[corn in Item]: x[corn] <= 1")
    assert LabelRef("corn") not in list(walk(formulation.constraints[0].body))


def test_the_vocabulary_sorts_the_words_of_a_formulation() -> None:
    formulation = Formulation.from_text(f"{MODEL}constraints:\n  c[i in Item]: x[i] <= 1")
    found = vocabulary(formulation)
    assert found.declared == {"Item", "Month", "price", "kind", "best", "last_one", "x", "dry", "pi"}
    assert found.scalars == {"best", "last_one", "pi"}
    assert found.bound == {"i"}
    assert found.labels >= {"corn", "beet", "sweet corn", "jan", "feb", "dry", "wet"}


@pytest.mark.parametrize(
    ("label", "bare"), [("corn", True), ("wet", True), ("dry", False), ("i", False), ("nowhere", False)]
)
def test_a_label_needs_no_quotes_where_it_is_known_and_shares_its_name_with_nothing(label: str, bare: bool) -> None:
    formulation = Formulation.from_text(f'{MODEL}constraints:\n  c[i in Item]: x[i] <= x["i"]')
    assert vocabulary(formulation).may_be_bare(label) is bare


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ("12", 12),
        (12.0, 12),
        ("-3", -3),
        (" north ", "north"),
        ("007", "007"),
        ("1.5", "1.5"),
        (1.5, 1.5),
        ("-0", "-0"),
        ("1e3", "1e3"),
        (True, 1),
        ("1234567890123456", "1234567890123456"),
    ],
)
def test_a_label_has_one_form(given: object, label: object) -> None:
    found = normalize_label(given)  # type: ignore[arg-type]
    assert (found, type(found)) == (label, type(label))


@pytest.mark.parametrize("given", [float("inf"), float("nan"), 10**400])
def test_a_number_that_is_not_finite_is_no_label(given: float) -> None:
    with pytest.raises(ValueError, match=r"finite|too large"):
        normalize_label(given)


def test_a_label_that_reads_as_a_whole_number_is_the_number() -> None:
    assert label_or_number("12") == Number(12)
    assert label_or_number("Store 1") == LabelRef("Store 1")
