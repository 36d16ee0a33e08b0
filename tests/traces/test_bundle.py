"""A bundle: a function whose call is one node."""

import asyncio
import copy
import functools
import inspect
import math
import pickle
import random
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from steepest.errors import InputError, SteepestError
from steepest.traces.bundle import bundle
from steepest.traces.failures import ExecutionError, TraceError
from steepest.traces.graph import Node, leaf
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


OUTSIDE = node(7, "outside")


@pytest.mark.parametrize(
    "reader",
    [
        lambda: OUTSIDE.value,
        lambda: OUTSIDE + 1,
        lambda: int(OUTSIDE),
        lambda: f"{OUTSIDE}",
        lambda: 1 if OUTSIDE else 2,
        lambda: OUTSIDE == 7,
        lambda: OUTSIDE.bit_length(),
        lambda: OUTSIDE.real,
        lambda: [OUTSIDE],
        lambda: add(OUTSIDE),
        lambda: add(b=[OUTSIDE][0], a=1),
        lambda: [OUTSIDE.value for _ in range(3)],
    ],
)
def test_nodes_that_are_read_without_being_passed_are_found(reader: Any) -> None:
    made = bundle(reader)()
    assert [id(each) for each in made.inputs] == [id(OUTSIDE)]
    assert made.record.names == ("outside",)
    assert made.record.externals == 1
    with pytest.raises(TraceError, match="reads outside without being passed"):
        bundle(reader, externals="refuse")()


def test_iterating_over_an_empty_node_reads_it() -> None:
    empty = node([], "empty")
    assert bundle(lambda: [each for each in empty])().inputs == (empty,)


def test_what_is_passed_is_not_external() -> None:
    x = node(1, "x")
    assert bundle(lambda a: a + x.value)(x).record.externals == 0
    assert bundle(lambda a: a[0][0] + x.value)([[x]]).record.externals == 0
    assert bundle(lambda a: a + x.value, externals="refuse")(x).value == 2


def test_refusing_does_not_hide_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        bundle(lambda: OUTSIDE.value / 0, externals="refuse")()


def test_recursion_is_one_call() -> None:
    @bundle
    def factorial(n: int) -> int:
        return 1 if n <= 1 else n * factorial(n - 1)

    made = factorial(node(200))
    assert made.value == math.factorial(200)
    assert len(made.inputs) == 1


def test_bundles_inside_bundles_give_plain_values() -> None:
    kinds: list[type] = []

    @bundle
    def outer(a: int) -> int:
        inner = add(a, 1)
        kinds.append(type(inner))
        return inner

    assert outer(1).value == 2
    assert kinds == [int]


def test_state_outside_of_the_function_changes_as_usual() -> None:
    seen: list[int] = []
    count = 0

    @bundle
    def note(a: int) -> int:
        nonlocal count
        count += 1
        seen.append(a)
        return count

    note(node(4))
    note(5)
    assert (seen, count) == ([4, 5], 2)


def test_a_changed_argument_is_noticed_and_so_is_a_changed_result() -> None:
    table = node({"a": 1}, "table")

    @bundle
    def put(target: dict[str, int], value: int) -> dict[str, int]:
        target["b"] = value
        return target

    made = put(table, 2)
    assert made.value == {"a": 1, "b": 2}
    assert table.is_changed
    assert not made.is_changed
    made.value["c"] = 3
    assert made.is_changed
    assert made.snapshot.text == "{'a': 1, 'b': 2}"


def test_random_functions_are_called_once() -> None:
    random.seed(1)
    expected = [random.random() for _ in range(3)]
    random.seed(1)
    draw = bundle(random.random)
    assert [draw().value for _ in range(3)] == expected


def test_a_generator_is_the_list_of_what_it_yields() -> None:
    @bundle
    def count(n: int) -> Iterator[int]:
        yield from range(n)

    assert count(node(3)).value == [0, 1, 2]


def test_an_interpreter_of_a_small_language_runs_in_bundles() -> None:
    @bundle
    def evaluate(expression: Any, names: dict[str, Any]) -> Any:
        if isinstance(expression, str):
            return names[expression]
        if not isinstance(expression, tuple):
            return expression
        head, *rest = expression
        values = [evaluate(each, names) for each in rest]
        return names[head](*values)

    names = {"+": lambda a, b: a + b, "x": node(3, "x")}
    made = evaluate(("+", 1, ("+", "x", 5)), names)
    assert made.value == 9


@bundle
async def later(a: int) -> int:
    await asyncio.sleep(0)
    return a + 1


def passed_on(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


def test_async_functions_give_the_same_as_plain_ones() -> None:
    x = node(1)
    made: Node[int] = asyncio.run(later(x))
    assert (made.value, made.inputs[0]) == (2, x)
    assert made.record is not None
    assert made.record.names == ("a",)


@pytest.mark.parametrize(
    "function",
    [
        passed_on(later.function),
        functools.partial(later.function),
        lambda a: later.function(a),
    ],
)
def test_what_gives_a_coroutine_is_awaited(function: Any) -> None:
    async def main() -> Any:
        return await bundle(function)(node(1))

    assert asyncio.run(main()).value == 2


def test_callable_instances_with_an_async_call() -> None:
    class Model:
        async def __call__(self, a: int) -> int:
            return a + 1

    async def main() -> Any:
        return await bundle(Model())(1)

    assert asyncio.run(main()).value == 2


def test_async_methods_and_generators() -> None:
    class Worker:
        @bundle
        async def work(self, a: int) -> int:
            return a + 1

        @bundle
        async def items(self, n: int) -> AsyncIterator[int]:
            for place in range(n):
                yield place

    async def main() -> Any:
        return await Worker().work(1), await Worker().items(3)

    one, many = asyncio.run(main())
    assert (one.value, many.value) == (2, [0, 1, 2])


def test_async_failures_are_execution_errors() -> None:
    @bundle
    async def fails(a: int) -> int:
        await asyncio.sleep(0)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no") as caught:
        asyncio.run(fails(1))
    assert isinstance(caught.value, ExecutionError)


def test_a_cancelled_call_is_cancelled_and_leaves_no_surroundings() -> None:
    @bundle
    async def waits() -> None:
        await asyncio.sleep(60)

    async def main() -> Node[int]:
        task = asyncio.ensure_future(waits())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert not isinstance(caught.value, ExecutionError)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(waits(), 0.001)
        return node(1) + 1

    assert not asyncio.run(main()).is_leaf


def test_a_coroutine_that_is_closed_elsewhere_leaves_no_surroundings() -> None:
    @bundle
    async def waits() -> None:
        await asyncio.sleep(60)

    async def start(made: list[Any]) -> None:
        coroutine = waits()
        made.append(coroutine)
        coroutine.send(None)

    made: list[Any] = []
    asyncio.run(start(made))
    made[0].close()
    assert is_tracing()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_is_no_exception_passes_untouched(error: type[BaseException]) -> None:
    @bundle
    def stop() -> None:
        raise error

    with pytest.raises(error) as caught:
        stop()
    assert type(caught.value) is error
    assert is_tracing()


def test_python_knows_that_a_bundle_of_a_coroutine_function_is_one() -> None:
    if not hasattr(inspect, "markcoroutinefunction"):
        pytest.skip("from Python 3.12 on")
    assert inspect.iscoroutinefunction(later)
    assert not inspect.iscoroutinefunction(add)


def test_a_leaf_made_inside_counts_as_made_there() -> None:
    assert bundle(lambda: leaf(3))().inputs == ()


def test_a_big_argument_is_not_looked_through() -> None:
    class Watched:
        def __repr__(self) -> str:
            raise AssertionError("nobody asked")

        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    assert bundle(lambda value: 1)(Watched()).value == 1


@bundle
async def counted(prompt: str, most: int) -> AsyncIterator[str]:
    for number in range(most):
        await asyncio.sleep(0)
        yield f"{prompt} {number}"


def test_an_asynchronous_generator_is_gone_through_with_async_for() -> None:
    prompt = node("n", "prompt", trainable=True)

    async def main() -> tuple[list[Any], Any, Any]:
        items = [each async for each in counted(prompt, 3)]
        return items, await counted(prompt, 2), await asyncio.create_task(counted(prompt, 1))

    items, awaited, in_a_task = asyncio.run(main())
    assert [each.value for each in items] == ["n 0", "n 1", "n 2"]
    assert all(each.inputs[0].inputs[0] is prompt for each in items)
    assert (awaited.value, in_a_task.value) == (["n 0", "n 1"], ["n 0"])


def test_an_asynchronous_generator_inside_of_a_bundle_gives_plain_items() -> None:
    @bundle
    async def listed(prompt: str) -> list[str]:
        return [each async for each in counted(prompt, 2)]

    async def main() -> Any:
        return await listed("n")

    made = asyncio.run(main())
    assert made.value == ["n 0", "n 1"]
    assert type(made.value[0]) is str


def test_an_asynchronous_generator_that_fails_is_an_execution_error() -> None:
    @bundle
    async def fails() -> AsyncIterator[int]:
        yield 1
        raise LookupError("none left")

    async def main() -> None:
        with pytest.raises(LookupError) as caught:
            async for _ in fails():
                pass
        assert isinstance(caught.value, ExecutionError)

    asyncio.run(main())


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
