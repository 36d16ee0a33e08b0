"""Every number of a formulation leads back to the text, and what the formulation leaves out of the text is told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.agents.modeling.reading.coverage import Origin, Reading, read_problem
from steepest.agents.modeling.reading.places import MOST_NUMBERS
from steepest.solvers.formulation import Formulation
from steepest.solvers.text.reader import read_formulation


def formulated(text: str) -> Formulation:
    formulation = read_formulation(text).formulation
    assert formulation is not None
    return formulation


def with_parameters(*parameters: str, constraint: str = "x <= a", sets: str = "") -> Formulation:
    lines = "".join(f"  {each}\n" for each in parameters)
    return formulated(
        f"{sets}parameters:\n{lines}variables:\n  x: real >= 0\nmaximize: x\nconstraints:\n  c: {constraint}\n"
    )


def words_of(reading: Reading, text: str, name: str) -> list[list[str]]:
    return [[span.of(text) for span in origin.spans] for origin in reading.origins_of(name)]


def only(origins: list[Origin]) -> Origin:
    [origin] = origins
    return origin


def unused(text: str, formulation: Formulation) -> list[str]:
    return [number.span.of(text) for number in read_problem(text, formulation).unused]


def test_a_faithful_formulation_uses_every_number(bakery: str, bakery_five: str) -> None:
    reading = read_problem(bakery, formulated(bakery_five))

    assert reading.unused == []
    assert reading.unread == []
    assert reading.number_coverage == 1
    assert reading.provenance_coverage == 1
    assert {origin.kind for origin in reading.origins} == {"text"}


def test_numbers_find_their_words_without_any_quote(bakery: str, bakery_five: str) -> None:
    bare = "\n".join(line.split("#")[0].rstrip() for line in bakery_five.splitlines())
    reading = read_problem(bakery, formulated(bare))
    [bread, cake] = reading.origins_of("flour_use")

    assert [bread.index, cake.index] == [("bread",), ("cake",)]
    assert "uses 0.5 kg" in bakery[bread.spans[0].start - 5 : bread.spans[0].end + 3]
    assert "uses 0.8 kg" in bakery[cake.spans[0].start - 5 : cake.spans[0].end + 3]


def test_the_words_under_the_mouse_name_what_comes_from_them(bakery: str, bakery_five: str) -> None:
    reading = read_problem(bakery, formulated(bakery_five))

    assert only(reading.origins_at(bakery.index("40 kg"))).element == "parameter flour"
    assert reading.origins_at(bakery.index("bakery")) == []


def test_the_same_number_in_two_places_is_told_apart_by_what_stands_around_it() -> None:
    text = "A truck carries 20 tons and a van costs $20 a day. Demand is 20 boxes."
    reading = read_problem(
        text, with_parameters("van_cost = 20", "truck_load = 20", "demand = 20", constraint="x <= van_cost")
    )

    starts = {name: only(reading.origins_of(name)).spans[0].start for name in ("van_cost", "truck_load", "demand")}
    assert starts == {
        "truck_load": text.index("20"),
        "van_cost": text.index("20 a day"),
        "demand": text.index("20 boxes"),
    }


def test_a_quote_decides_where_words_do_not() -> None:
    text = "Monday needs 8. Tuesday needs 8."
    reading = read_problem(text, with_parameters('a = 8   # "Tuesday needs 8"'))

    assert only(reading.origins_of("a")).spans[0].start == text.rindex("8")


TABLE = """Costs of shipping:

| from | Bern | Chur |
|---|---|---|
| North | 3 | 5 |
| South | 5 | 3 |
"""


@pytest.mark.parametrize("transposed", [False, True])
def test_cells_of_a_table_are_found_by_their_heads(transposed: bool) -> None:
    rows = (
        "    |  | North | South |\n    | Bern | 3 | 5 |\n    | Chur | 5 | 3 |\n"
        if transposed
        else "    |  | Bern | Chur |\n    | North | 3 | 5 |\n    | South | 5 | 3 |\n"
    )
    head = "Shop, Plant" if transposed else "Plant, Shop"
    sets = "sets:\n  Plant = {North, South}\n  Shop = {Bern, Chur}\n"
    formulation = formulated(
        f"{sets}parameters:\n  table cost[{head}]:\n{rows}variables:\n  ship[{head}]: real >= 0\n"
        f"minimize: sum(cost[i, j] * ship[i, j] for i in {head.split(', ')[0]} for j in {head.split(', ')[1]})\n"
    )
    reading = read_problem(TABLE, formulation)
    index = ("Chur", "South") if transposed else ("South", "Chur")

    assert {origin.kind for origin in reading.origins} == {"table"}
    assert only(reading.origins_of("cost", index)).spans[0].start == TABLE.rindex("3")
    assert unused(TABLE, formulation) == []


def test_a_list_is_placed_in_its_order() -> None:
    text = "The suppliers have capacities of [120,150,120] units; demand is 120."
    formulation = with_parameters(
        "capacity[1..3] = [120, 150, 120]",
        "demand = 120",
        constraint="x <= capacity[1] + capacity[2] + capacity[3] + demand",
    )
    starts = [origin.spans[0].start for origin in read_problem(text, formulation).origins_of("capacity")]

    assert starts == [text.index("120"), text.index("150"), text.index("120]")]


@pytest.mark.parametrize(
    ("text", "parameter", "how"),
    [
        ("An oven runs 8 hours a day.", "oven_minutes = 480   # [min] minutes an oven runs", "8 * 60"),
        ("There are 3 crates of 12 bottles each.", "bottles = 36   # in crates", "3 * 12"),
        ("Staff may take at most 40% of the seats.", 'share = 0.6   # "at most 40% of the seats"', None),
        ("Loans earn 5%, of which taxes take 20%.", "loans_net = 0.04   # loans earn, taxes", "0.05 * (1 - 0.2)"),
    ],
)
def test_a_number_may_be_reckoned_from_those_of_the_text(text: str, parameter: str, how: str | None) -> None:
    formulation = with_parameters(parameter, constraint=f"x <= {parameter.split()[0]}")
    origin = only(read_problem(text, formulation).origins)

    assert origin.kind == ("derived" if how else "text")
    assert origin.how == (how or "")
    assert unused(text, formulation) == []


def test_what_cannot_be_said_is_said() -> None:
    origin = only(read_problem("There are 40 kg.", with_parameters("a = 41.7")).origins)

    assert (origin.kind, origin.spans) == ("unknown", ())


def test_assumed_missing_known_and_bound_numbers_have_their_own_kinds() -> None:
    formulation = with_parameters("a = 41   # assumed: what a truck holds", "b = missing", "c = 60", "d = 5")
    kinds = {origin.name: origin.kind for origin in read_problem("Go far.", formulation, bound=["d"]).origins}

    assert kinds == {"a": "assumed", "b": "missing", "c": "constant", "d": "data"}


def test_a_number_that_the_formulation_leaves_out_is_told() -> None:
    text = "There are 40 kg of flour, and at most 12 trips can be made."

    assert unused(text, with_parameters("a = 40")) == ["12"]


def test_a_limit_is_missed_even_where_its_number_stands_for_something_else() -> None:
    text = "A van carries 30 boxes of 40 kg. The town takes at most 30 vans."

    assert unused(text, with_parameters("boxes = 30", "weight = 40", constraint="x <= boxes * weight")) == ["30"]


def test_a_number_in_a_parameter_that_nothing_needs_is_told_with_it() -> None:
    text = "There are 40 kg of flour, and at most 12 trips."
    [number] = read_problem(text, with_parameters("a = 40", "trips = 12")).unused

    assert (number.use, number.elements) == ("idle", ("parameter trips",))


def test_a_parameter_is_needed_by_way_of_others() -> None:
    text = "There are 40 kg of flour, of which 12 kg are kept."

    assert unused(text, with_parameters("a = all - kept", "all = 40", "kept = 12")) == []


@pytest.mark.parametrize(
    "text",
    [
        "See Table 3-1: store 1 and store 2 sell 40 kg.",
        "In 2023, on March 15, there were 40 kg (see problem 7).",
        "Both plants, one of three kinds, hold 40 kg.",
        "There are 40 kg. 1) No kg is lost. 2) Give the answer to 2 decimal places.",
        "Open from 8:30 to 17:00, 24 hours a day in all, with 40 kg.",
        "The 40 kg are sold, x_1 + x_{12} <= y[0] + y[7].",
        "day 1 2 3 4 5\nThere are 40 kg.",
        r"\renewcommand{\arraystretch}{1.2} There are 40 kg, in thousand pounds.",
    ],
)
def test_what_is_no_data_is_not_missed(text: str) -> None:
    assert unused(text, with_parameters("a = 40")) == []


def test_how_many_things_there_are_is_not_missed_where_the_formulation_has_as_many() -> None:
    formulation = formulated(
        "sets:\n  Plant = {A, B, C}\nparameters:\n  most = 40\nvariables:\n  make[Plant]: real >= 0\n"
        "maximize: sum(make[p] for p in Plant)\nconstraints:\n  c: sum(make[p] for p in Plant) <= most\n"
    )

    assert unused("There are 3 plants and 40 kg.", formulation) == []
    assert unused("There are 7 plants and 40 kg.", formulation) == ["7"]


def test_a_number_told_twice_is_used_once() -> None:
    text = "There are 40 kg (40,000 g) of flour. All of the 40 kg of flour can be used."

    assert unused(text, with_parameters('a = 40   # "40 kg"')) == []


def test_a_demand_without_a_number_that_nothing_answers_to_is_told() -> None:
    text = "There are 40 kg of flour. Nurses must never work on Sundays after nights."
    [sentence] = read_problem(text, with_parameters("a = 40")).unread

    assert sentence.span.of(text) == "Nurses must never work on Sundays after nights."


def test_a_demand_is_answered_by_a_constraint_that_quotes_it_or_shares_its_words() -> None:
    text = "There are 40 kg. Nurses must never work on Sundays."
    quoting = formulated(
        'variables:\n  x: real >= 0\nmaximize: x\nconstraints:\n  c: x <= 40   # "Nurses must never work"\n'
    )
    sharing = formulated("variables:\n  x: real >= 0\nmaximize: x\nconstraints:\n  sunday: x <= 40\n")

    assert read_problem(text, quoting).unread == []
    assert read_problem(text, quoting).sentences[1].elements == ("constraint c",)
    assert read_problem(text, sharing).unread == []


def test_without_a_formulation_the_text_is_only_cut() -> None:
    reading = read_problem("Table 2 has 40 kg. Go.")

    assert [number.use for number in reading.numbers] == ["label", "unknown"]
    assert (reading.unused, reading.origins, reading.number_coverage, reading.provenance_coverage) == (
        [],
        [],
        None,
        None,
    )
    assert len(reading.sentences) == 2


def test_a_reading_survives_json() -> None:
    reading = read_problem("There are 40 kg, at most 12.", with_parameters("a = 40"))

    assert Reading.model_validate_json(reading.model_dump_json()) == reading


def test_of_a_text_full_of_numbers_the_first_are_looked_at() -> None:
    reading = read_problem("40 " * (MOST_NUMBERS + 5), with_parameters("a = 40"))

    assert reading.is_cut
    assert len(reading.numbers) == MOST_NUMBERS


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="40 12%./,:-|\n()[]{}$\\^_ab at most kg<td>½", max_size=120))
def test_no_text_breaks_the_comparison(text: str) -> None:
    reading = read_problem(text, with_parameters("a = 40", "b = 12", 'd = 0.5   # "at most"'))

    assert all(0 <= number.span.start < number.span.end <= len(text) for number in reading.numbers)
    assert len(reading.origins) == 3


@given(st.lists(st.integers(2, 10**6), min_size=1, max_size=6, unique=True))
def test_what_is_stated_and_modelled_is_always_used(values: list[int]) -> None:
    text = ", and ".join(f"kind{letter} weighs {value:,} kg" for letter, value in zip("abcdef", values, strict=False))
    names = [f"kind{letter}" for letter, _ in zip("abcdef", values, strict=False)]
    formulation = with_parameters(
        *(f"{name} = {value}" for name, value in zip(names, values, strict=True)),
        constraint=f"x <= {' + '.join(names)}",
    )
    reading = read_problem(text, formulation)

    assert reading.unused == []
    assert [words_of(reading, text, name) for name in names] == [[[f"{value:,}"]] for value in values]
