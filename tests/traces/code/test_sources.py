"""The source of a function as a text of its own."""

import functools
import linecache
from collections.abc import Callable
from types import FunctionType
from typing import Any

import pytest

from steepest.traces.code.sources import layers_of, source_of
from steepest.traces.failures import TraceError


def marked(*words: str) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        function.words = words
        return function

    return mark


def shouted(function: Callable[..., str]) -> Callable[..., str]:
    @functools.wraps(function)
    def shouting(*args: Any, **kwargs: Any) -> str:
        return function(*args, **kwargs).upper()

    return shouting


def text_of(function: Any) -> str:
    return source_of(layers_of(function).function)[0]


def test_a_function_is_given_as_it_was_written_with_its_comments() -> None:
    def area(width: float, height: float = 1.0) -> float:
        # both in metres
        return width * height  # square metres

    assert text_of(area) == (
        "def area(width: float, height: float = 1.0) -> float:\n"
        "    # both in metres\n"
        "    return width * height  # square metres"
    )


def test_decorators_are_taken_off_however_many_and_long_they_are() -> None:
    @marked("@first", ")")
    @marked(
        "def other(x):",  # looks like code
    )
    # stays
    @marked()
    # Largest first.
    def pack(items: list[int]) -> list[int]:
        return sorted(items)

    assert text_of(pack) == "# Largest first.\ndef pack(items: list[int]) -> list[int]:\n    return sorted(items)"


def test_a_method_loses_the_indentation_of_its_class_and_no_text_in_it_changes() -> None:
    class Poet:
        def verse(self, name: str) -> str:
            """A verse.

            Of two lines.
            """
            return f"""Dear {name},
            roses
        are red"""

    source = text_of(Poet.verse)
    assert source.startswith('def verse(self, name: str) -> str:\n    """A verse.\n\n    Of two lines.\n    """\n')
    scope: dict[str, Any] = {}
    exec(source, scope)  # noqa: S102 (our own text)
    assert scope["verse"](None, "you") == Poet().verse("you")


def test_an_async_function_and_a_one_liner_have_source() -> None:
    async def wait() -> int:
        return 1

    def one() -> int: return 1  # fmt: skip

    assert text_of(wait).startswith("async def wait() -> int:")
    assert text_of(one).startswith("def one() -> int: return 1")


def test_what_was_typed_in_a_terminal_has_source_if_it_was_kept() -> None:
    typed = "def twice(x):\n    return 2 * x\n"
    linecache.cache["<typed 1>"] = (len(typed), None, typed.splitlines(keepends=True), "<typed 1>")
    scope: dict[str, Any] = {}
    exec(compile(typed, "<typed 1>", "exec"), scope)  # noqa: S102 (our own text)

    assert text_of(scope["twice"]) == typed.rstrip()


class Bound:
    def method(self) -> None:
        pass


def lost() -> Any:
    scope: dict[str, Any] = {}
    exec("def made(x):\n    return x", scope)  # noqa: S102 (our own text)
    return scope["made"]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: x, "a lambda can't be trained: write it as a function"),
        (len, "len can't be trained: it is of type builtin_function_or_method"),
        (functools.partial(shouted, None), "of type partial"),
        ("".join, "join can't be trained: it is of type builtin"),
        (Bound().method, "put bundle(trainable=True) into its"),
        (int, "int can't be trained: it is of type type"),
        (lost(), "made can't be trained: its source can't be had from '<string>'"),
        (functools.cache(shouted), "shouted can't be trained: a decorator (_lru_cache_wrapper) stands between"),
    ],
)
def test_what_has_no_source_to_train_is_refused_with_the_reason(function: Any, words: str) -> None:
    with pytest.raises(TraceError) as caught:
        text_of(function)
    assert words in str(caught.value)


def test_decorators_of_the_user_can_be_put_around_another_function() -> None:
    @shouted
    @shouted
    def hello(name: str) -> str:
        return f"hello {name}"

    def bye(name: str) -> str:
        return f"bye {name}"

    layers = layers_of(hello)
    again = layers.around(bye)

    assert [type(each) for each in layers.wrappers] == [FunctionType, FunctionType]
    assert (again("you"), hello("you")) == ("BYE YOU", "HELLO YOU")
    assert again.__name__ == "hello"
