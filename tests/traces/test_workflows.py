import asyncio
import gc
import inspect
import sys
import weakref
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.failures import ExecutionError
from steepest.traces.feedback import backward
from steepest.traces.graph import Node, ancestors
from steepest.traces.parameters import node
from steepest.traces.scope import carried, current_call, map, no_trace
from steepest.traces.workflows import CONDITIONS, DECIDED, workflow


def depends(result: Any, source: Node[Any]) -> bool:
    return any(each is source for each in ancestors([result]))


@workflow
def absolute(x):
    """Without its sign."""
    return -x if x < 0 else x


def test_a_comparison_that_decided_the_way_is_an_input_of_the_result():
    x = node(-3)
    result = absolute(x)

    assert result.value == 3
    assert result.operation is DECIDED
    negated, condition = result.inputs
    assert negated.operation.name == "neg"
    assert condition.operation.name == "lt"
    assert condition.value is True


def test_feedback_reaches_a_parameter_that_only_decided():
    threshold = node(2, trainable=True)

    @workflow
    def rated(x):
        return "high" if node(x) > threshold else "low"

    result = rated(5)

    assert result.value == "high"
    assert backward(result, "too generous") == [threshold]


def test_what_python_asks_of_a_value_is_a_condition_too():
    @workflow
    def judged(answer):
        return "good" if "yes" in answer and len(answer) > 3 else "bad"

    answer = node("yes!")
    assert judged(answer).value == "good"
    assert depends(judged(answer), answer)


def test_without_a_condition_the_result_is_left_alone():
    @workflow
    def doubled(x):
        return x * 2

    assert doubled(node(2)).operation.name == "mul"
    assert doubled(2) == 4
    assert type(doubled(2)) is int


def test_with_and_without_parentheses_and_once():
    assert absolute.__name__ == "absolute"
    assert absolute.__doc__ == "Without its sign."
    assert list(inspect.signature(absolute).parameters) == ["x"]
    assert workflow(absolute) is absolute
    assert workflow()(lambda x: 1 if x else 2)(node(0)).value == 2


def test_a_bundle_is_left_as_it_is():
    made = bundle(lambda x: x)
    assert workflow(made) is made


def test_each_node_in_a_container_gets_the_conditions_by_one_node():
    @workflow
    def kept(items):
        return [item for item in items if item > 1]

    results = kept([node(value) for value in (1, 2, 3)])

    assert [result.value for result in results] == [2, 3]
    assert {result.operation for result in results} == {DECIDED}
    assert results[0].inputs[1] is results[1].inputs[1]
    assert results[0].inputs[1].operation is CONDITIONS
    assert results[0].inputs[1].value == [False, True, True]


class Pair(NamedTuple):
    left: Any
    right: Any


@dataclass(frozen=True)
class Answer:
    text: Any
    words: int = 1


@pytest.mark.parametrize(
    ("shape", "inside"),
    [
        (lambda x: (x + 1, 5), lambda made: made[0]),
        (lambda x: {"a": [x + 1]}, lambda made: made["a"][0]),
        (lambda x: Pair(x + 1, 2), lambda made: made.left),
        (lambda x: Answer(x + 1), lambda made: made.text),
    ],
)
def test_containers_and_dataclasses_keep_their_shape(shape, inside):
    @workflow
    def shaped(x):
        if x > 0:
            return shape(x)
        return None

    x = node(1)
    result = shaped(x)

    assert type(result) is type(shape(1))
    assert inside(result).operation is DECIDED


def test_none_and_objects_stay_and_their_conditions_count_for_the_workflow_around():
    class Store:
        pass

    store = Store()

    @workflow
    def remember(x):
        if x > 2:
            store.size = "big"
        return store

    @workflow
    def outer(x):
        if remember(x) is store:
            return store.size
        return "unknown"

    x = node(3)
    assert remember(x) is store
    assert depends(outer(x), x)


def test_a_nested_workflow_keeps_its_conditions_for_its_own_result():
    x, y = node(1), node(2)

    @workflow
    def outer(a, b):
        left = absolute(a)
        absolute(b)
        return left

    result = outer(x, y)

    assert depends(result, x)
    assert not depends(result, y)


def test_a_workflow_may_call_itself():
    @workflow
    def halved(x, steps=0):
        return halved(x // 2, steps + 1) if x > 1 else node(steps)

    x = node(8)
    result = halved(x)
    assert result.value == 3
    assert depends(result, x)


def test_coroutines_that_run_together_keep_their_own_conditions():
    @workflow
    async def asked(x):
        await asyncio.sleep(0)
        return "yes" if x > 2 else "no"

    assert inspect.iscoroutinefunction(asked)

    async def together(nodes):
        return await asyncio.gather(*(asked(each) for each in nodes))

    nodes = [node(value) for value in range(50)]
    for source, result in zip(nodes, asyncio.run(together(nodes)), strict=True):
        assert result.value == ("yes" if source.value > 2 else "no")
        assert [each is source for each in nodes if depends(result, each)] == [True]


def test_threads_of_a_workflow_are_part_of_it():
    @workflow
    def any_large(nodes):
        return "some" if any(map(lambda each: bool(each > 2), nodes, workers=4)) else "none"

    nodes = [node(value) for value in range(5)]
    result = any_large(nodes)
    assert all(depends(result, each) for each in nodes)


def test_calls_in_threads_that_switch_tightly_keep_their_own_conditions():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        nodes = [node(value - 500) for value in range(1000)]
        results = map(absolute, nodes, workers=16)
    finally:
        sys.setswitchinterval(before)
    for source, result in zip(nodes, results, strict=True):
        assert result.inputs[1].inputs[0] is source
        assert result.operation is DECIDED


def test_what_a_generator_yields_depends_on_all_conditions_so_far():
    @workflow
    def positive(nodes):
        for each in nodes:
            if each > 0:
                yield each

    assert inspect.isgeneratorfunction(positive)
    nodes = [node(value) for value in (1, -1, 2)]
    first, second = positive(nodes)

    assert [depends(first, each) for each in nodes] == [True, False, False]
    assert [depends(second, each) for each in nodes] == [True, True, True]


def test_a_generator_of_many_steps_has_edges_in_proportion():
    @workflow
    def positive(nodes):
        for each in nodes:
            if each > 0:
                yield each

    results = list(positive([node(1) for _ in range(300)]))
    made = ancestors(results)
    assert sum(len(each.inputs) for each in made) < 10 * 300


def test_the_consumer_of_a_generator_is_not_inside_of_it():
    @workflow
    def numbers():
        yield node(1)
        yield node(2)

    for _ in numbers():
        assert current_call() is None


def test_a_generator_takes_what_is_sent_and_thrown_and_gives_its_return_value():
    @workflow
    def talk(x):
        heard = []
        try:
            heard.append((yield "first"))
        except KeyError:
            heard.append("thrown")
        heard.append((yield "second"))
        return heard if x > 0 else None

    talking = talk(node(1))
    assert next(talking) == "first"
    assert talking.throw(KeyError("k")) == "second"
    with pytest.raises(StopIteration) as stop:
        talking.send("sent")
    assert stop.value.value.value == ["thrown", "sent"]


def test_a_generator_is_closed_with_its_wrapper():
    closed = []

    @workflow
    def numbers():
        try:
            yield 1
        finally:
            closed.append(True)

    running = numbers()
    next(running)
    running.close()
    assert closed == [True]


def test_asynchronous_generators():
    @workflow
    async def positive(nodes):
        for each in nodes:
            await asyncio.sleep(0)
            if each > 0:
                yield each

    async def collected(nodes):
        return [each async for each in positive(nodes)]

    nodes = [node(value) for value in (1, -1, 2)]
    first, second = asyncio.run(collected(nodes))
    assert [depends(first, each) for each in nodes] == [True, False, False]
    assert [depends(second, each) for each in nodes] == [True, True, True]


def test_an_asynchronous_generator_takes_what_is_sent_and_thrown():
    @workflow
    async def talk():
        heard = [(yield 1)]
        try:
            yield heard
        except KeyError:
            yield "thrown"

    async def conversation():
        talking = talk()
        return [await anext(talking), await talking.asend("a"), await talking.athrow(KeyError("k"))]

    assert asyncio.run(conversation()) == [1, ["a"], "thrown"]


def test_a_failure_on_the_way_depends_on_the_conditions():
    limit = node(2, trainable=True)

    @workflow
    def divided(x):
        if x > limit:
            return x / 0
        return x

    with pytest.raises(ZeroDivisionError) as caught:
        divided(node(3))
    assert isinstance(caught.value, ExecutionError)
    assert backward(caught.value, "do not divide") == [limit]


def test_a_plain_exception_stays_as_it_is_and_decides_for_whoever_catches_it():
    class TooLargeError(Exception):
        def __init__(self, size, most):
            super().__init__(f"{size} > {most}")
            self.size = size

    @workflow
    def checked(x):
        if x > 2:
            raise TooLargeError(3, 2)
        return x

    @workflow
    def guarded(x):
        try:
            return checked(x)
        except TooLargeError as error:
            return error.size

    x = node(3)
    with pytest.raises(TooLargeError) as caught:
        checked(x)
    assert type(caught.value) is TooLargeError
    assert depends(guarded(x), x)


def test_under_no_trace_nothing_is_noted():
    x = node(-3)
    with no_trace():
        result = absolute(x)
    assert result.value == 3
    assert result.inputs == ()


def test_inside_of_a_bundle_it_is_the_plain_call():
    limit = node(2)

    @bundle
    def judged(x):
        return absolute(x) > limit.value

    result = judged(node(-3))
    assert result.value is True
    assert any(each is limit for each in result.inputs)


def test_conditions_are_freed_with_the_call():
    class Value:
        def __gt__(self, other):
            return True

    @workflow
    def ignored(x):
        bool(x > 1)

    value = Value()
    gone = weakref.ref(value)
    ignored(node(value))
    del value
    gc.collect()
    assert gone() is None
    assert current_call() is None


def test_what_runs_on_after_a_workflow_decides_nothing_in_it():
    calls, late = [], []

    def test_many():
        calls.append(current_call())
        for number in range(1, 100):
            assert node(number)

    @workflow
    def start():
        assert node(1)
        calls.append(current_call())
        late.append(carried(test_many))
        return 1

    start()
    late[0]()
    ended, afterwards = calls
    assert ended.tests == []
    assert afterwards is None
