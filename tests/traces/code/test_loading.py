"""Proposed source as a function of this process."""

import builtins
import inspect
import linecache
import threading
import traceback
from types import FunctionType
from typing import Any

import pytest

from steepest.traces.code import loading
from steepest.traces.code.loading import load
from steepest.traces.parameters import RejectedValueError

SCALE = 10
counter = 0


def scaled(x: float, factor: float = 2.0) -> float:
    return x * factor * SCALE


class Animal:
    def __init__(self) -> None:
        self.__secret = 7

    def sound(self) -> str:
        return "?"

    def secret(self) -> int:
        return self.__secret

    def kind(self) -> str:
        return "animal"


class Dog(Animal):
    def sound(self) -> str:
        return super().sound() + "!"

    def kind(self) -> str:
        return "dog"


def test_the_new_function_sees_the_module_of_the_original() -> None:
    made = load("def scaled(x, factor=3.0):\n    return SCALE + x * factor", scaled)
    assert made(1) == 13
    assert (made.__module__, made.__qualname__) == (__name__, "scaled")


def test_nothing_that_the_source_defines_shows_in_the_module() -> None:
    before = set(globals())
    source = "import math as m\nK = 3\nclass C:\n    pass\ndef help_out(x):\n    return m.floor(x) * K\n"
    made = load(source + "def scaled(x, factor=K):\n    return help_out(x) + factor", scaled)

    assert made(2.5) == 9
    assert set(globals()) == before
    assert scaled(1) == 20


def test_recursion_finds_the_new_function() -> None:
    def count(n: int) -> list[int]:
        return [n]

    made = load("def count(n):\n    return [n] + (count(n - 1) if n else [])", count)
    assert made(2) == [2, 1, 0]
    assert count(2) == [2]


def test_the_closure_is_the_very_one_of_the_original() -> None:
    calls, rate = 0, 1

    def bump(x: int) -> int:
        nonlocal calls
        calls += 1
        return x * rate

    made = load("def bump(x):\n    nonlocal calls\n    calls += 10\n    return x + rate", bump)
    rate = 5
    assert (made(1), bump(1)) == (6, 5)
    assert calls == 11


def test_a_global_statement_writes_to_the_users_module_or_to_the_sources_own_names() -> None:
    def step() -> int:
        return counter

    source = "own = 0\ndef step():\n    global counter, own\n    own += 1\n    counter += 2\n    return own"
    made = load(source, step)
    before = counter
    assert (made(), made()) == (1, 2)
    assert counter == before + 4
    assert "own" not in globals()


def test_a_name_of_the_source_hides_that_of_the_module() -> None:
    made = load("SCALE = 1\ndef scaled(x, factor=2.0):\n    return x * SCALE", scaled)
    assert made(3) == 3
    assert SCALE == 10


def test_super_and_private_names_and_the_class_itself_mean_what_they_mean_in_the_class() -> None:
    sound = load("def sound(self):\n    return super().sound() + str(isinstance(self, Dog))", Dog.sound)
    secret = load("def secret(self):\n    return self.__secret + 1", Animal.secret)
    assert sound(Dog()) == "?True"
    assert secret(Animal()) == 8


def test_a_method_may_use_super_where_the_original_did_not() -> None:
    made = load("def kind(self):\n    return super().kind() + ' (dog)'", Dog.kind, Dog)
    assert made(Dog()) == "animal (dog)"
    with pytest.raises(RejectedValueError, match=r"super\(\) is of no use"):
        load("def kind(self):\n    return super().kind()", Dog.kind)


def test_helpers_have_names_as_in_a_module() -> None:
    source = "class Box:\n    def f(self): pass\ndef helper(x): pass\ndef sound(self):\n    return Box, Box.f, helper"
    assert [each.__qualname__ for each in load(source, Dog.sound)(None)] == ["Box", "Box.f", "helper"]


def test_a_class_inside_of_a_function_is_still_itself() -> None:
    class Point:
        def moved(self, by: int) -> "Point":
            return Point()

    made = load("def moved(self, by):\n    return [Point() for _ in range(by)]", Point.moved)
    assert [type(each) for each in made(Point(), 2)] == [Point, Point]


def test_annotations_as_texts_are_possible() -> None:
    made = load("from __future__ import annotations\ndef scaled(x: Unknown, factor=2.0):\n    return x", scaled)
    assert made.__annotations__ == {"x": "Unknown"}


def test_async_functions_and_generators_stay_what_they_are() -> None:
    async def wait() -> int:
        return 1

    def count(n: int) -> Any:
        yield n

    assert inspect.iscoroutinefunction(load("async def wait():\n    return 2", wait))
    assert list(load("def count(n):\n    yield from range(n)", count)(3)) == [0, 1, 2]


def test_a_source_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    real = builtins.compile
    source = "def scaled(x, factor=2.0):\n    return 'compiled once'"

    def counting(text: Any, filename: Any, *args: Any, **kwargs: Any) -> Any:
        compiled.append(filename)
        return real(text, filename, *args, **kwargs)

    monkeypatch.setattr(builtins, "compile", counting)
    first, second = load(source, scaled), load(source, scaled)
    assert len([name for name in compiled if name.startswith("<scaled, proposed")]) == 1
    assert first.__code__ is second.__code__


def test_only_so_many_sources_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_MOST_COMPILED", 3)
    made = [load(f"def scaled(x, factor=2.0):\n    return x + {number}.5", scaled) for number in range(10)]
    files = [each.__code__.co_filename for each in made]
    assert len(loading._compiled) == 3
    assert [name in linecache.cache for name in files] == [False] * 7 + [True] * 3
    assert made[0](1) == 1.5


def test_a_traceback_shows_the_lines_of_the_source() -> None:
    made = load("def scaled(x, factor=2.0):\n    # a comment\n    return x / 0", scaled)
    with pytest.raises(ZeroDivisionError) as caught:
        made(1)
    shown = "".join(traceback.format_tb(caught.value.__traceback__))
    assert "<scaled, proposed " in shown
    assert ", line 3, in scaled\n    return x / 0" in shown
    assert inspect.getsource(made).endswith("return x / 0\n")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import nowhere_to_be_found\ndef scaled(x, factor=2.0):\n    return x", "line 1: it can't be loaded, Module"),
        ("def scaled(x, factor=unheard_of):\n    return x", "line 1: it can't be loaded, NameError"),
        ("K = 1 / 0\ndef scaled(x, factor=2.0):\n    return x", "line 1: it can't be loaded, ZeroDivisionError"),
        ("def scaled(x, factor=2.0):\n    await x", "line 2: it is no Python, SyntaxError"),
        ("def scaled(x, factor=2.0):\n    nonlocal nothing", "line 2: it is no Python, SyntaxError: no binding"),
    ],
)
def test_what_can_not_be_loaded_is_refused_with_its_line(source: str, words: str) -> None:
    with pytest.raises(RejectedValueError) as caught:
        load(source, scaled)
    assert words in str(caught.value)


def test_many_threads_may_load_at_once() -> None:
    sources = [f"def scaled(x, factor=2.0):\n    return x + {number}" for number in range(20)]
    results: list[tuple[int, float]] = []

    def work() -> None:
        results.extend((number, load(source, scaled)(0)) for number, source in enumerate(sources))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(results) == 160
    assert all(number == value for number, value in results)


def test_what_is_loaded_is_a_function() -> None:
    assert isinstance(load("def scaled(x, factor=2.0):\n    return x", scaled), FunctionType)
