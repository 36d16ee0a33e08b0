"""Running a workflow with the values of one candidate while other threads run it with those of others.

A module gets a copy for each candidate. Where parameters are shared by everything (at the top of a file, of a function)
candidates take turns: runs of the same candidate go on side by side, and another one's wait until they are over.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import takewhile
from typing import Any, Protocol

from steepest.agents.optimizers.components import value_of
from steepest.agents.optimizers.search.values import Values, digest_of
from steepest.errors import SteepestError
from steepest.traces.graph import Node
from steepest.traces.modules.members import is_module, named_parameters
from steepest.traces.parameters import place

__all__ = ["StageClosed", "Staged", "place_all", "stage_of"]

MOST_COPIES = 16
"""Copies of a module that are kept, the latest used."""


class StageClosed(SteepestError):
    """The search is over: what still waited for its turn is not run any more."""


class Staged(Protocol):
    """Gives a workflow with values in place."""

    def close(self) -> None:
        """Let no run begin any more, so that nothing changes the parameters when the search is over."""

    @contextmanager
    def using(self, values: Values) -> Iterator[tuple[Callable[..., Any], Mapping[str, Node[Any]]]]:
        """The workflow and its parameters by component, with a candidate's values until the block is left."""


def stage_of(workflow: Any, parameters: Mapping[str, Node[Any]]) -> "Staged":
    """How candidates of a workflow share this process."""
    if is_module(workflow):
        reached = named_parameters(workflow)
        if {id(each) for each in parameters.values()} <= {id(each) for each in reached.values()}:
            try:
                workflow.copy()
            except Exception:  # it holds a client, a lock or a file: what can't be copied is shared
                return TakingTurns(workflow, parameters)
            names = {id(each): path for path, each in reached.items()}
            return Copies(workflow, {name: names[id(each)] for name, each in parameters.items()})
    return TakingTurns(workflow, parameters)


class TakingTurns:
    """One workflow for all; its parameters have one candidate's values at a time."""

    def __init__(self, workflow: Callable[..., Any], parameters: Mapping[str, Node[Any]]) -> None:
        self._workflow = workflow
        self._parameters = dict(parameters)
        self._condition = threading.Condition()
        self._digests = _LastDigest()
        self._present = ""
        self._running = 0
        self._is_closed = False
        self._waiting: deque[tuple[object, str]] = deque()
        """Runs that wait, in the order of their coming, each with its candidate."""

    @contextmanager
    def using(self, values: Values) -> Iterator[tuple[Callable[..., Any], Mapping[str, Node[Any]]]]:
        """Wait for the candidate's turn."""
        digest = self._digests.of(values)
        with self._condition:
            turn = (object(), digest)
            self._waiting.append(turn)
            try:
                while not self._is_closed and not self._is_due(turn):
                    self._condition.wait()
            finally:
                self._waiting.remove(turn)
                self._condition.notify_all()
            if self._is_closed:
                raise StageClosed("the search is over")
            if self._present != digest:
                self._present = ""
                place_all(self._parameters, values)
                self._present = digest
            self._running += 1
        try:
            yield self._workflow, self._parameters
        finally:
            with self._condition:
                self._running -= 1
                self._condition.notify_all()

    def close(self) -> None:
        """Let no run begin any more; one that is under way goes on, and nobody hears of it."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()

    def _is_due(self, turn: tuple[object, str]) -> bool:
        """Whether nobody runs, or only the same candidate does, and no other candidate's run has come before."""
        if self._running and self._present != turn[1]:
            return False
        return all(each[1] == turn[1] for each in takewhile(lambda each: each is not turn, self._waiting))


class Copies:
    """A copy of a module for each candidate."""

    def __init__(self, module: Any, paths: Mapping[str, str]) -> None:
        self._module = module
        self._paths = dict(paths)
        """Where the parameter of each component stands."""
        self._lock = threading.Lock()
        self._digests = _LastDigest()
        self._kept: OrderedDict[str, tuple[Any, Mapping[str, Node[Any]]]] = OrderedDict()

    @contextmanager
    def using(self, values: Values) -> Iterator[tuple[Callable[..., Any], Mapping[str, Node[Any]]]]:
        """The candidate's copy."""
        digest = self._digests.of(values)
        with self._lock:
            kept = self._kept.pop(digest, None) or self._made(values)
            self._kept[digest] = kept
            if len(self._kept) > MOST_COPIES:
                self._kept.popitem(last=False)
        yield kept

    def close(self) -> None:
        """Nothing to do: copies share no parameters with anybody."""

    def _made(self, values: Values) -> tuple[Any, Mapping[str, Node[Any]]]:
        made = self._module.copy()
        found = named_parameters(made)
        parameters = {name: found[path] for name, path in self._paths.items()}
        place_all(parameters, values)
        return made, parameters


class _LastDigest:
    """The digest of a candidate's values; its runs come one after the other, and many values take long to read."""

    def __init__(self) -> None:
        self._last: tuple[Values, str] | None = None

    def of(self, values: Values) -> str:
        """Sixteen digits. Values are not changed once they are a candidate's, so the same object has the same ones."""
        last = self._last  # one reference, so that threads need no lock
        if last is None or last[0] is not values:
            last = self._last = values, digest_of(values)
        return last[1]


def place_all(parameters: Mapping[str, Node[Any]], values: Values) -> None:
    """Give parameters a candidate's values, which their histories are not to know of."""
    for name, parameter in parameters.items():
        place(parameter, value_of(parameter, values[name]))
