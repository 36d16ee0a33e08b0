"""What went wrong, as an error to catch and as words to read."""

import asyncio
import copy
import json
import linecache
import pickle
import runpy
import traceback
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from steepest.errors import SteepestError
from steepest.traces.bundle import bundle
from steepest.traces.failures import ExecutionError, TraceError, failure_of
from steepest.traces.feedback import backward
from steepest.traces.parameters import node


def failure(function: Any, *args: Any) -> ExecutionError:
    with pytest.raises(ExecutionError) as caught:
        function(*args)
    return caught.value


@bundle
def divide(a: float, b: float) -> float:
    """Divide."""
    c = a
    return c / b


def test_the_failing_line_is_marked_with_the_message() -> None:
    error = failure(divide, 1, 0)
    assert str(error) == dedent("""\
        @bundle
        def divide(a: float, b: float) -> float:
            \"""Divide.\"""
            c = a
            return c / b  # <--- ZeroDivisionError: division by zero

        ZeroDivisionError: division by zero""")
    assert error.message == "ZeroDivisionError: division by zero"
    assert error.node.value == str(error)
    assert error.node.record is not None
    assert error.node.record.exception == error.message
    assert error.node.record.names == ("a", "b")


def test_feedback_goes_back_from_the_failure() -> None:
    x = node(1, trainable=True)
    error = failure(divide, x, 0)
    assert [id(each) for each in backward(error, error)] == [id(x)]
    assert x.trainable is not None
    assert x.trainable.feedback[0].text == str(error)


def test_each_level_of_calls_is_shown_and_the_message_once() -> None:
    @bundle
    def outer(a: int) -> float:
        first = a
        return inner(first)

    def inner(a: int) -> float:
        return helper([a, 0])

    def helper(items: list[int]) -> float:
        return items[0] / items[1]

    text = str(failure(outer, 1))
    assert text.count("ZeroDivisionError: division by zero") == 2
    assert [line.strip() for line in text.splitlines() if "# <---" in line] == [
        "return inner(first)  # <--- here",
        "return helper([a, 0])  # <--- here",
        "return items[0] / items[1]  # <--- ZeroDivisionError: division by zero",
    ]
    assert "bundle.py" not in text


def test_nested_bundles_are_levels_like_any_other() -> None:
    @bundle
    def outer(a: int) -> Any:
        return divide(a, 0)

    @bundle
    def outermost(a: int) -> Any:
        return outer(a)

    error = failure(outermost, 1)
    assert [line.strip() for line in str(error).splitlines() if "# <---" in line] == [
        "return outer(a)  # <--- here",
        "return divide(a, 0)  # <--- here",
        "return c / b  # <--- ZeroDivisionError: division by zero",
    ]
    assert str(error).count("division by zero") == 2
    assert isinstance(error, ZeroDivisionError)


def test_an_operation_on_nodes_inside_fails_with_the_plain_exception() -> None:
    outside = node(0)
    seen: list[type] = []

    @bundle
    def inner(a: int) -> Any:
        try:
            return a / outside
        except ZeroDivisionError as error:
            seen.append(type(error))
            raise

    error = failure(inner, 1)
    assert seen == [ZeroDivisionError]
    assert str(error).count("ZeroDivisionError: division by zero") == 2


def test_an_execution_error_that_is_raised_again_keeps_its_words() -> None:
    first = failure(divide, 1, 0)

    @bundle
    def again() -> None:
        raise first

    error = failure(again)
    assert error.message == "ZeroDivisionError: division by zero"
    assert isinstance(error, ZeroDivisionError)
    assert str(first) in str(error)


def test_a_failure_in_a_comprehension_is_marked_in_its_function() -> None:
    @bundle
    def ratios(items: list[int]) -> list[float]:
        total = 1
        return [
            total / each
            for each in items
        ]  # fmt: skip

    text = str(failure(ratios, [1, 0]))
    assert "total / each  # <--- ZeroDivisionError" in text
    assert text.count("def ratios") == 1
    assert bundle(lambda items: sum(1 / each for each in items))([1]).value == 1


def test_comprehensions_and_lambdas_see_what_surrounds_them() -> None:
    factor = 3

    @bundle
    def scaled(items: list[int]) -> list[int]:
        offset = 1
        return [(lambda: each * factor + offset)() for each in items]

    assert scaled([1, 2]).value == [4, 7]


def test_a_lambda_shows_the_line_that_it_stands_in() -> None:
    text = str(failure(bundle(lambda a: a / 0), 1))
    assert "lambda a: a / 0" in text
    assert "# <--- ZeroDivisionError" in text


def test_errors_without_words(tmp_path: Path) -> None:
    @bundle
    def bare(kind: int) -> None:
        if kind == 0:
            raise ValueError()
        raise KeyError

    assert failure(bare, 0).message == "ValueError"
    assert "raise ValueError()  # <--- ValueError" in str(failure(bare, 0))
    assert failure(bare, 1).message == "KeyError"
    program = tmp_path / "program.py"
    program.write_text("def positive(a):\n    assert a > 5\n", encoding="utf-8")
    assertion = bundle(runpy.run_path(str(program))["positive"])
    assert failure(assertion, 1).message == "AssertionError: not true: a > 5"
    assert "assert a > 5  # <--- AssertionError: not true: a > 5" in str(failure(assertion, 1))


def test_an_error_whose_text_can_not_be_had() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    @bundle
    def breaks() -> None:
        raise Broken

    assert failure(breaks).message == "Broken: (its text can't be had: RuntimeError)"


class Custom(Exception):
    """Made in its own way."""

    def __init__(self, code: int, *, detail: str) -> None:
        super().__init__(f"{code} {detail}")
        self.code = code
        self.detail = detail


class Silent(Exception):
    """Calls no other."""

    def __init__(self, code: int) -> None:
        self.code = code


def raised_by(function: Any) -> Exception:
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


ORIGINALS: list[tuple[Any, dict[str, Any]]] = [
    (lambda: {}["key"], {"args": ("key",)}),
    (lambda: [][0], {}),
    (lambda: open("/no/such/file"), {"errno": 2, "filename": "/no/such/file"}),  # noqa: SIM115
    (lambda: b"\xff".decode(), {"encoding": "utf-8", "start": 0, "reason": "invalid start byte", "object": b"\xff"}),
    (lambda: json.loads("{"), {"pos": 1, "lineno": 1}),
    (lambda: next(iter([])), {"value": None}),
    (lambda: (_ for _ in ()).throw(Custom(5, detail="d")), {"code": 5, "detail": "d"}),
    (lambda: (_ for _ in ()).throw(Silent(5)), {"code": 5, "args": (5,)}),
    (lambda: (_ for _ in ()).throw(ExceptionGroup("many", [ValueError("a"), KeyError("b")])), {"message": None}),
    (lambda: compile("a b", "f.py", "exec"), {"lineno": 1, "filename": "f.py"}),
    (lambda: (_ for _ in ()).throw(ImportError("no", name="n", path="p")), {"name": "n", "path": "p"}),
    (lambda: None.nothing, {"name": "nothing", "obj": None}),  # type: ignore[attr-defined]
    (lambda: np.zeros(2) + np.zeros(3), {}),
    (lambda: (_ for _ in ()).throw(StopAsyncIteration()), {}),
]


@pytest.mark.parametrize(("function", "attributes"), ORIGINALS)
def test_the_error_is_of_the_exceptions_type_with_its_attributes(function: Any, attributes: dict[str, Any]) -> None:
    original = raised_by(function)
    error = failure(bundle(function))
    assert isinstance(error, type(original))
    assert isinstance(error, SteepestError)
    assert type(error.__cause__) is type(original)
    for name, value in attributes.items():
        if value is not None:
            assert getattr(error, name) == value
    assert (str(original).splitlines() or [""])[0] in str(error)
    assert type(original).__name__ in str(error)
    restored = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert isinstance(restored, type(original))
    assert str(restored) == str(error)
    assert restored.node.value == error.node.value
    assert str(copy.copy(error)) == str(error)
    assert type(original).__name__ in "".join(traceback.format_exception(error))


class ApiError(Exception):
    def __init__(self, message: str, node: str) -> None:
        super().__init__(message)
        self.message = message
        self.node = node

    @property
    def failure(self) -> str:
        return "the author's own"

    def __getattr__(self, name: str) -> str:
        if name.startswith("api_"):
            return name
        raise AttributeError(name)


def test_an_exceptions_own_attributes_stay_what_its_author_made_them() -> None:
    prompt = node("p", trainable=True)

    @bundle
    def ask(words: str) -> None:
        raise ApiError("rate limited", "n17")

    try:
        ask(prompt)
    except ApiError as error:
        caught = error
    assert (caught.message, caught.node, caught.api_key) == ("rate limited", "n17", "api_key")
    assert not hasattr(caught, "other")
    assert isinstance(caught, ExecutionError)
    failure = failure_of(caught)
    assert (failure.message, failure.node.inputs) == ("ApiError: rate limited", (prompt,))
    assert failure.text == str(caught)
    assert backward(caught, "wait longer") == [prompt]
    restored = pickle.loads(pickle.dumps(caught))  # noqa: S301
    assert (restored.message, failure_of(restored).message) == ("rate limited", "ApiError: rate limited")


def test_other_errors_know_their_failure_by_name() -> None:
    error = failure(divide, 1, 0)
    assert error.failure is failure_of(error)
    assert (error.node, error.message) == (error.failure.node, "ZeroDivisionError: division by zero")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = error.nothing  # type: ignore[attr-defined]
    with pytest.raises(TraceError, match="raised by no operation"):
        failure_of(ExecutionError("made by hand"))


def test_a_group_of_exceptions_can_be_split() -> None:
    @bundle
    def many() -> None:
        raise ExceptionGroup("many", [ValueError("a"), KeyError("b")])

    caught: list[str] = []
    try:
        many()
    except* ValueError as group:
        caught.extend(str(each) for each in group.exceptions)
    except* KeyError:
        caught.append("key")
    assert caught == ["a", "key"]


def test_a_stopped_iteration_in_a_generator_is_a_runtime_error_as_always() -> None:
    @bundle
    def generate() -> Iterator[int]:
        yield next(iter([]))

    assert isinstance(failure(generate), RuntimeError)


def test_classes_that_can_not_be_derived_from_give_the_plain_error() -> None:
    class Final(Exception):
        def __init_subclass__(cls) -> None:
            raise TypeError("final")

    @bundle
    def raises() -> None:
        raise Final("text")

    error = failure(raises)
    assert type(error) is ExecutionError
    assert error.message == "Final: text"


def test_a_library_is_no_level() -> None:
    @bundle
    def parse(text: str) -> Any:
        return json.loads(text)

    text = str(failure(parse, "{"))
    assert "return json.loads(text)  # <--- JSONDecodeError" in text
    assert "decoder" not in text.lower().replace("jsondecodeerror", "")


def test_deep_recursion_is_shown_in_part() -> None:
    @bundle
    def dive(n: int) -> int:
        return dive(n - 1) if n > 3 else other(n)

    def other(n: int) -> int:
        return dive(n) + 1 if n > 10_000 else 1 // 0

    @bundle
    def ping(n: int) -> int:
        return pong(n - 1)

    def pong(n: int) -> int:
        return ping(n - 1) if n > 0 else 1 // 0

    assert len(str(failure(dive, 200))) < 2000
    text = str(failure(ping, 200))
    assert "more levels of calls ..." in text
    assert len(text) < 5000


def test_endless_recursion_is_a_recursion_error() -> None:
    @bundle
    def endless(n: int) -> int:
        return endless(n + 1)

    error = failure(endless, 0)
    assert isinstance(error, RecursionError)
    assert len(str(error)) < 2000


def test_code_without_source_is_named() -> None:
    space: dict[str, Any] = {}
    exec(compile("def f(a):\n    return a / 0", "<made up>", "exec"), space)  # noqa: S102
    text = str(failure(bundle(space["f"]), 1))
    assert text.startswith("f, line 2:")
    linecache.cache["<made up>"] = (20, None, ["def f(a):\n", "    return a / 0\n"], "<made up>")
    space.clear()
    exec(compile("def f(a):\n    return a / 0", "<made up>", "exec"), space)  # noqa: S102
    assert "return a / 0" in str(failure(bundle(space["f"]), 1))
    del linecache.cache["<made up>"]


def test_a_long_message_is_cut() -> None:
    @bundle
    def shout() -> None:
        raise ValueError("x" * 100_000)

    assert len(failure(shout).message) < 2100


def test_awaited_failures_are_told_the_same_way() -> None:
    @bundle
    async def fetch(a: int) -> float:
        await asyncio.sleep(0)
        return a / 0

    text = str(failure(lambda: asyncio.run(fetch(1))))
    assert "return a / 0  # <--- ZeroDivisionError: division by zero" in text


def test_operators_of_a_users_class_are_marked() -> None:
    class Money:
        def __add__(self, other: Any) -> Any:
            raise ValueError("currencies differ")

    text = str(failure(lambda: node(Money()) + 1))
    assert 'raise ValueError("currencies differ")  # <--- ValueError: currencies differ' in text
