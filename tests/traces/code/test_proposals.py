"""Whether proposed source can take a function's place."""

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.traces.code.proposals import checked, shape_of, undefined_names, unread_parameters
from steepest.traces.parameters import RejectedValueError

ORIGINAL = "def total(numbers, /, start=0, *rest, scale, unit='m', **more):\n    return start"


def shape(source: str = ORIGINAL):  # type: ignore[no-untyped-def]
    return shape_of(ast.parse(source).body[0])  # type: ignore[arg-type]


def reason(proposal: object, original: str = ORIGINAL) -> str:
    with pytest.raises(RejectedValueError) as caught:
        checked(proposal, shape(original))
    return str(caught.value)


def test_a_shape_reads_as_a_signature_without_its_defaults() -> None:
    assert str(shape()) == "def total(numbers, /, start=..., *rest, scale, unit=..., **more)"
    assert str(shape("async def f(a, *, b): yield a")) == "async def f(a, *, b)"
    assert (shape().positional, shape().positional_only) == (("numbers", "start"), ("numbers",))


@pytest.mark.parametrize(
    "proposal",
    [
        ORIGINAL,
        "def total(numbers: list, /, start: int = 7, *rest, scale, unit='km', **more) -> int:\n    return 1",
        'import math\nfrom math import sqrt\nK = 3\n"""A text."""\nclass P:\n    x: int = 1\n'
        "def helper(x):\n    yield x\n" + ORIGINAL,
        "\n\n" + ORIGINAL + "\n\n",
        ORIGINAL.replace("\n", "\r\n"),
        "from __future__ import annotations\n" + ORIGINAL,
    ],
)
def test_code_of_the_same_name_and_signature_is_taken(proposal: str) -> None:
    source, _ = checked(proposal, shape())
    assert source == proposal.replace("\r\n", "\n").strip()


@pytest.mark.parametrize(
    ("proposal", "words"),
    [
        (None, "the code of total is a text, not a NoneType"),
        (f"```python\n{ORIGINAL}\n```", "the code stands inside of ``` fences"),
        ("def total(:\n    pass", "line 1: it is no Python, SyntaxError: invalid syntax\n    def total(:"),
        ("x = 1\n", "the code defines no function: it has to define `def total("),
        ("def sum_up(x):\n    return x", "line 1: the function has to keep its name, total: the code defines sum_up"),
        (f"{ORIGINAL}\n{ORIGINAL}", "line 3: total is defined twice"),
        ("def total(numbers, start=0):\n    return 1", "it has to stay `def total(numbers, /, start=...,"),
        (ORIGINAL.replace("start=0", "start"), "and is `def total(numbers, /, start, *rest"),
        (f"async {ORIGINAL}", "and is `async def total("),
        (ORIGINAL.replace("return start", "yield start"), "has to return its result and not to yield"),
        (f"@cache\n{ORIGINAL}", "line 1: total is decorated where it is used: leave the decorators off\n    @cache"),
        (f"{ORIGINAL}\nprint(total([1], scale=1))", "line 3: this would run when the code is loaded"),
        (f"{ORIGINAL}\nif __name__ == '__main__':\n    pass", "line 3: this would run"),
        (f"from math import *\n{ORIGINAL}", "line 1: import the names that are used instead of `*`"),
        ("x = " + "(" * 5000 + ")" * 5000, "too"),
        (f"{ORIGINAL}\x00", "null"),
    ],
)
def test_what_can_not_take_the_place_is_refused_with_line_and_reason(proposal: object, words: str) -> None:
    assert words in reason(proposal)


def test_a_generator_stays_one_and_what_yields_inside_of_it_does_not_count() -> None:
    original = "def f(x):\n    yield x"
    assert checked("def f(x):\n    yield from [x]", shape(original))
    words = reason("def f(x):\n    def inner():\n        yield x\n    return list(inner())", original)
    assert "f has to yield its results" in words


@given(st.text(max_size=60))
def test_no_text_breaks_the_check(proposal: str) -> None:
    with pytest.raises(RejectedValueError):
        checked(proposal, shape())


def test_names_that_nothing_defines_are_found_with_their_lines() -> None:
    source = textwrap.dedent("""
        import numpy as np
        LIMIT: int = 3
        class Box:
            size = LIMIT
            def grow(self): return self.size + __name__.count("x")
        def f(x: List[int], *rest) -> np.ndarray:
            global made
            made = [each for each in x if (y := each)]
            def inner():
                nonlocal_one = rest
                return nonlocal_one, scale
            try:
                return Box(), made, y, len(x), inner, helper(x)
            except ValueError as error:
                raise error
    """)
    assert undefined_names(source) == {"List": 7, "helper": 14, "scale": 12}


def test_code_that_parses_but_does_not_compile_is_refused() -> None:
    with pytest.raises(RejectedValueError, match="line 2: it is no Python, SyntaxError: 'await' outside"):
        undefined_names("def f():\n    await x")


def test_parameters_that_are_not_read_are_known() -> None:
    source = "def f(self, a, *, b, c=1):\n    return [b for b in range(a)]"
    assert unread_parameters(ast.parse(source), "f") == {"self", "c"}
    assert unread_parameters(ast.parse("def f(self, a):\n    return locals()"), "f") == frozenset()
