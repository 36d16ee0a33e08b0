"""What a formulation claims to have from the text has to stand there."""

from steepest.agents.modeling.grounding import ground
from steepest.solvers.formulation import Formulation, Parameter
from steepest.solvers.text.reader import read_formulation


def formulated(text: str) -> Formulation:
    formulation = read_formulation(text).formulation
    assert formulation is not None
    return formulation


def one_limit(parameter: str) -> Formulation:
    rest = "variables:\n  x: real >= 0\nmaximize: x\nconstraints:\n  c: x <= a\n"
    return formulated(f"parameters:\n  {parameter}\n{rest}")


def test_a_faithful_formulation_raises_no_doubt(bakery: str, bakery_five: str) -> None:
    grounding = ground(formulated(bakery_five), bakery)

    assert not grounding.is_invented
    assert grounding.diagnostics == ()
    assert {"3", "8", "0.5", "0.8", "40", "5", "30"} == grounding.numbers


def test_a_number_that_the_text_does_not_have_is_named() -> None:
    [finding] = ground(one_limit("a = 41"), "There are 40 kg of flour.").diagnostics

    assert (finding.code, finding.severity, finding.element) == ("number-not-in-text", "warning", "parameter a")
    assert "41" in finding.message


def test_a_number_may_stand_in_words() -> None:
    assert ground(one_limit("a = 0.25"), "at most a quarter").diagnostics == ()
    assert ground(one_limit("a = 25%"), "at most 25 percent").diagnostics == ()


def test_a_factor_between_units_needs_no_place_but_a_quoted_number_does() -> None:
    assert ground(one_limit("a = 60   # [min/h]"), "There are 40 kg.").diagnostics == ()
    assert ground(one_limit('a = 100   # "40 kg"'), "There are 40 kg.").diagnostics


TIN = """
parameters:
  volume = 500   # [cm^3] "hold 500 cubic centimetres"
variables:
  r: real in 0..volume
  h: real in 0..volume
minimize: 2 * 3.1416 * r**2 + 2 * 3.1416 * r * h
constraints:
  holds: 3.1416 * r**2 * h >= volume
"""


def test_exponents_and_the_factors_of_a_shapes_formula_need_no_place() -> None:
    text = "A cylindrical tin is to hold 500 cubic centimetres. Minimize its surface."
    assert ground(formulated(TIN), text).diagnostics == ()
    assert ground(formulated(TIN), text.replace("cylindrical", "").replace("surface", "cost")).diagnostics


def test_data_of_a_shape_need_a_place_but_for_pi() -> None:
    assert ground(one_limit("a = 3.14"), "the area of a circle").diagnostics == ()
    assert ground(one_limit("a = 4"), "the area of a circle").diagnostics


def test_a_sense_against_the_only_verb_of_the_text_is_doubted() -> None:
    [finding] = ground(one_limit("a = 40"), "Minimise the cost of 40 trucks.").diagnostics

    assert (finding.code, finding.element) == ("sense-against-text", "objective")
    assert ground(one_limit("a = 40"), "Minimize waste, maximize profit of 40 trucks.").diagnostics == ()


def test_an_assumed_number_needs_no_place_in_the_text() -> None:
    assert ground(one_limit("a = 41   # assumed: what a truck holds"), "There are 40 kg.").diagnostics == ()


def test_a_quote_is_found_whatever_its_case_space_and_typography() -> None:
    text = "The baker’s flour:\n  40 kg – no more."

    assert ground(one_limit('a = 40   # "THE BAKER\'S flour: 40 kg - no more"'), text).diagnostics == ()
    assert ground(one_limit('a = 40   # "The baker\'s flour ... no more"'), text).diagnostics == ()


def test_an_invented_quote_is_a_warning() -> None:
    [finding] = ground(one_limit('a = 40   # "50 kg of sugar"'), "40 kg of flour").diagnostics

    assert (finding.code, finding.severity) == ("quote-not-in-text", "warning")
    assert "50 kg of sugar" in finding.message


def test_a_formulation_without_any_of_the_texts_numbers_is_invented(bakery_five: str) -> None:
    assert ground(formulated(bakery_five), "What is the capital of France?").is_invented
    assert ground(formulated(bakery_five), "Who scored 17 goals in 1998?").is_invented


def test_a_formulation_without_numbers_is_judged_by_its_words() -> None:
    tour = formulated(
        "sets:\n  City = {Bern, Basel}\nparameters:\n  km[City] = missing\nvariables:\n  go[City]: binary\n"
        "minimize: sum(km[c] * go[c] for c in City)\n"
    )

    assert not ground(tour, "Plan the shortest tour through Bern and Basel.").is_invented
    assert ground(tour, "What is the best song for me?").is_invented


def test_data_from_the_persons_tables_ground_a_formulation() -> None:
    assert not ground(one_limit("a = 7"), "Make the most of it.", bound=["a"]).is_invented


def test_only_numbers_that_the_model_uses_count_as_taken_over() -> None:
    used = one_limit("a = 40")
    unused = used.model_copy(update={"parameters": [*used.parameters, Parameter(name="b", value=30)]})

    assert ground(unused, "40 and 30").numbers == {"40"}


def test_a_long_text_is_searched_to_its_end() -> None:
    big = Formulation.model_validate(
        {"parameters": [{"name": f"p{i}", "value": i + 0.5, "quotes": [f"item {i} has {i}.5"]} for i in range(500)]}
    )
    text = " ".join(f"item {i} has {i}.5 of it;" for i in range(8000))

    assert ground(big, text).diagnostics == ()
