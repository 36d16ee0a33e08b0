"""A bundle: a function whose call is one node."""

import copy
import functools
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from steepest.errors import InputError, SteepestError
from steepest.traces.bundle import bundle
from steepest.traces.failures import TraceError
from steepest.traces.graph import Node
from steepest.traces.parameters import node
from steepest.traces.scope import is_tracing


@bundle
def add(a: int, b: int = 10) -> int:
    """Add two numbers."""
    return a + b


def named_inputs(made: Node[Any]) -> dict[str, Any]:
    assert made.record is not None
    return {name: each._value for name, each in zip(made.record.names, made.inputs, strict=True)}


def test_a_call_is_one_node_of_its_arguments() -> None:
    x = node(1, "x")
    made = add(x, 2)
    assert made.value == 3
    assert made.inputs[0] is x
    assert named_inputs(made) == {"a": 1, "b": 2}
    assert (made.operation.name, made.operation.documentation) == ("add", "Add two numbers.")


@pytest.mark.parametrize("made", [lambda f: bundle(f), lambda f: bundle()(f), lambda f: bundle(name="other")(f)])
def test_with_and_without_parentheses(made: Any) -> None:
    def double(a: int) -> int:
        return 2 * a

    assert made(double)(4).value == 8


def variadic(first: int, /, second: int = 2, *rest: int, key: int = 5, **others: int) -> tuple[Any, ...]:
    return (first, second, rest, key, others)


@pytest.mark.parametrize(
    ("args", "kwargs", "names"),
    [
        ((1,), {}, ["first"]),
        ((1, 3), {}, ["first", "second"]),
        ((1,), {"second": 3}, ["first", "second"]),
        ((1, 3, 4, 5), {}, ["first", "second", "rest0", "rest1"]),
        ((1,), {"key": 6, "more": 7}, ["first", "key", "more"]),
        ((1, 2, 3), {"more": 4}, ["first", "second", "rest0", "more"]),
    ],
)
def test_arguments_are_named_by_the_parameters_they_go_to(args: Any, kwargs: Any, names: list[str]) -> None:
    made = bundle(variadic)(*args, **kwargs)
    assert list(made.record.names) == names
    assert made.value == variadic(*args, **kwargs)
    nodes = [node(each) for each in args]
    assert bundle(variadic)(*nodes, **{key: node(each) for key, each in kwargs.items()}).value == made.value


def test_a_wrong_call_fails_as_the_function_does() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'a'"):
        add()
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        add(1, nothing=2)


def test_every_call_has_a_record_of_its_own() -> None:
    made = [add(place, b=place) for place in range(10)]
    assert [named_inputs(each) for each in made] == [{"a": place, "b": place} for place in range(10)]
    with pytest.raises(AttributeError):
        made[0].record.names = ()  # never changed


def test_a_record_tells_where_the_call_stands_and_how_long_it_took() -> None:
    made = add(1, 2)
    line = inspect.getsourcelines(test_a_record_tells_where_the_call_stands_and_how_long_it_took)[1] + 1
    assert made.record.position == f"{__file__}:{line}"
    assert 0 <= made.record.seconds < 1


def test_the_function_sees_plain_values_and_nothing_inside_is_recorded() -> None:
    kinds: list[Any] = []

    @bundle
    def look(items: list[int], table: dict[str, int]) -> int:
        kinds.extend([type(items), type(items[0]), type(table["k"]), is_tracing()])
        return items[0] + table["k"]

    x, y = node(1), node(2)
    made = look([x, 5], {"k": y})
    assert kinds == [list, int, int, False]
    assert made.inputs[0].inputs[0] is x
    assert made.inputs[1].inputs == (y,) or made.inputs[1].inputs[0] is y


CALLABLES: list[tuple[Any, tuple[Any, ...], Any]] = [
    (lambda a: a + 1, (1,), 2),
    (len, ([1, 2],), 2),
    (max, (1, 5), 5),
    (functools.partial(pow, 2), (3,), 8),
    (str.upper, ("a",), "A"),
    ("a-b".split, ("-",), ["a", "b"]),
    (complex, (1, 2), 1 + 2j),
    (functools.partial(functools.partial(lambda a, b, c: (a, b, c), 1), c=3), (2,), (1, 2, 3)),
    (functools.lru_cache(lambda a: a * 2), (2,), 4),
]


@pytest.mark.parametrize(("function", "args", "value"), CALLABLES)
def test_whatever_can_be_called_can_be_bundled(function: Any, args: Any, value: Any) -> None:
    made = bundle(function)(*[node(each) for each in args])
    assert made.value == value
    assert len(made.inputs) == len(args)
    assert made.operation.name


def test_functions_made_by_exec_can_be_bundled() -> None:
    space: dict[str, Any] = {}
    exec("def f(a):\n    return a / 0", space)  # noqa: S102
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        bundle(space["f"])(1)


class Adder:
    """Callable, with an attribute that a bundle has, too."""

    def __init__(self) -> None:
        self.function = "not the bundle's"

    def __call__(self, a: int) -> int:
        return a + 1


def test_callable_instances_and_classes_can_be_bundled() -> None:
    assert bundle(Adder())(1).value == 2
    assert bundle(Adder())(1).operation.name == "Adder"
    made = bundle(Adder)()
    assert isinstance(made.value, Adder)


class Counter:
    """Methods of every kind as bundles."""

    __slots__ = ("start",)

    def __init__(self, start: int) -> None:
        self.start = start

    @bundle(name="same")
    def first(self, a: int) -> tuple[str, int]:
        return ("first", self.start + a)

    @bundle(name="same")
    def second(self, a: int) -> tuple[str, int]:
        return ("second", self.start + a)

    @staticmethod
    @bundle
    def below_static(a: int) -> int:
        return a + 1

    @bundle
    @staticmethod
    def above_static(a: int) -> int:
        return a + 1

    @classmethod
    @bundle
    def below_class(cls, a: int) -> tuple[str, int]:
        return (cls.__name__, a)

    @bundle
    @classmethod
    def above_class(cls, a: int) -> tuple[str, int]:
        return (cls.__name__, a)

    @property
    @bundle
    def double(self) -> int:
        return 2 * self.start


class Special(Counter):
    """Inherits all of them."""


def test_methods_of_the_same_name_are_told_apart() -> None:
    counter = Counter(1)
    assert counter.first(1).value == ("first", 2)
    assert counter.second(1).value == ("second", 2)
    assert counter.first(1).operation.key is not counter.second(1).operation.key


def test_the_instance_is_the_first_input() -> None:
    counter = Counter(1)
    made = counter.first(node(2))
    assert made.inputs[0].value is counter
    assert made.record.names == ("self", "a")
    line = inspect.getsourcelines(test_the_instance_is_the_first_input)[1] + 2
    assert made.record.position == f"{__file__}:{line}"
    assert Counter.first(counter, 2).value == made.value


@pytest.mark.parametrize("owner", [Counter, Special, Special(3)])
def test_methods_of_classes_and_static_ones(owner: Any) -> None:
    name = owner.__name__ if isinstance(owner, type) else type(owner).__name__
    assert owner.below_static(1).value == owner.above_static(1).value == 2
    assert owner.below_class(1).value == owner.above_class(1).value == (name, 1)
    assert owner.above_static(1).record.names == ("a",)
    assert owner.above_class(1).record.names == ("cls", "a")


def test_properties() -> None:
    assert Counter(4).double.value == 8
    with pytest.raises(TraceError, match="below @property"):
        bundle(property(lambda self: 1))  # type: ignore[arg-type]


def test_bound_methods_look_like_methods() -> None:
    counter = Counter(1)
    method = counter.first
    assert method == counter.first
    assert method != Counter(1).first
    assert len({counter.first, counter.first}) == 1
    assert method.__name__ == "first"
    assert list(inspect.signature(method).parameters) == ["a"]


def doubled(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs) * 2

    return wrapper


def test_under_and_above_other_decorators() -> None:
    @doubled
    @bundle
    def above(a: int) -> int:
        return a + 1

    @bundle
    @doubled
    def below(a: int) -> int:
        return a + 1

    made = above(1)
    assert (made.value, made.operation.name, made.inputs[0].operation.name) == (4, "mul", "above")
    made = below(1)
    assert (made.value, made.operation.name, made.record.names) == (4, "below", ("a",))
    assert "return a + 1" in made.operation.code


def test_a_bundle_keeps_name_text_and_signature() -> None:
    assert (add.__name__, add.__doc__, add.__module__) == ("add", "Add two numbers.", __name__)  # type: ignore[attr-defined]
    assert str(inspect.signature(add)) == "(a: int, b: int = 10) -> int"
    assert add.__wrapped__ is add.function  # type: ignore[attr-defined]


def test_a_bundle_can_be_copied_and_pickled() -> None:
    assert copy.copy(add) is add
    assert copy.deepcopy(add) is add
    assert pickle.loads(pickle.dumps(add)) is add  # noqa: S301


def test_source_is_kept_with_its_indentation() -> None:
    @bundle
    def inner(a: int) -> int:
        if a:
            return 1
        return 2

    assert inner.operation.code.splitlines()[-2:] == ["        return 1", "    return 2"]


def test_a_value_that_is_returned_as_it_came_is_a_node_of_its_own() -> None:
    x = node([1])
    same = bundle(lambda a: a)(x)
    assert same is not x
    assert same.value is x.value
    assert same.inputs == (x,)


def test_a_returned_node_from_outside_is_an_input() -> None:
    other = node(5, "other")
    made = bundle(lambda a: other)(1)
    assert made.value == 5
    assert made.inputs[-1] is other
    assert made.record.externals == 1


def test_a_returned_container_of_nodes_is_a_plain_value_made_of_them() -> None:
    other = node(5, "other")
    made = bundle(lambda a: {"k": [a, other]})(1)
    assert made.value == {"k": [1, 5]}
    assert made.inputs[-1] is other


def test_what_is_made_inside_is_no_input() -> None:
    outer = node(5, "outer")

    @bundle
    def work(a: int) -> Any:
        own = node(a, "own") + outer
        assert own.value == 6
        return own * 2

    made = work(1)
    assert made.value == 12
    assert [each.label for each in made.inputs] == [None, "outer"]


def test_a_returned_exception_is_a_value() -> None:
    error = ValueError("no")
    made = bundle(lambda: error)()
    assert made.value is error
    assert str(made) == "no"
    assert made.record.exception == ""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"externals": "foo"}, '"record" or "refuse"'),
        ({"externals": []}, '"record" or "refuse"'),
        ({"name": 3}, "has to be a text"),
        ({"description": 3}, "has to be a text"),
        ({"trainable": "yes"}, "True or False"),
        ({"trust": 1}, "True or False"),
    ],
)
def test_arguments_that_bundle_cannot_have_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        bundle(**options)
    with pytest.raises(InputError, match=words):
        bundle(len, **options)


def test_only_what_can_be_called_is_bundled() -> None:
    with pytest.raises(SteepestError, match="can't be called"):
        bundle(3)  # type: ignore[call-overload]
