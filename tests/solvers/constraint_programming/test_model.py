"""A model as data between processes."""

import json

from steepest.solvers.constraint_programming.model import Constraint, Expression, WholeModel


def test_a_model_comes_back_from_its_document_as_it_was() -> None:
    model = WholeModel(
        low=[0, -(2**53)],
        high=[1, 2**53],
        constraints=[
            Constraint("linear", [Expression([0, 1], [3, -(2**59)], 7)], numbers=[-(2**62), 0], given=[~0]),
            Constraint("circuit", literals=[0, 0], numbers=[0, 1, 1, 0]),
        ],
        sense="maximize",
        objective=Expression([1], [1], 0),
        scale=3,
        start={1: 5},
    )
    back = WholeModel.of_document(json.loads(json.dumps(model.document())))
    assert json.dumps(back.document()) == json.dumps(model.document())
    assert back.objective == model.objective
    assert back.start == {1: 5}
    assert back.size == model.size == (2, 2, 4)


def test_a_model_without_an_objective_has_none_afterwards() -> None:
    assert WholeModel.of_document(WholeModel(low=[0], high=[1]).document()).objective is None
