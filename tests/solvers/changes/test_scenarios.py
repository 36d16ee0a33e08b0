from pathlib import Path

import pytest

from steepest.errors import InputError
from steepest.solvers.alternatives.search import alternative_optima
from steepest.solvers.battery.battery import run_battery
from steepest.solvers.changes.scenarios import Scenario, compared, read_scenarios, what_if
from steepest.solvers.changes.self_contained import self_contained
from steepest.solvers.control import SolveControl
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.equivalence.compare import compare_formulations
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.explanations import explain_infeasibility
from steepest.solvers.sensitivity.analysis import sensitivity
from steepest.solvers.solution import Solution

BAKERY = """\
sets:
  Product = {bread, cake}
parameters:
  profit[Product] = {bread: 3, cake: 8}   # [$/item]
  use[Product] = {bread: 0.5, cake: 0.8}   # [kg/item]
  flour = 40   # [kg]
variables:
  bake[Product]: integer >= 0   # [item]
maximize: sum(profit[p] * bake[p] for p in Product)   # [$]
constraints:
  flour_stock: sum(use[p] * bake[p] for p in Product) <= flour
  cakes_sold: bake[cake] <= 30
"""


def bakery() -> Formulation:
    return Formulation.from_text(BAKERY)


def test_scenarios_are_told_beside_the_answer_as_it_is() -> None:
    found = what_if(bakery(), ["flour = 50", "flour = 50; drop cakes_sold"])

    assert found.base.objective == 336
    more, free = found.answers
    assert (more.solution.objective, more.objective_change) == (396, 60)
    assert [(each.name, each.index, each.before, each.after, each.unit) for each in more.decisions] == [
        ("bake", ("bread",), 32, 52, "item")
    ]
    assert free.scenario.name == "flour = 50; drop cakes_sold"
    assert ("cakes_sold", ()) in free.no_longer_binding


def test_a_limit_that_begins_to_bind_is_told() -> None:
    (found,) = what_if(bakery(), ["add cap: bake[cake] <= 20"]).answers

    assert found.newly_binding == [("cap", ())]
    assert found.no_longer_binding == [("cakes_sold", ())]


def test_a_scenario_without_an_answer_is_told_as_such() -> None:
    (found,) = what_if(bakery(), ["bake >= 60"]).answers

    assert found.solution.status == "infeasible"
    assert (found.objective_change, found.decisions, found.no_longer_binding) == (None, [], [])


def test_no_scenario_is_solved_if_one_speaks_of_what_is_not_there() -> None:
    with pytest.raises(FormulationError, match="did you mean `flour`"):
        what_if(bakery(), ["flour = 50", "flower = 50"])
    with pytest.raises(FormulationError, match="cookies"):
        what_if(bakery(), ["add cap: cookies <= 5"])


def test_data_of_files_and_tables_are_changed_as_well(tmp_path: Path) -> None:
    (tmp_path / "use.csv").write_text("product,use\nbread,0.5\ncake,0.8\n")
    text = BAKERY.replace("use[Product] = {bread: 0.5, cake: 0.8}   # [kg/item]", 'table use[Product] from "use.csv"')
    formulation = Formulation.from_text(text)

    found = what_if(formulation, ["use[bread] *= 2; flour = 20"], {"flour": 48}, folder=tmp_path)

    assert found.base.objective == 30 * 8 + 48 * 3
    assert found.answers[0].solution.objective == 25 * 8


def test_bound_sets_are_written_into_the_formulation(tmp_path: Path) -> None:
    text = BAKERY.replace("Product = {bread, cake}", 'Product from "products.csv"')
    (tmp_path / "products.csv").write_text("Product\nbread\ncake\n")

    whole = self_contained(Formulation.from_text(text), folder=tmp_path)

    assert whole.solve().objective == 336
    assert whole == bakery()


def test_a_formulation_with_all_its_data_is_its_own_self() -> None:
    formulation = bakery()

    assert self_contained(formulation) is formulation


def test_scenarios_of_a_file_have_names() -> None:
    text = "# next year\nscenario more flour:\n  flour = 50\nscenario free:\n  drop cakes_sold; flour += 10%\n"

    assert [(each.name, len(each.changes)) for each in read_scenarios(text)] == [("more flour", 1), ("free", 2)]


def test_a_file_without_names_has_a_scenario_a_line() -> None:
    assert [each.name for each in read_scenarios("flour = 50\n\n# or\ndrop cakes_sold\n")] == [
        "flour = 50",
        "drop cakes_sold",
    ]


@pytest.mark.parametrize("text", ["", "# nothing", "scenario none:\n"])
def test_a_file_that_changes_nothing_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_scenarios(text)


def test_a_scenario_may_be_made_of_changes() -> None:
    scenario = Scenario("more", read_scenarios("flour = 50")[0].changes)

    assert what_if(bakery(), [scenario]).answers[0].scenario.name == "more"


def test_a_difference_within_the_rounding_of_sums_is_none() -> None:
    base = Solution(status="optimal", objective=0.3 * 1000)
    again = Solution(status="optimal", objective=0.3 * 1000 - 2.27e-13)
    assert compared(Scenario("same", ()), bakery(), base, again).objective_change == 0


def test_scenarios_print_as_a_line_each() -> None:
    assert str(what_if(bakery(), ["flour = 50"])).splitlines()[1].startswith("flour = 50: optimal, objective ")


def test_a_word_where_a_number_must_stand_is_refused() -> None:
    with pytest.raises(FormulationError, match="change `flour = much`"):
        what_if(bakery(), ["flour = much"])


def test_a_cancel_leaves_the_scenarios_open() -> None:
    control = SolveControl()
    control.cancel()
    found = what_if(bakery(), ["flour = 50", "flour = 60"], base=Solution(status="optimal"), control=control)
    assert [each.solution.status for each in found.answers] == ["interrupted", "interrupted"]


def test_a_folder_may_be_a_text(tmp_path: Path) -> None:
    (tmp_path / "flour.csv").write_text("grain,flour\nrye,40\noat,30\n")
    text = """sets:
  Grain = {rye, oat}
parameters:
  flour[Grain] from "flour.csv"
variables:
  use[Grain]: real >= 0
maximize: sum(use[g] for g in Grain)
constraints:
  stock[g in Grain]: use[g] <= flour[g]
"""
    grains, folder = Formulation.from_text(text), str(tmp_path)

    assert what_if(grains, ["drop stock[rye]", "flour[oat] = 1"], folder=folder).base.objective == 70
    assert sensitivity(grains, folder=folder).objective == 70
    assert alternative_optima(grains, folder=folder).verdict == "none"
    assert run_battery(grains, folder=folder).status == "optimal"
    assert explain_infeasibility(grains, folder=folder).conflict is None
    assert compare_formulations(grains, grains, folder_first=folder, folder_second=folder).is_equivalent
