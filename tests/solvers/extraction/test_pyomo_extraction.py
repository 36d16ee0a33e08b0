"""A Pyomo model as arrays: whose columns they are, what they are called, and that the model stays as it is."""

import itertools
import sys
from collections.abc import Callable
from io import StringIO
from typing import Any

import pyomo.environ as pyo
import pytest
from pyomo.gdp import Disjunct, Disjunction

from steepest.solvers.extraction.names import named_members
from steepest.solvers.extraction.pyomo_extraction import Extracted, extract
from steepest.solvers.extraction.refusals import ModelRefusedError
from steepest.solvers.model_solve import solve_model
from steepest.solvers.options import SolveOptions


def disjunctive() -> Any:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 10))
    model.left = Disjunct()
    model.left.low = pyo.Constraint(expr=model.x <= 2)
    model.right = Disjunct([1, 2])
    model.right[1].high = pyo.Constraint(expr=model.x >= 7)
    model.right[1].y = pyo.Var(bounds=(0, 1))
    model.right[2].high = pyo.Constraint(expr=model.x >= 9)
    model.either = Disjunction(expr=[model.left, model.right[1], model.right[2]])
    model.flag = pyo.BooleanVar()
    model.logic = pyo.LogicalConstraint(expr=model.flag.implies(model.left.indicator_var))
    model.cap = pyo.Constraint(expr=model.x <= 8)
    model.goal = pyo.Objective(expr=model.x, sense=pyo.maximize)
    return model


def own_names(extracted: Extracted) -> list[str]:
    model: Any = extracted.model
    return [name for column, name in enumerate(model.column_names) if column not in model.added_columns]


def printed(model: Any) -> str:
    stream = StringIO()
    model.pprint(ostream=stream)
    return stream.getvalue()


def test_a_disjunctive_model_stays_as_it_is() -> None:
    model = disjunctive()
    before = printed(model)
    first, second = extract(model), extract(model)
    assert printed(model) == before
    assert first.model.size == second.model.size


def test_columns_and_rows_are_those_of_the_script_and_not_of_the_copy() -> None:
    model = disjunctive()
    extracted = extract(model)
    own = [each for each in extracted.variables if each is not None]
    indicators = [model.left.indicator_var, model.right[1].indicator_var, model.right[2].indicator_var]
    wanted = [model.x, model.right[1].y, model.flag, *indicators]
    assert sorted(map(id, own)) == sorted(map(id, wanted))
    assert [each for each in extracted.constraints if each is not None] == [model.cap]
    assert sorted(own_names(extracted)) == [
        "flag", "left.indicator_var", "right[1].indicator_var", "right[1].y", "right[2].indicator_var", "x",
    ]  # fmt: skip


def test_a_part_of_a_model_is_extracted_without_the_rest() -> None:
    model = pyo.ConcreteModel()
    model.outer = pyo.Var(bounds=(0, 1))
    model.part = disjunctive()
    model.part.cap.set_value(model.part.x + model.outer <= 8)
    extracted = extract(model.part)
    assert "outer" in own_names(extracted)
    assert "part.left.indicator_var" in own_names(extracted)
    assert len(own_names(extracted)) == 7


def test_segments_of_a_special_ordered_set_are_added_columns() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var([1, 2, 3], bounds=(0, 5))
    model.s = pyo.SOSConstraint(var=model.x, sos=2)
    extracted = extract(model)
    assert own_names(extracted) == ["x[1]", "x[2]", "x[3]"]
    assert len(extracted.model.added_columns) == 2  # type: ignore[union-attr]


def test_names_are_unique_and_can_be_seen() -> None:
    model, other = pyo.ConcreteModel(), pyo.ConcreteModel()
    model.x, other.x = pyo.Var(), pyo.Var()
    model.add_component("a\x1b[2J\n", pyo.Var())
    more = [pyo.ConcreteModel() for _ in range(3)]
    for each in more:
        each.x = pyo.Var()
    model.o = pyo.Objective(expr=other.x + model.x + sum(each.x for each in more))
    assert own_names(extract(model)) == ["x", r"'a\x1b[2J\n'", "x (2)", "x (3)", "x (4)", "x (5)"]


def test_many_variables_of_one_name_are_numbered_in_linear_time() -> None:
    model = pyo.ConcreteModel()
    loose = [pyo.ScalarVar() for _ in range(20_000)]
    for each in loose:
        each.construct()
    model.o = pyo.Objective(expr=pyo.quicksum(loose))
    assert len(set(own_names(extract(model)))) == 20_000


def test_names_are_those_of_pyomo() -> None:
    model = pyo.ConcreteModel()
    model.plain = pyo.Var()
    model.several = pyo.Var([1, -2, 3.5, "a b", "1", True, None])
    model.pairs = pyo.Var([(1, "z"), (2, "a\n")])
    model.blocks = pyo.Block([1, 2])
    model.blocks[1].inner = pyo.Var(["p"])
    model.blocks[2].deep = pyo.Block()
    model.blocks[2].deep.v = pyo.Var()
    model.view = pyo.Reference(model.blocks[1].inner)
    model.none = pyo.Var([])
    model.off = pyo.Block()
    model.off.v = pyo.Var()
    model.off.deactivate()
    found = list(named_members(model, pyo.Var))
    wanted = list(model.component_data_objects(pyo.Var))
    assert [id(each) for each, _ in found] == list(map(id, wanted))
    assert [name for _, name in found] == [each.name for each in wanted]


def test_only_active_members_have_names_where_only_those_are_asked_for() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var([1, 2, 3])
    model.c = pyo.Constraint([1, 2, 3], rule=lambda m, i: m.x[i] <= 1)
    model.d = pyo.Constraint(expr=model.x[1] >= 0)
    model.skipped = pyo.Constraint(rule=lambda m: pyo.Constraint.Skip)
    model.c[2].deactivate()
    model.d.deactivate()
    assert [name for _, name in named_members(model, pyo.Constraint, active=True)] == ["c[1]", "c[3]"]


def test_a_disjunction_without_bounds_is_refused_and_stays_as_it_is() -> None:
    model = disjunctive()
    model.x.setub(None)
    before = printed(model)
    with pytest.raises(ModelRefusedError, match="give its variables bounds"):
        extract(model)
    assert printed(model) == before


def disjunct_with_logic(model: Any) -> Any:
    """`b[1] or (b[2] and b[3])`, where the second part is the logic of a disjunct."""
    model.first, model.second = Disjunct(), Disjunct()
    model.first.logic = pyo.LogicalConstraint(expr=model.b[1])
    model.second.logic = pyo.LogicalConstraint(expr=model.b[2].land(model.b[3]))
    model.either = Disjunction(expr=[model.first, model.second])
    return model.b[1].lor(model.b[2].land(model.b[3]))


@pytest.mark.parametrize(
    "claim",
    [
        lambda m: m.b[1].land(m.b[2].lor(pyo.lnot(m.b[3].implies(m.b[1])))),
        lambda m: m.b[1].xor(m.b[2].land(m.b[3])),
        lambda m: m.b[1].equivalent_to(pyo.atleast(2, m.b[2], m.b[3], m.b[1])),
        lambda m: pyo.atmost(1, m.b[1], m.b[2], m.b[3]),
        lambda m: pyo.exactly(2, m.b[1], m.b[2], m.b[3]).lor(m.b[3]),
        lambda m: pyo.lnot(m.b[2]),
        disjunct_with_logic,
    ],
)
def test_logic_is_what_it_says_for_every_choice_and_needs_no_sympy(
    claim: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sympy", None)
    for chosen in itertools.product((False, True), repeat=3):
        model = pyo.ConcreteModel()
        model.b = pyo.BooleanVar([1, 2, 3])
        said = claim(model)
        if claim is not disjunct_with_logic:
            model.logic = pyo.LogicalConstraint(expr=said)
        for boolean, value in zip(model.b.values(), chosen, strict=True):
            boolean.fix(value)
        status = solve_model(extract(model).model, SolveOptions(time_limit=9)).status
        assert (status == "optimal") == bool(pyo.value(said)), chosen
