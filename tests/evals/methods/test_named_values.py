"""Values of a script carry what its declarations say of them."""

from steepest.evals.methods.named_values import MOST_VALUES, values_of_script

SOURCE = """
import pyomo.environ as pyo
m = pyo.ConcreteModel()
m.crates = pyo.Var(["a", "b"], [1, 2], domain=pyo.NonNegativeReals, doc='crates sent each week [crate/week]')
m.open = Var(within=Binary)   # whether the depot opens
m.plain = pyo.Var()
m.depot = pyo.Block()
m.depot.stock = pyo.Var(doc="what lies there")
x = {i: 3 for i in range(2)}  # Var(
"""


def test_doc_and_comment_and_unit_are_read() -> None:
    values = {"crates[a,1]": 3.0, "open": 1.0, "plain": 2.0, "depot.stock": 4.0, "elsewhere": 5.0}

    assert [(each.name, each.unit, each.note) for each in values_of_script(SOURCE, values)] == [
        ("crates[a,1]", "crate/week", "crates sent each week"),
        ("open", None, "whether the depot opens"),
        ("plain", None, None),
        ("depot.stock", None, "what lies there"),
        ("elsewhere", None, None),
    ]


def test_more_values_than_anybody_asks_for_are_left_out() -> None:
    values = {f"x[{number}]": 0.0 for number in range(MOST_VALUES + 1)}

    assert len(values_of_script(SOURCE, values)) == MOST_VALUES
