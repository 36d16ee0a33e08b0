"""Numbers of changes with units: the element's own, one that converts, or one that is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.chat.stores.protocol import SessionStore
from steepest.agents.chat.units import in_own_units
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from tests.agents.chat.talks import BAKERY, TOLD, Baker, say, session

WITH_DAYS = BAKERY.replace("  most_cakes = 30", "  days = 3\n  most_cakes = 30")
MODEL = Formulation.from_text(WITH_DAYS)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("flour = 50 kg", "flour = 50"),
        ("flour = 50kg", "flour = 50"),
        ("flour = 0.05 t", "flour = 50"),
        ("flour += 500 g", "flour += 0.5"),
        ("profit[cake] = 9 $/item", "profit[cake] = 9"),
        ("flour_use[bread] = 600 g/item", "flour_use[bread] = 0.6"),
        ("bake[cake] <= 1,000 items", "bake[cake] <= 1000"),
        ("flour = 50 kg; drop cakes_sold", "flour = 50; drop cakes_sold"),
        ("flour = 50 KG", "flour = 50"),
    ],
)
def test_a_unit_that_is_the_elements_or_converts_is_taken(written: str, read: str) -> None:
    assert in_own_units(written, MODEL) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("flour = 50 please", "flour = 50"),
        ("flour = 50, please!", "flour = 50"),
        ("flour = 50 kg please", "flour = 50"),
        ("flour = 0.05 t instead, thank you", "flour = 50"),
        ("flour += 10% now", "flour += 10%"),
        ("days = 5 then", "days = 5"),
        ("flour = please", "flour = please"),
        ("flour = 50 and days = 3", "flour = 50 and days = 3"),
    ],
)
def test_words_behind_a_number_that_say_nothing_of_it_are_no_unit(written: str, read: str) -> None:
    assert in_own_units(written, MODEL) == read


POWER = """\
parameters:
  power = 3   # [MW]
  dose = 5   # [mg]
  warm = 20   # [°C]
variables:
  x: real >= 0   # [Loaf]
maximize: x
constraints:
  most: x <= dose + power + warm
"""


@pytest.mark.parametrize("written", ["power = 500 mW", "dose = 2 Mg", "power = 3 mw", "power = 3 uW"])
def test_a_small_letter_is_another_unit_than_a_capital_one(written: str) -> None:
    with pytest.raises(FormulationError, match="can't be turned into it"):
        in_own_units(written, Formulation.from_text(POWER))


@pytest.mark.parametrize("written", ["warm = 30 °c", "warm = 30 °C", "x <= 30 loaves", "x <= 30 LOAF", "power = 30 MW"])
def test_of_units_without_a_size_letters_count_no_case(written: str) -> None:
    assert in_own_units(written, Formulation.from_text(POWER)).endswith(" 30")


def test_a_long_text_is_read_at_once() -> None:
    text = f"flour = {'1' * 100_000} {'please ' * 10_000}"
    assert in_own_units(text, MODEL) == text.strip()


@pytest.mark.parametrize(
    "written", ["flour = 50", "flour += 10%", "flur = 5 kg", "flour = 50 - 3", "flour = lots", "add a: bake[cake] <= 3"]
)
def test_what_has_no_unit_stays_as_it_is(written: str) -> None:
    assert in_own_units(written, MODEL) == written


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("flour = 50 litres", "`flour` is in kg, and litres can't be turned into it"),
        ("flour = 3 kg/day", "is in kg"),
        ("days = 3 weeks", "`days` is a number without a unit"),
    ],
)
def test_another_unit_is_refused_with_the_one_to_use(written: str, reason: str) -> None:
    with pytest.raises(FormulationError, match="unit") as refused:
        in_own_units(written, MODEL)
    assert reason in str(refused.value)


@given(st.floats(min_value=0.001, max_value=1e6))
def test_a_number_is_the_same_in_every_unit_of_its_measure(number: float) -> None:
    read = float(in_own_units(f"flour = {number:.12f} t", MODEL).rpartition("=")[2])
    assert read == pytest.approx(number * 1000, rel=1e-9, abs=1e-8)


@pytest.mark.parametrize("words", ["flour = 50 kg", "/change flour = 0.05 t", "what if?"])
def test_whoever_says_it_the_version_has_the_number(store: SessionStore, tmp_path: Path, words: str) -> None:
    talk = session(store, Baker({"what if?": "wish: change\nchanges: flour = 50 kg"}), tmp_path)
    say(talk, TOLD, words)
    current = talk.conversation.current
    assert current is not None
    assert current.changes == ("flour = 50",)
    assert current.solution is not None
    assert current.solution.objective == pytest.approx(396)
