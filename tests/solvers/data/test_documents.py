"""The data of an instance as JSON and back."""

import json
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from steepest.solvers.data.binding import bind
from steepest.solvers.data.documents import data_document, data_of
from steepest.solvers.data.instance_data import Cells, Data, Dense, Members
from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import Label

LABELS: st.SearchStrategy[list[Label]] = st.lists(st.one_of(st.text(max_size=3), st.integers(-5, 5), st.floats(0, 9)))


def again(data: Data) -> Data:
    return data_of(json.loads(json.dumps(data_document(data))))


@given(LABELS, arrays.arrays(np.float64, (2, 3), elements=st.one_of(st.floats(-9, 9), st.just(np.nan))))
def test_labels_numbers_and_gaps_survive(labels: list[Label], numbers: np.ndarray) -> None:
    cells = {"many": Dense(numbers), "few": Cells((labels,), np.arange(len(labels), dtype=float))}
    read = again(Data({"S": Members((labels,))}, {**cells, "words": Cells((labels,), labels)}, {"one": 2.5}))
    assert list(read.members["S"].columns[0]) == labels
    assert [type(label) for label in read.members["S"].columns[0]] == [type(label) for label in labels]
    assert np.array_equal(read.cells["many"].values, numbers, equal_nan=True)
    assert list(read.cells["few"].values) == list(range(len(labels)))
    assert list(read.cells["words"].values) == labels
    assert read.scalars == {"one": 2.5}


def test_what_a_formulation_reads_from_a_file_survives(tmp_path: Path) -> None:
    (tmp_path / "size.csv").write_text("i,size\na,2\nb,3.5\n", encoding="utf-8")
    text = 'sets:\n  I = {a, b}\nparameters:\n  size[i in I] from "size.csv"\nvariables:\n  x[i in I]: real in 0..4\n'
    formulation = Formulation.from_text(f"{text}maximize: sum(size[i] * x[i] for i in I)\n")
    data = bind(formulation, folder=tmp_path)
    assert data_document(again(data)) == data_document(data)
