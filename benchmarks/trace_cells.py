"""The cells of `traces.py`: what each library is asked to do, measured in a process of its own.

Run by `traces.py` with the interpreter of the library's environment: standard library only, until a library is chosen.
"""

import gc
import json
import logging
import os
import resource
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import process_time
from typing import Any

MOST_MEMORY = 12 * 2**30
"""Address space of a cell, in bytes: what doubles its texts at every step ends there."""

Figures = dict[str, Any]


@dataclass
class Library:
    """What the cells need of a tracing library."""

    parameter: Callable[[], Any]
    increment: Callable[[Any], Any]
    add: Callable[[Any, Any], Any]
    apply: Callable[[Any], Any]
    """A traced function of one argument."""
    join: Callable[..., Any]
    """A traced function of any number of arguments."""
    backward: Callable[[Any], object]
    calls: dict[str, Callable[[], object]]
    """Single operations."""
    quiet: Callable[[], AbstractContextManager[object]] | None = None
    """Tracing switched off."""


def steepest() -> Library:
    from steepest.traces.bundle import bundle
    from steepest.traces.feedback import backward
    from steepest.traces.parameters import node
    from steepest.traces.scope import no_trace

    apply, five, join, code = bundle(same), bundle(first), bundle(count), bundle(trainable=True)(same)
    a = node(1)
    calls = {
        "traced add": lambda: a + a,
        "bundle call": lambda: apply(a),
        "bundle call, 5 arguments": lambda: five(a, a, a, a, a),
        "trainable bundle call": lambda: code(a),
        "node(1)": lambda: node(1),
    }
    return Library(
        lambda: node(1.0, trainable=True), lambda y: y + 1, lambda x, y: x + y, apply, join,
        lambda y: backward(y, "too high"), calls, no_trace,
    )  # fmt: skip


def trace_opt() -> Library:
    from opto.trace import bundle, node, stop_tracing

    apply, five, join, code = bundle()(same), bundle()(first), bundle()(count), bundle(trainable=True)(same)
    a = node(1)
    calls = {
        "traced add": lambda: a + a,
        "bundle call": lambda: apply(a),
        "bundle call, 5 arguments": lambda: five(a, a, a, a, a),
        "trainable bundle call": lambda: code(a),
        "node(1)": lambda: node(1),
    }
    return Library(
        lambda: node(1.0, trainable=True), lambda y: y + 1, lambda x, y: x + y, apply, join,
        lambda y: y.backward("too high"), calls, stop_tracing,
    )  # fmt: skip


def textgrad() -> Library:
    import textgrad as tg
    from textgrad.autograd.string_based_ops import StringBasedFunction

    class Prompt(tg.EngineLM):
        model_string = "answers at once"

        def generate(self, *_: Any, **__: Any) -> str:
            return "too high"

        __call__ = generate

    def value() -> Any:
        return tg.Variable("1", role_description="a value")

    def joined(*items: Any) -> Any:
        return several({f"item{place}": item for place, item in enumerate(items)})

    def backward(output: Any) -> None:
        output.gradients.add(tg.Variable("too high", role_description="feedback"))
        output.backward()

    logging.disable(logging.CRITICAL)
    tg.set_backward_engine(Prompt(), override=True)
    one = StringBasedFunction(lambda item: item.value, "gives it back")
    several = StringBasedFunction(lambda **items: str(len(items)), "counts")
    five = StringBasedFunction(lambda a, b, c, d, e: a.value, "gives the first")
    a = value()
    calls = {
        "traced add": lambda: a + a,
        "bundle call": lambda: one({"item": a}),
        "bundle call, 5 arguments": lambda: five(dict.fromkeys("abcde", a)),
        "node(1)": value,
    }
    return Library(
        value, lambda y: y + value(), lambda x, y: x + y, lambda y: one({"item": y}), joined, backward, calls
    )


LIBRARIES: dict[str, Callable[[], Library]] = {"steepest": steepest, "trace-opt": trace_opt, "textgrad": textgrad}


def same(x: Any) -> Any:
    """Give it back."""
    return x


def first(a: Any, b: Any, c: Any, d: Any = 1, e: Any = 2) -> Any:
    """Give the first one back."""
    return a


def count(*items: Any) -> int:
    """Count them."""
    return len(items)


# --- the graphs


def chain(library: Library, size: int) -> Any:
    y = library.parameter()
    for _ in range(size):
        y = library.increment(y)
    return y


def unary(library: Library, size: int) -> Any:
    y = library.parameter()
    for _ in range(size):
        y = library.apply(y)
    return y


def tree(library: Library, size: int) -> Any:
    level = [library.parameter() for _ in range(size)]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [library.add(left, right) for left, right in pairs] + level[len(level) & ~1 :]
    return level[0]


def star(library: Library, size: int) -> Any:
    x = library.parameter()
    return library.join(*[library.apply(x) for _ in range(size)])


def shared(library: Library, size: int) -> Any:
    x = library.parameter()
    y = library.apply(x)
    for _ in range(size // 2):
        y = library.add(y, library.apply(x))
    return y


def layers(library: Library, size: int) -> Any:
    x = library.parameter()
    layer = [library.apply(x) for _ in range(10)]
    for _ in range(max(1, size // 10 - 1)):
        layer = [library.join(*layer) for _ in range(10)]
    return library.join(*layer)


GRAPHS = {graph.__name__: graph for graph in (chain, unary, tree, star, shared, layers)}


# --- the cells: each runs in a process of its own and gives figures


def call_cell(library: Library, name: str) -> Figures:
    """CPU seconds of one call."""
    return {"cpu": best_loop(library.calls[name])}


def quiet_cell(library: Library, name: str) -> Figures:
    """The same with tracing switched off."""
    assert library.quiet is not None
    with library.quiet():
        return {"cpu": best_loop(library.calls[name])}


def best_loop(call: Callable[[], object]) -> float:
    """Seconds a call: the best of five loops that take 50 ms each."""
    times = 100
    while (seconds := loop(call, times)) < 0.05:
        times = int(times * min(10, max(1.5, 0.06 / max(seconds, 1e-6))))
    return min(seconds, *(loop(call, times) for _ in range(4))) / times


def loop(call: Callable[[], object], times: int) -> float:
    begin = process_time()
    for _ in range(times):
        call()
    return process_time() - begin


def memory_cell(library: Library, size: int) -> Figures:
    """Bytes a node of a chain of function calls, and what is left of them when nobody holds it."""
    unary(library, 10)
    x = y = library.parameter()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(size):
        y = library.apply(y)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    y = x
    gc.collect()
    return {"held": held / size, "left": (tracemalloc.get_traced_memory()[0] - before) / size}


def backward_cell(library: Library, graph: str, size: int) -> Figures:
    begin = process_time()
    output = GRAPHS[graph](library, size)
    built = process_time()
    library.backward(output)
    return {"cpu": process_time() - built, "forward": built - begin}


def loop_cell(library: Library, size: int, budget: float) -> Figures:
    """How the process grows while a program runs that gets no feedback."""
    x = library.parameter()
    for _ in range(1000):
        library.apply(library.increment(x))
    gc.collect()
    before, begin, done = resident(), process_time(), 0
    while done < size and process_time() - begin < budget:
        for _ in range(500):
            library.apply(library.increment(x))
        done += 1000
    return {"done": done, "grown": resident() - before, "cpu": process_time() - begin}


def resident() -> int:
    """Bytes of memory that this process has (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


CELLS: dict[str, Callable[..., Figures]] = {
    "call": call_cell, "quiet": quiet_cell, "memory": memory_cell, "backward": backward_cell, "loop": loop_cell,
}  # fmt: skip


def run_cell(order: Sequence[Any]) -> None:
    """One cell, in this process; its figures as JSON on standard output."""
    name, kind, *arguments = order
    if kind == "version":
        figures: Figures = {"version": version(name)}
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        try:
            figures = CELLS[kind](LIBRARIES[name](), *arguments)
        except (RecursionError, MemoryError) as error:
            figures = {"failed": type(error).__name__.removesuffix("Error").lower()}
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()
    os._exit(0)  # taking down a graph of a million nodes is not what is measured


if __name__ == "__main__":
    run_cell(json.loads(sys.argv[1]))
