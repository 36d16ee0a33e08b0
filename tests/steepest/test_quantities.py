from decimal import Decimal

import pytest

from steepest.errors import InputError
from steepest.quantities import read_cost, read_count, read_gap, read_repairs, read_seconds, read_seed


def test_numbers_are_read_with_blanks_around_them() -> None:
    assert read_seconds(" 2.5 ") == 2.5
    assert read_gap("0") == 0.0
    assert read_count("3") == 3
    assert read_repairs("0") == 0
    assert read_seed("2147483647") == 2147483647


def test_a_cost_may_carry_its_sign() -> None:
    assert read_cost("$0.05") == Decimal("0.05")


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_seconds, "0"),
        (read_seconds, "nan"),
        (read_seconds, "inf"),
        (read_seconds, "soon"),
        (read_gap, "-0.1"),
        (read_cost, "free"),
        (read_cost, "NaN"),
        (read_cost, "-1"),
        (read_count, "0"),
        (read_count, "1.5"),
        (read_repairs, "-1"),
        (read_seed, "2147483648"),
    ],
)
def test_what_is_no_such_number_is_quoted_with_what_was_expected(read: object, text: str) -> None:
    with pytest.raises(InputError, match=f"'{text}' is not an? "):
        read(text)  # type: ignore[operator]
