"""New values for several parameters, all of them or none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from steepest.agents.optimizers.memory import Outcome
from steepest.agents.optimizers.search.values import Rejection, short
from steepest.traces.graph import Node
from steepest.traces.parameters import RejectedValueError, accepted, update

__all__ = ["Transaction", "apply"]

Change = tuple[str, Node[Any], Any]
"""A name, a parameter and its new value."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What became of it."""

    outcome: Outcome
    reasons: tuple[Rejection, ...] = ()


class _Undone(Exception):
    """A parameter further in does not have its new value, so that none has."""


def apply(changes: Sequence[Change], trial: Callable[[], object] | None = None) -> Transaction:
    """Give parameters new values; each has in its history what became of its own.

    Args:
        changes: Each parameter once.
        trial: Run with all new values in place; if it raises, all old ones are put back.

    Raises:
        CodeNotRunError: Code in the trial could not be run, which says nothing about the values; the old ones are back.
    """
    refused = _refused(changes)
    if refused:
        return Transaction("rejected", tuple(refused))
    return _apply(list(changes), trial)


def _refused(changes: Sequence[Change]) -> list[Rejection]:
    found = []
    for name, parameter, value in changes:
        try:
            accepted(parameter, value)
        except RejectedValueError as error:
            found.append(Rejection(str(error), name, short(value)))
    return found


def _apply(changes: list[Change], trial: Callable[[], object] | None) -> Transaction:
    """One parameter, with the others as its trial."""
    (name, parameter, value), *others = changes
    inner = Transaction("committed")

    def rest() -> None:
        nonlocal inner
        inner = _apply(others, trial)
        if inner.outcome != "committed":
            raise _Undone(f"the values that were proposed with it do not stand: {inner.reasons[0].reason}")

    made = update(parameter, value, rest if others else trial)
    if made.outcome == "committed" or inner.outcome != "committed":
        return inner
    return Transaction(made.outcome, (Rejection(made.reason, name, short(value)),))
