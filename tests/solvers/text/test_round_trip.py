"""Both faces of a formulation carry the same content, and what is printed is the one canonical form."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from steepest.solvers.formulation import Formulation
from steepest.solvers.text.printer import print_formulation
from steepest.solvers.text.reader import read_formulation
from tests.solvers.strategies import formulations, mutations, small_linear_formulations, small_linear_texts


@given(formulations())
@settings(max_examples=200)
def test_what_is_printed_reads_back_as_the_same_formulation(formulation: Formulation) -> None:
    text = print_formulation(formulation)
    reading = read_formulation(text)
    assert reading.formulation == formulation, f"{text}\n{reading.diagnostics}"


@given(formulations())
@settings(max_examples=100)
def test_printing_what_was_printed_and_read_gives_the_same_text(formulation: Formulation) -> None:
    text = formulation.to_text()
    assert Formulation.from_text(text).to_text() == text


@given(formulations())
@settings(max_examples=100)
def test_json_reads_back_as_the_same_formulation(formulation: Formulation) -> None:
    assert Formulation.model_validate_json(formulation.model_dump_json()) == formulation


@given(formulations())
@settings(max_examples=50)
def test_what_went_through_json_prints_the_same_text(formulation: Formulation) -> None:
    assert Formulation.model_validate_json(formulation.model_dump_json()).to_text() == formulation.to_text()


@given(small_linear_formulations())
@settings(max_examples=50)
def test_small_models_round_trip_through_both_faces(formulation: Formulation) -> None:
    assert Formulation.from_text(formulation.to_text()) == formulation
    assert Formulation.model_validate_json(formulation.model_dump_json()) == formulation


@given(formulations())
@settings(max_examples=50)
def test_reading_canonical_text_leaves_no_finding(formulation: Formulation) -> None:
    assert list(read_formulation(formulation.to_text()).diagnostics) == []


@given(st.text())
@example("sets:\n  A = {")
@example("table:")
@example("minimize: (((((")
def test_no_text_makes_the_reader_raise(text: str) -> None:
    reading = read_formulation(text)
    assert (reading.formulation is None) == bool(reading.diagnostics.errors)


@given(small_linear_texts().flatmap(mutations))
@settings(max_examples=200)
def test_no_mutilated_text_makes_the_reader_raise(text: str) -> None:
    reading = read_formulation(text)
    assert (reading.formulation is None) == bool(reading.diagnostics.errors)
    if reading.formulation is not None:
        assert read_formulation(reading.formulation.to_text()).formulation == reading.formulation


def test_a_constraint_named_like_the_second_of_two_variables_declared_in_one_line_reads_back_the_same():
    text = "variables:\n  a, b: real in 1..9\nminimize: a\nconstraints:\n  b: a + b >= 7\n"
    formulation = Formulation.from_text(text)
    assert [each.name for each in formulation.constraints] == ["b_constraint"]
    assert Formulation.from_text(formulation.to_text()) == formulation
