"""Long columns of few labels: what a list of them would be, without hashing every row again."""

import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.data.binding import bind
from steepest.solvers.data.coded_labels import CodedLabels, coded, relabelled
from steepest.solvers.data.keys import require_distinct, without_absent
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.vectorized.universe import Universe

labels = st.lists(st.sampled_from(["a", "b", "c", 1, 2]), max_size=12)


@given(labels)
def test_it_reads_as_the_list_it_stands_for(given_labels: list[str | int]) -> None:
    column = CodedLabels(*coded(given_labels))
    assert list(column) == given_labels == [column[place] for place in range(len(column))]
    assert column == given_labels
    assert column[1:4] == given_labels[1:4]


@given(labels)
def test_ids_are_those_of_the_list(given_labels: list[str | int]) -> None:
    plain, of_codes = Universe(), Universe()
    column = CodedLabels(*coded(given_labels))
    assert plain.intern(given_labels).tolist() == of_codes.intern(column).tolist()
    assert of_codes.find(column).tolist() == plain.find(given_labels).tolist()
    assert plain.labels == of_codes.labels


def test_cells_that_mean_one_label_are_one() -> None:
    distinct, codes = coded([" a", "a", "b"])
    column = relabelled(distinct, codes, {" a": "a", "a": "a", "b": "b"})
    assert (column.distinct, column.codes.tolist()) == (["a", "b"], [0, 0, 1])


def test_a_key_that_is_given_twice_is_found() -> None:
    keys = (CodedLabels(*coded(["a", "a", "b"])), ["x", "y", "x"])
    require_distinct(keys, lambda row, place: f"row {row}")
    with pytest.raises(FormulationError, match="row 2"):
        require_distinct((keys[0][:2], ["x", "x"]), lambda row, place: f"row {row + 1}")


def test_cells_without_a_value_are_left_out() -> None:
    (column,), values = without_absent((CodedLabels(*coded(["a", "b", "a"])),), np.array([1.0, np.nan, 3.0]))
    assert (list(column), values.tolist()) == (["a", "a"], [1, 3])


ARCS = """\
sets:
  Arc = {(a, b)}
parameters:
  cost[Arc] = missing
variables:
  flow[Arc]: real >= 0
minimize: sum(cost[i, j] * flow[i, j] for (i, j) in Arc)
constraints:
  enough: sum(flow[i, j] for (i, j) in Arc) >= 1
"""


def test_a_key_outside_of_a_long_set_of_tuples_is_found_as_it_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.solvers.data.bound_sets._MOST_TUPLES", 1)
    formulation = Formulation.from_text(ARCS)
    arcs = pandas.DataFrame({"from": ["a", "b", "c"], "to": ["b", "c", "a"]})
    good = arcs.assign(cost=[3.0, 2.0, 5.0])
    assert formulation.solve({"Arc": arcs, "cost": good}).objective == 2
    bad = pandas.concat([good, pandas.DataFrame({"from": ["b"], "to": ["a"], "cost": [1.0]})], ignore_index=True)
    assert bind(formulation, {"Arc": arcs, "cost": bad})
    with pytest.raises(FormulationError, match=r"\['b', 'a'\], which is outside of its index"):
        formulation.solve({"Arc": arcs, "cost": bad})
