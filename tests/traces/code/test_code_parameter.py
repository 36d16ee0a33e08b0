"""Trainable code: a function whose source is a parameter."""

import asyncio
import copy
import functools
import gc
import inspect
import linecache
import math
import pickle
import sys
import textwrap
import threading
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from steepest.traces.bundle import Bundle, bundle
from steepest.traces.code.code_parameter import code_parameter
from steepest.traces.code.runners import CodeCall, CodeFailure, using_runner
from steepest.traces.failures import CodeNotRunError, ExecutionError, TraceError
from steepest.traces.feedback import backward
from steepest.traces.parameters import RejectedValueError, Update, node, update, zero_feedback
from tests.traces.runners_for_tests import RunnerHere

counter = 0


@pytest.fixture(autouse=True)
def runner() -> Iterator[RunnerHere]:
    """Proposed source runs in this process; the sandbox has tests of its own."""
    runner = RunnerHere()
    with using_runner(runner):
        yield runner


def propose(bundled: Any, source: str) -> Update:
    made = update(bundled.parameters[0], textwrap.dedent(source))
    assert made.outcome == "committed", made.reason
    return made


def reason(bundled: Any, source: Any) -> str:
    made = update(bundled.parameters[0], textwrap.dedent(source) if isinstance(source, str) else source)
    assert made.outcome == "rejected"
    return made.reason


def pickled_and_back(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 (our own bytes)


@bundle(trainable=True)
def half(x: float) -> float:
    """Half of a number."""
    return x / 2


@bundle(trainable=True, trust=True)
def trusted(x: float) -> float:
    """A number of a number."""
    return x + counter


class Planner:
    def __init__(self, gain: float = 2.0) -> None:
        self.gain = gain

    @bundle(trainable=True, trust=True)
    def plan(self, x: float) -> float:
        """Plan."""
        return x * self.gain

    @bundle(trainable=True)
    def simple(self, x: float) -> float:
        return x

    @staticmethod
    @bundle(trainable=True)
    def still(x: float) -> float:
        return x

    @bundle(trainable=True)
    @staticmethod
    def outside(x: float) -> float:
        return x

    @bundle(trainable=True, trust=True)
    @classmethod
    def named(cls, x: float) -> str:
        return f"{cls.__name__} {x}"


class Careful(Planner):
    @bundle(trainable=True, trust=True)
    def plan(self, x: float) -> float:
        return super().plan(x) + 1


class Slotted:
    __slots__ = ("gain",)

    @bundle(trainable=True, trust=True)
    def plan(self, x: float) -> float:
        return x


# The parameter


def test_the_source_is_a_parameter_named_and_described_as_the_function_is() -> None:
    parameter = code_parameter(half.function)
    assert parameter.node.value == 'def half(x: float) -> float:\n    """Half of a number."""\n    return x / 2'
    assert parameter.node.label == "half_code"
    assert parameter.node.trainable is not None
    assert parameter.node.trainable.description == "Half of a number."
    assert code_parameter(half.function, name="divide").node.label == "divide_code"


def test_until_something_is_proposed_the_original_runs_in_this_process(runner: RunnerHere) -> None:
    parameter = code_parameter(half.function)
    assert parameter.function is half.function
    assert update(parameter.node, parameter.node.value).outcome == "committed"
    assert parameter.function is half.function
    assert runner.calls == []


def test_a_proposal_takes_the_functions_place_and_the_original_can_come_back() -> None:
    @bundle(trainable=True)
    def grow(x: float) -> float:
        return x + 1

    original = grow.parameters[0].value
    propose(grow, "def grow(x):\n    return x + 100")
    assert grow(1).value == 101
    propose(grow, original)
    assert grow(1).value == 2


def test_the_code_is_an_input_of_the_call_so_that_feedback_reaches_it() -> None:
    @bundle(trainable=True)
    def grow(x: float) -> float:
        return x + 1

    assert backward(grow(1), "too small") == grow.parameters
    assert half.parameters == [] or grow.parameters[0] is not half.parameters[0]


def test_a_failed_trial_brings_the_last_code_back() -> None:
    @bundle(trainable=True)
    def grow(x: float) -> float:
        return x + 1

    made = update(grow.parameters[0], "def grow(x):\n    return x / 0", trial=lambda: grow(1))
    assert made.outcome == "rolled back"
    assert "ZeroDivisionError" in made.reason
    assert grow(1).value == 2


def test_the_function_of_a_source_is_made_once() -> None:
    parameter = code_parameter(trusted.function, trust=True)
    update(parameter.node, "def trusted(x):\n    return -x")
    assert parameter.function is parameter.function
    assert parameter.function(2) == -2


@pytest.mark.parametrize("trust", [True, False])
def test_code_around_the_function_comes_along(trust: bool) -> None:
    @bundle(trainable=True, trust=trust)
    def spread(x: list[float]) -> float:
        return max(x)

    propose(
        spread,
        """
        import math
        from itertools import islice

        FIRST = 3

        class Window:
            def __init__(self, items):
                self.items = items

        def first(x):
            return Window(list(islice(x, FIRST)))

        def spread(x):
            # of the first ones
            return math.fsum(first(x).items)
        """,
    )
    assert spread([1, 2, 3, 4]).value == 6


@pytest.mark.parametrize("trust", [True, False])
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def total(x):\n    return x", "the function has to keep its name, half: the code defines total"),
        ("def half(y):\n    return y", "it has to stay `def half(x)`"),
        ("def half(x):\n    return (x", "line 2: it is no Python, SyntaxError: '(' was never closed"),
        ("def half(x):\n    await x", "line 2: it is no Python, SyntaxError: 'await' outside async function"),
        ("import socket\ndef half(x):\n    return x", "line 1: "),
        (7, "the code of half is a text, not a int"),
        ("```\ndef half(x): return 1\n```", "inside of ``` fences"),
    ],
)
def test_what_is_not_fit_is_refused_and_nothing_changes(source: Any, words: str, trust: bool) -> None:
    parameter = code_parameter(half.function, trust=trust)
    made = update(parameter.node, source)
    assert made.outcome == "rejected"
    assert words in made.reason
    assert parameter.function is half.function


@pytest.mark.parametrize(
    "line", ["eval('1')", "exec('1')", "open('x')", "__import__('os')", "x.__globals__", "import ctypes"]
)
def test_trusted_code_is_looked_through_as_well(line: str) -> None:
    made = update(code_parameter(trusted.function, trust=True).node, f"def trusted(x):\n    {line}\n    return x")
    assert made.outcome == "rejected"
    assert made.reason.startswith("line 2: ")


def test_trusted_code_may_import_what_the_code_around_it_does() -> None:
    made = update(code_parameter(trusted.function, trust=True).node, "import pytest\ndef trusted(x):\n    return x")
    assert made.outcome == "committed", made.reason
    assert "not defined" in reason(half, "def half(x):\n    return unheard_of")


def test_source_that_was_set_past_all_checks_is_refused_when_it_is_called() -> None:
    parameter = code_parameter(half.function, trust=True)
    parameter.node._value = "def half(x):\n    return ("
    with pytest.raises(RejectedValueError, match="never closed"):
        parameter.function  # noqa: B018


def test_an_import_that_the_module_has_is_written_into_the_code(runner: RunnerHere) -> None:
    @bundle(trainable=True)
    def root(x: float) -> float:
        return math.sqrt(x)

    propose(root, "def root(x):\n    return math.ceil(math.sqrt(x))")
    assert root.parameters[0].value.startswith("import math\n\ndef root(x):")
    assert root(10).value == 4
    assert runner.screened[-1] == root.parameters[0].value


def test_a_decorator_of_the_user_stays_around_what_is_proposed() -> None:
    seen = []

    def watched(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watching(*args: Any) -> Any:
            seen.append(args)
            return function(*args)

        return watching

    @bundle(trainable=True)
    @watched
    def grow(x: float) -> float:
        return x + 1

    propose(grow, "def grow(x):\n    return x + 5")
    assert (grow(1).value, seen) == (6, [(1,)])


# Failures


def test_a_failure_marks_the_line_of_the_code_that_ran() -> None:
    for trust in (True, False):

        @bundle(trainable=True, trust=trust)
        def divide(x: float) -> float:
            return x

        propose(divide, "def inner(x):\n    return 1 / x\n\ndef divide(x):\n    # once\n    return inner(x)")
        with pytest.raises(ZeroDivisionError) as caught:
            divide(0)
        assert isinstance(caught.value, ExecutionError)
        assert "return 1 / x  # <--- ZeroDivisionError: division by zero" in str(caught.value)
        assert divide.parameters[0] in [each for each in caught.value.node.inputs if each is divide.parameters[0]]
        assert backward(caught.value, "do not divide by zero") == divide.parameters


def test_all_levels_of_trusted_code_are_told() -> None:
    @bundle(trainable=True, trust=True)
    def divide(x: float) -> float:
        return x

    propose(divide, "def inner(x):\n    return 1 / x\n\ndef divide(x):\n    return inner(x)")
    with pytest.raises(ZeroDivisionError) as caught:
        divide(0)
    assert "def divide(x):\n    return inner(x)  # <--- here" in str(caught.value)


def test_an_error_before_anything_ran_is_told_too() -> None:
    @bundle(trainable=True, trust=True)
    def divide(x: float, y: float) -> float:
        return x / y

    propose(divide, "def divide(x, y):\n    return x")
    with pytest.raises(TypeError) as caught:
        divide(1)
    assert "missing 1 required positional argument: 'y'" in str(caught.value)


def test_a_failure_inside_of_another_bundle_shows_both() -> None:
    @bundle(trainable=True)
    def inner(x: float) -> float:
        return x

    @bundle
    def outer(x: float) -> Any:
        return inner(x)

    propose(inner, "def inner(x):\n    return 1 / x")
    with pytest.raises(ZeroDivisionError) as caught:
        outer(0)
    assert "return inner(x)  # <--- here" in str(caught.value)
    assert "return 1 / x  # <--- ZeroDivisionError" in str(caught.value)


def test_where_code_could_not_be_run_the_error_says_so_by_its_type() -> None:
    class Nowhere(RunnerHere):
        def run(self, call: CodeCall) -> Any:
            raise CodeNotRunError("no sandbox here: trust=True")

    propose(half, "def half(x):\n    return x * 0.5")
    with using_runner(Nowhere()), pytest.raises(CodeNotRunError) as caught:
        half(1)
    assert isinstance(caught.value, ExecutionError)
    assert "no sandbox here" in str(caught.value)
    assert backward(caught.value, "run it elsewhere") == half.parameters
    zero_feedback(half.parameters)
    with using_runner(Nowhere()), pytest.raises(CodeNotRunError):
        update(half.parameters[0], "def half(x):\n    return x", trial=lambda: half(1))
    assert half.parameters[0].value == "def half(x):\n    return x * 0.5"
    propose(half, inspect.getsource(half.function).partition("\n")[2])


# What source sees of its object in the sandbox


class Cook:
    shelf: ClassVar[list[str]] = ["salt"]

    def __init__(self, gain: float = 2.0) -> None:
        self.gain = gain
        self.prompt = node("mild", "prompt", trainable=True)
        self.stove = object()

    @property
    def double(self) -> float:
        return self.gain * 2

    def taste(self, x: float) -> float:
        return x

    @bundle(trainable=True)
    def cook(self, x: float) -> float:
        return self.taste(x)

    @bundle(trainable=True)
    @classmethod
    def pack(cls, x: float) -> float:
        return x

    @bundle(trainable=True)
    async def serve(self, x: float) -> float:
        return x

    @bundle(trainable=True)
    def portions(self, x: float) -> Iterator[float]:
        yield x


def test_a_method_reads_the_attributes_of_its_object(runner: RunnerHere) -> None:
    cook = Cook()
    propose(cook.cook, "def cook(self, x):\n    return [self.gain * x, self.double, self.shelf, self.prompt]")
    made = cook.cook(3)
    assert made.value == [6, 4, ["salt"], "mild"]
    cook.gain = 10
    assert cook.cook(3).value[0] == 30
    assert [runner.calls[-1].args, runner.calls[-1].names] == [
        [10, 20, ["salt"], "mild", 3],
        ("self.gain", "self.double", "self.shelf", "self.prompt", "x"),
    ]
    assert cook.prompt in [source for source in made.inputs if source.trainable is not None]


def test_defaults_of_inner_functions_read_attributes_too() -> None:
    cook = Cook()
    propose(
        cook.cook,
        "def cook(self, x):\n    def more(self, gain=self.gain):\n        return gain + self\n    return more(x)",
    )
    assert cook.cook(3).value == 5


def test_methods_of_other_kinds_read_attributes_too() -> None:
    cook = Cook()
    propose(cook.pack, "def pack(cls, x):\n    return cls.shelf * x")
    assert cook.pack(2).value == ["salt", "salt"]
    propose(cook.serve, "async def serve(self, x):\n    return self.gain + x")
    assert asyncio.run(cook.serve(x=1)).value == 3
    propose(cook.portions, "def portions(self, x):\n    yield self.gain\n    yield x")
    assert cook.portions(1).value == [2, 1]
    propose(Cook.pack, "def pack(cls, x):\n    return x")


def test_an_attribute_that_is_missing_is_an_error_of_the_line() -> None:
    cook = Cook()
    propose(cook.cook, "def cook(self, x):\n    y = x\n    return self.spoon + y")
    with pytest.raises(AttributeError, match=r"return self.spoon \+ y  # <--- AttributeError: 'Cook' object has no"):
        cook.cook(1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("return helper(self)", "`self` itself can't be used"),
        ("return getattr(self, 'gain')", "`self` itself can't be used"),
        ("return self.taste(x)", "`self.taste` is a method: write what it does as a function"),
        ("return list(map(self.taste, [x]))", "`self.taste` is a method"),
        ("return super().taste(x)", "super() finds nothing"),
        ("self.gain = x", "what `self.gain` changes would be lost"),
        ("self.shelf.append(x)", "what `self.shelf.append` changes would be lost"),
        ("self.shelf[0] = x", "what `self.shelf[0]` changes would be lost"),
        ("self.gain += 1", "what `self.gain` changes would be lost"),
        ("return self.__secret", "`self.__secret` is private"),
        ("return (lambda self=self: self.gain)()", "`self` itself can't be used"),
    ],
)
def test_what_else_a_method_does_with_its_object_is_refused(line: str, words: str) -> None:
    said = reason(Cook().cook, f"def helper(x):\n    return x\n\ndef cook(self, x):\n    {line}")
    assert said.startswith(f"line 5: {words}")
    assert "trust=True" in said
    assert line in said


def test_an_inner_class_has_a_self_of_its_own() -> None:
    cook = Cook()
    source = """
    def cook(self, x):
        class Pot:
            def __init__(self, full):
                self.full = full
            def pour(self):
                return self.full
        return [Pot(x).pour(), (lambda self: self)(self.gain)]
    """
    propose(cook.cook, source)
    assert cook.cook(5).value == [5, 2]


# Surroundings of trusted code


def test_a_closure_that_changes_later_is_seen() -> None:
    rate = 1

    @bundle(trainable=True, trust=True)
    def scaled(x: float) -> float:
        return x * rate

    propose(scaled, "def scaled(x):\n    return x + rate")
    rate = 10
    assert scaled(1).value == 11


def test_a_global_statement_is_not_lost() -> None:
    global counter
    counter = 0
    propose(trusted, "def trusted(x):\n    global counter\n    counter += 1\n    return counter")
    assert [trusted(0).value, trusted(0).value, counter] == [1, 2, 2]
    counter = 0


def test_the_module_does_not_notice_what_is_proposed() -> None:
    before = set(globals())
    propose(trusted, "import cmath\nNEW = 1\ndef extra():\n    return NEW\ndef trusted(x):\n    return extra()")
    assert trusted(0).value == 1
    assert set(globals()) == before
    assert "trusted" in globals()
    assert isinstance(trusted, Bundle)


def test_recursion_stays_inside_of_the_call() -> None:
    @bundle(trainable=True, trust=True)
    def factorial(n: int) -> int:
        return 1 if n < 2 else n * factorial(n - 1)

    assert factorial(5).value == 120
    propose(factorial, "def factorial(n):\n    return 2 if n < 2 else n * factorial(n - 1)")
    made = factorial(5)
    assert made.value == 240
    assert len(made.inputs) == 2


# Methods


def test_every_instance_has_code_of_its_own() -> None:
    first, second = Planner(), Planner(3)
    propose(first.plan, "def plan(self, x):\n    return x + self.gain")
    assert (first.plan(10).value, second.plan(10).value, Planner().plan(10).value) == (12, 30, 20)
    assert first.plan.parameters[0] is first.plan.parameters[0]
    assert first.plan.parameters[0] is not second.plan.parameters[0]
    assert first.plan.parameters[0] in [each for each in first.plan(1).inputs if each is first.plan.parameters[0]]


def test_a_method_that_is_called_through_its_class_is_the_instances_too() -> None:
    first = Planner()
    propose(first.plan, "def plan(self, x):\n    return -x")
    assert Planner.plan(first, 1).value == -1
    assert Planner.plan(node(first), 1).value == -1
    assert Planner.plan(Planner(), 1).value == 2


def test_a_method_of_the_same_name_in_a_subclass_is_another_one() -> None:
    careful = Careful()
    assert careful.plan(1).value == 3
    propose(careful.plan, "def plan(self, x):\n    return super().plan(x) + 100")
    assert careful.plan(1).value == 102
    inner = super(Careful, careful).plan
    assert inner.parameters[0] is not careful.plan.parameters[0]
    propose(inner, "def plan(self, x):\n    return 0")
    assert careful.plan(1).value == 100


def test_two_bundles_of_one_name_never_mix() -> None:
    class Pair:
        @bundle(name="step", trainable=True)
        def a(self) -> str:
            return "a"

        @bundle(name="step", trainable=True)
        def b(self) -> str:
            return "b"

    pair = Pair()
    assert (pair.a().value, pair.b().value) == ("a", "b")
    propose(pair.a, "def a(self):\n    return 'new'")
    assert (pair.a().value, pair.b().value) == ("new", "b")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled_and_back])
def test_a_copy_takes_the_code_along_and_goes_its_own_way(copied: Callable[[Planner], Planner]) -> None:
    first = Planner()
    propose(first.plan, "def plan(self, x):\n    return x + 1")
    second = copied(first)
    assert second.plan(1).value == 2
    propose(second.plan, "def plan(self, x):\n    return x + 100")
    assert (first.plan(1).value, second.plan(1).value) == (2, 101)


def test_instances_without_a_dict_share_the_code_of_their_class() -> None:
    first, second = Slotted(), Slotted()
    assert first.plan.parameters[0] is second.plan.parameters[0] is Slotted.plan.parameters[0]


def test_an_instance_that_nobody_holds_is_freed_with_its_code() -> None:
    first = Planner()
    propose(first.plan, "def plan(self, x):\n    return x + 1")
    gone = weakref.ref(first.plan.parameters[0])
    del first
    gc.collect()
    assert gone() is None


def test_a_method_that_does_not_look_at_its_instance_can_run_elsewhere(runner: RunnerHere) -> None:
    planner = Planner()
    propose(planner.simple, "def simple(self, x):\n    return x + 1")
    assert planner.simple(1).value == 2
    assert runner.calls[-1].args == [None, 1]


def test_static_and_class_methods_have_code_in_either_order() -> None:
    planner = Planner()
    assert [planner.still(1).value, Planner.still(2).value, planner.outside(3).value] == [1, 2, 3]
    assert [planner.named(1).value, Careful.named(2).value] == ["Planner 1", "Careful 2"]
    propose(Planner.still, "def still(x):\n    return x + 1")
    propose(Planner.outside, "def outside(x):\n    return x + 1")
    assert [planner.still(1).value, planner.outside(1).value] == [2, 2]


# All kinds of functions


@pytest.mark.parametrize("trust", [True, False])
def test_async_functions_have_code(trust: bool) -> None:
    @bundle(trainable=True, trust=trust)
    async def wait(x: float) -> float:
        return x

    propose(wait, "import asyncio\nasync def wait(x):\n    await asyncio.sleep(0)\n    return x + 1")

    async def many() -> list[Any]:
        return await asyncio.gather(*(wait(x) for x in range(20)))

    made = asyncio.run(many())
    assert [each.value for each in made] == list(range(1, 21))
    assert [each.inputs[0].value for each in made] == list(range(20))


@pytest.mark.parametrize("trust", [True, False])
def test_generators_have_code(trust: bool) -> None:
    @bundle(trainable=True, trust=trust)
    def count(n: int) -> Iterator[int]:
        yield n

    @bundle(trainable=True, trust=trust)
    async def wait(n: int) -> Any:
        yield n

    propose(count, "def count(n):\n    yield from range(n)")
    assert count(3).value == [0, 1, 2]
    propose(wait, "async def wait(n):\n    yield n\n    yield n")
    assert asyncio.run(wait(3)).value == [3, 3]


def test_functions_that_were_typed_have_code() -> None:
    typed = "def twice(x):\n    return 2 * x\n"
    linecache.cache["<typed 2>"] = (len(typed), None, typed.splitlines(keepends=True), "<typed 2>")
    scope: dict[str, Any] = {"__name__": __name__}
    exec(compile(typed, "<typed 2>", "exec"), scope)  # noqa: S102 (our own text)
    twice = bundle(scope["twice"], trainable=True)
    propose(twice, "def twice(x):\n    return 3 * x")
    assert twice(1).value == 3


def test_without_source_there_is_nothing_to_train() -> None:
    with pytest.raises(TraceError, match="a lambda can't be trained"):
        bundle(lambda x: x, trainable=True)


# Copies of bundles


def test_a_bundle_is_copied_as_a_function_is_and_deeply_with_code_of_its_own() -> None:
    @bundle(trainable=True)
    def grow(x: float) -> float:
        return x + 1

    @bundle
    def plain(x: float) -> float:
        return x

    assert copy.copy(grow) is grow
    assert copy.deepcopy(plain) is plain
    other = copy.deepcopy(grow)
    propose(other, "def grow(x):\n    return x + 100")
    assert (grow(1).value, other(1).value) == (2, 101)


def test_a_method_of_an_instance_is_copied_and_pickled_with_the_instance() -> None:
    first = Planner()
    propose(first.plan, "def plan(self, x):\n    return x + 1")
    assert copy.copy(first.plan) == first.plan
    for other in (copy.deepcopy(first.plan), pickled_and_back(first.plan)):
        assert other.__self__ is not first
        assert other(1).value == 2
    assert pickled_and_back(Planner.named)(1).value == "Planner 1"


# Threads


def test_threads_and_updates_at_once_never_see_half_a_function() -> None:
    parameter = code_parameter(trusted.function, trust=True)
    sources = [f"def trusted(x):\n    return {number}, {number}" for number in range(5)]
    stop = threading.Event()
    wrong: list[Any] = []

    def call() -> None:
        while not stop.is_set():
            made = parameter.function(0)
            if isinstance(made, tuple) and made[0] != made[1]:
                wrong.append(made)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=call) for _ in range(4)]
    try:
        for each in threads:
            each.start()
        for number in range(100):
            assert update(parameter.node, sources[number % 5]).outcome == "committed"
            assert parameter.function(0) == (number % 5, number % 5)
    finally:
        stop.set()
        sys.setswitchinterval(interval)
        for each in threads:
            each.join()
    assert wrong == []


def test_a_runner_of_the_users_own_is_asked_first() -> None:
    class Strict(RunnerHere):
        def screen(self, source: str) -> None:
            raise CodeFailure("forbidden", "no code on Sundays", 2)

    with using_runner(Strict()):
        assert reason(half, "def half(x):\n    return x") == "line 2: no code on Sundays\n    return x"


def test_a_module_that_is_passed_as_an_argument_keeps_no_code() -> None:
    assert isinstance(math, types.ModuleType)
    Planner.simple(math, 1)
    assert not any(name.startswith("_steepest") for name in vars(math))
