"""From whatever came of a formulation back to the user's words and the place in the text."""

from steepest.solvers.changes.apply import apply_changes
from steepest.solvers.changes.reading import read_changes
from steepest.solvers.changes.scenarios import what_if
from steepest.solvers.display import meanings_of
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.explanations import explain_infeasibility
from steepest.solvers.provenance import Provenance, quotes_in
from steepest.solvers.sensitivity.analysis import sensitivity
from steepest.solvers.sensitivity.words import told

TEXT = """# Bakery
sets:
  Product = {bread, cake}
parameters:
  profit[Product] = {bread: 3, cake: 8}   # [$/loaf] "$3 for a bread" "$8 for a cake"
  use[Product] = {bread: 0.5, cake: 0.8}   # [kg/loaf] "half a kilo a bread"
  flour = 40   # [kg] "40 kg of flour"
  spare[p in Product] = 2 * use[p]
  ordered = 20   # [loaf] "twenty were ordered"
variables:
  bake[Product]: real >= 0, <= 200   # [loaf]
let:
  used = sum(use[p] * bake[p] for p in Product)   # [kg]
maximize: sum(profit[p] * bake[p] for p in Product)   # [$]
constraints:
  flour_stock: used <= flour
  orders: bake[cake] >= ordered   # "customers get what they ordered"
"""


def the_formulation(text: str = TEXT) -> Formulation:
    return Formulation.from_text(text)


def test_a_constraint_leads_to_the_parameters_in_it_by_way_of_named_expressions() -> None:
    sources = Provenance(the_formulation()).of_constraint("flour_stock")

    assert [(source.kind, source.name) for source in sources] == [
        ("constraint", "flour_stock"),
        ("parameter", "flour"),
        ("parameter", "use"),
    ]
    assert [source.place.line for source in sources if source.place is not None] == [16, 7, 6]
    assert quotes_in(sources) == ("40 kg of flour", "half a kilo a bread")


def test_a_source_tells_itself_in_a_line() -> None:
    (flour,) = Provenance(the_formulation()).of_names(["flour"])

    assert str(flour) == 'parameter flour (line 7, "40 kg of flour")'


def test_a_source_names_the_file_that_data_come_from() -> None:
    text = (
        'parameters:\n  cap from "limits.csv"\nvariables:\n  x: real >= 0\nmaximize: x\nconstraints:\n  c: x <= cap\n'
    )
    formulation = the_formulation(text)

    assert str(Provenance(formulation).of_names(["cap"])[0]) == "parameter cap (line 2, from limits.csv)"


def test_a_constraint_without_words_of_its_own_is_told_by_those_of_its_parameters() -> None:
    meanings = meanings_of(the_formulation())

    assert meanings["flour_stock"] == '"40 kg of flour", "half a kilo a bread"'
    assert meanings["orders"] == '"customers get what they ordered"'


def test_a_conflict_cites_its_constraints_and_the_parameters_in_them() -> None:
    explanation = explain_infeasibility(the_formulation(TEXT.replace("ordered = 20", "ordered = 100")))

    assert explanation.conflict is not None
    members = {member.name: member for member in explanation.conflict.members}
    assert members["flour_stock"].quotes == ("40 kg of flour", "half a kilo a bread")
    assert members["orders"].quotes == ("customers get what they ordered", "twenty were ordered")
    assert members["orders"].place is not None
    assert members["orders"].place.line == 17
    text = str(explanation.conflict)
    assert '"40 kg of flour"' in text
    assert '"twenty were ordered"' in text


def test_sensitivity_cites_the_words_of_a_limit_and_has_its_unit() -> None:
    found = sensitivity(the_formulation())

    (sentence,) = [line for line in told(found) if "flour" in line]
    assert sentence.startswith('one more kg of flour ("40 kg of flour") is worth 10 $')
    assert found.constraint("orders").quotes == ("twenty were ordered",)


def test_deltas_of_an_integer_problem_cite_the_words_of_the_number() -> None:
    integer = TEXT.replace("bake[Product]: real", "bake[Product]: integer")
    found = sensitivity(the_formulation(integer), of=["flour", "flour_stock"])

    lines = [line for line in told(found) if line.endswith("(solved again)")]
    assert '1 more kg of flour ("40 kg of flour") is worth 8 $ (solved again)' in lines
    assert any(line.startswith("1 more kg on the limit of flour_stock") for line in lines)


def test_a_scenario_cites_what_it_changes() -> None:
    (answer,) = what_if(the_formulation(), ["flour = 50; drop orders"]).answers

    assert [source.name for source in answer.sources] == ["flour", "orders"]
    assert quotes_in(answer.sources) == ("40 kg of flour", "customers get what they ordered")


def test_places_and_quotes_survive_changes() -> None:
    before = the_formulation()
    after = apply_changes(before, read_changes("flour = 50; bake[cake] <= 30; relax orders by 5"))

    for name in ("flour_stock", "orders"):
        was, now = Provenance(before).of_constraint(name), Provenance(after).of_constraint(name)
        assert now[0].place == was[0].place
        assert quotes_in(now) == quotes_in(was)


def test_a_linearization_step_tells_its_element_and_place() -> None:
    text = TEXT.replace("flour_stock: used", "flour_stock: max(used, bake[cake])")
    (step,) = the_formulation(text).solve().steps

    assert step.element == "constraint flour_stock"
    assert step.place is not None
    assert step.place.line == 16
