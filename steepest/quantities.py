"""Numbers as a person writes them in an option or an environment variable, each read in one place."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from steepest.errors import InputError

Number = TypeVar("Number", int, float, Decimal)


def _reader(
    expected: str, convert: Callable[[str], Number], accepts: Callable[[Number], bool]
) -> Callable[[str], Number]:
    """A function that reads one kind of number, or raises `InputError` naming what it expected."""

    def read(text: str) -> Number:
        try:
            number = convert(text.strip())
        except (ValueError, ArithmeticError) as error:  # Decimal's complaint is an ArithmeticError
            raise InputError(f"{text!r} is not {expected}") from error
        if not accepts(number):
            raise InputError(f"{text!r} is not {expected}")
        return number

    return read


def _is_finite(number: float) -> bool:
    return bool(number - number == 0)


read_seconds = _reader("a number of seconds above 0", float, lambda s: s > 0 and _is_finite(s))
read_gap = _reader("a relative gap such as 0.01", float, lambda gap: gap >= 0 and _is_finite(gap))
read_cost = _reader(
    "an amount of US dollars above 0", lambda text: Decimal(text.removeprefix("$")), lambda c: c.is_finite() and c > 0
)
read_count = _reader("a whole number from 1", int, lambda count: count >= 1)
read_repairs = _reader("a whole number from 0", int, lambda repairs: repairs >= 0)
read_seed = _reader("a whole number from 0 to 2147483647", int, lambda seed: 0 <= seed < 2**31)
read_share = _reader("a share from 0 to 1", float, lambda share: 0 <= share <= 1)
