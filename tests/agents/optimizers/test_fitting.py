"""What was said becomes a value of the component's own type, or is refused with what would fit."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.fitting import LONGEST, fit, wanted
from steepest.agents.optimizers.search.values import Component
from steepest.errors import InputError, SteepestError

TEXT, CODE, JSON = Component("p", "text"), Component("c", "code"), Component("j", "json")
FLAG, COUNT, RATE = Component("b", "boolean"), Component("n", "integer"), Component("r", "float")
BOUNDED = Component("n", "integer", low=1, high=10)
CHOICE = Component("m", "choice", choices=("fast", "exact", 3, None, True))


def refusal(component: Component, said: object) -> str:
    with pytest.raises(InputError) as caught:
        fit(component, said)
    return str(caught.value)


@pytest.mark.parametrize("said", ["False", "false", " FALSE\n", "no", "off", "0", "`false`", '"false"', False])
def test_false_is_false(said: object) -> None:
    assert fit(FLAG, said) is False


@pytest.mark.parametrize("said", ["True", "true", "yes", "1", "```\ntrue\n```", True])
def test_true_is_true(said: object) -> None:
    assert fit(FLAG, said) is True


@pytest.mark.parametrize("said", ["maybe", "", 1, 0.0, None, [], "not false"])
def test_what_is_neither_true_nor_false_is_refused(said: object) -> None:
    assert "it has to be true or false" in refusal(FLAG, said)


@pytest.mark.parametrize(("said", "value"), [("3", 3), (" -3\n", -3), ("3.0", 3), (3.0, 3), ("1e3", 1000), ("'7'", 7)])
def test_a_whole_number_is_a_whole_number_however_it_is_written(said: object, value: int) -> None:
    assert fit(COUNT, said) == value
    assert type(fit(COUNT, said)) is int


@pytest.mark.parametrize(
    "said", ["3.5", 3.5, "three", "3 apples", "1_000", "1,000", "", True, None, "nan", "0x10", "٣"]
)
def test_what_is_no_whole_number_is_refused(said: object) -> None:
    assert "it has to be a whole number" in refusal(COUNT, said)


def test_a_large_whole_number_stays_exact() -> None:
    assert fit(COUNT, str(10**200 + 1)) == 10**200 + 1
    assert "it has to be a number" in refusal(RATE, 10**400)
    assert "a whole number" in refusal(COUNT, "9" * 5000)


@pytest.mark.parametrize("said", ["nan", "inf", "-Infinity", "1e999", math.nan, math.inf, "1/2", "50%", False, "", [1]])
def test_what_is_no_finite_number_is_refused(said: object) -> None:
    assert "it has to be a number" in refusal(RATE, said)


def test_a_number_is_a_float_where_one_is_wanted() -> None:
    assert [type(fit(RATE, said)) for said in ("3", 3, "3.5e-2", ".5", "5.")] == [float] * 5


@pytest.mark.parametrize("said", ["0", 11, "-1", 1e9])
def test_a_number_out_of_bounds_is_refused_with_the_bounds(said: object) -> None:
    assert "it has to be a whole number from 1 to 10" in refusal(BOUNDED, said)


def test_bounds_are_included() -> None:
    assert [fit(BOUNDED, each) for each in ("1", "10")] == [1, 10]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("fast", "fast"),
        (" Fast ", "fast"),
        ('"exact"', "exact"),
        (3, 3),
        ("3", 3),
        (3.0, 3),
        ("null", None),
        ("true", True),
    ],
)
def test_a_choice_is_one_of_its_own(said: object, value: object) -> None:
    assert fit(CHOICE, said) == value
    assert type(fit(CHOICE, said)) is type(value)


@pytest.mark.parametrize("said", ["slow", 4, "", ["fast"], 1, "fast or exact"])
def test_another_choice_is_refused_with_all_there_are(said: object) -> None:
    assert 'one of these: "fast", "exact", 3, null, true' in refusal(CHOICE, said)


def test_a_spelling_that_could_be_two_choices_is_refused() -> None:
    assert "one of these" in refusal(Component("m", "choice", choices=("A", "a")), "`Aa`")
    assert fit(Component("m", "choice", choices=("A", "a")), "a") == "a"


@pytest.mark.parametrize(("said", "value"), [("[3, 4]", [3, 4]), ("```json\n{}\n```", {}), ('"a"', "a"), ([3], [3])])
def test_json_in_a_text_is_what_it_spells(said: object, value: object) -> None:
    assert fit(JSON, said) == value


@pytest.mark.parametrize("said", ["{'a': 1}", "None", "[1, 2", "", "NaN", "[" * 50_000, "\ufeff"])
def test_what_is_no_json_is_refused(said: str) -> None:
    assert refusal(JSON, said)


def test_a_text_is_taken_as_it_is() -> None:
    assert fit(TEXT, "  a\n\n```\nb\n```\n") == "  a\n\n```\nb\n```\n"
    assert "it has to be a text" in refusal(TEXT, 3)
    assert f"write at most {LONGEST:,}" in refusal(TEXT, "x" * (LONGEST + 1))


def test_code_loses_the_fence_around_all_of_it_and_no_other() -> None:
    inner = 'def f():\n    """\n    ```\n    f()\n    ```\n    """\n    return 1'

    assert fit(CODE, f"```python\n{inner}\n```") == inner
    assert fit(CODE, inner) == inner
    assert "can't be empty" in refusal(CODE, " \n")


def test_the_judge_has_the_last_word() -> None:
    def judge(value: str) -> str:
        if "def " not in value:
            raise InputError("it has no function")
        return value + "\n"

    component = Component("c", "code", judge=judge)

    assert fit(component, "def f(): ...") == "def f(): ...\n"
    assert refusal(component, "f = 1") == "it has no function"


def test_what_a_component_wants_is_said_in_words() -> None:
    assert wanted(BOUNDED) == "a whole number from 1 to 10"
    assert wanted(Component("r", "float", low=0.001)) == "a number, 0.001 or more"
    assert wanted(Component("r", "float", high=5)) == "a number, 5 or less"
    assert wanted(JSON) == "a value written as JSON"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text("abc"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz"), inner, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES)
def test_any_json_value_comes_back_from_its_text(value: object) -> None:
    assert fit(JSON, json.dumps(value)) == value


@given(st.integers(-(10**30), 10**30))
def test_any_whole_number_comes_back_from_its_text(value: int) -> None:
    assert fit(COUNT, str(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_comes_back_from_its_text(value: float) -> None:
    assert fit(RATE, repr(value)) == value


@given(st.sampled_from([TEXT, CODE, JSON, FLAG, COUNT, RATE, BOUNDED, CHOICE]), st.text() | JSON_VALUES)
def test_whatever_is_said_fits_or_is_refused(component: Component, said: object) -> None:
    try:
        value = fit(component, said)
    except SteepestError:
        return
    assert fit(component, value) == value or component.kind == "json"
