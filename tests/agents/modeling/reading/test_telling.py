"""What the model leaves out of the text is told in its own words, and where its numbers come from in one line."""

from steepest.agents.modeling.reading.coverage import read_problem
from steepest.agents.modeling.reading.telling import MOST_TOLD, left_out, origins
from steepest.solvers.formulation import Formulation
from steepest.solvers.text.reader import read_formulation


def with_parameters(*parameters: str) -> Formulation:
    lines = "".join(f"  {each}\n" for each in parameters)
    text = f"parameters:\n{lines}variables:\n  x: real >= 0\nmaximize: x\nconstraints:\n  c: x <= a\n"
    formulation = read_formulation(text).formulation
    assert formulation is not None
    return formulation


def test_a_number_left_out_is_told_with_the_words_around_it() -> None:
    text = "There are 40 kg of flour.\nIn all, there can be at most 12 boat\ntrips a day. Go."
    reading = read_problem(text, with_parameters("a = 40"))

    assert left_out(reading, text) == ['12 in "In all, there can be at most 12 boat": nothing in the model has it']


def test_a_number_in_a_table_is_told_with_its_heads() -> None:
    text = "There are 40 kg.\n\n| Store | cost | load |\n|---|---|---|\n| North | 17 | 40 |\n| South | 40 | 40 |"
    reading = read_problem(text, with_parameters("a = 40"))

    assert left_out(reading, text) == ['17 in the table at "North", "cost": nothing in the model has it']


def test_a_parameter_that_nothing_uses_is_named() -> None:
    text = "There are 40 kg of flour and 12 trips."
    reading = read_problem(text, with_parameters("a = 40", "trips = 12"))

    assert left_out(reading, text) == [
        '12 in "There are 40 kg of flour and 12 trips.": parameter trips has it, but nothing uses that'
    ]


def test_a_demand_is_told_as_it_stands() -> None:
    text = "There are 40 kg. Nurses must never\nwork on Sundays."
    reading = read_problem(text, with_parameters("a = 40"))

    assert left_out(reading, text) == ['"Nurses must never work on Sundays.": nothing in the model answers to it']


def test_many_are_counted() -> None:
    text = "There are 40 kg. " + " ".join(f"Route {name} takes {name}7 hours." for name in range(11, 40))
    reading = read_problem(text, with_parameters("a = 40"))

    assert len(reading.unused) == 29
    assert left_out(reading, text)[MOST_TOLD:] == ["and 21 more"]


def test_where_numbers_come_from_is_counted_and_what_is_not_clear_is_named() -> None:
    text = "There are 40 kg of flour. An oven runs 8 hours."
    reading = read_problem(text, with_parameters("a = 40", "oven_minutes = 480", "odd = 41.7", "b = missing"))

    told = "1 from the text, 1 derived (oven_minutes = 8 * 60 = 480), 1 missing, 1 of unknown origin (odd = 41.7)"
    assert origins(reading) == told


def test_nothing_is_told_without_a_formulation() -> None:
    reading = read_problem("There are 40 kg.")

    assert (left_out(reading, "There are 40 kg."), origins(reading)) == ([], "")
