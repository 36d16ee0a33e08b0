"""Which problems of a data set a run asks: the same ones on every machine, more of them when a limit grows."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from steepest.errors import InputError
from steepest.evals.problems import Problem
from steepest.evals.specification import Selection

__all__ = ["select"]


def select(problems: Iterable[Problem], selection: Selection, seed: int) -> tuple[Problem, ...]:
    """Take the problems that are wanted, in the data set's order.

    First the ids, types and notes that were asked for, then a random sample if there is a limit, then the shard. The
    sample is the first `limit` problems by the hash of seed and id, so a smaller sample is part of a larger one, and
    each problem stays in its shard when the limit grows.

    Raises:
        InputError: An id or a type is unknown, or nothing is left.
    """
    wanted = list(problems)
    _refuse_unknown("id", selection.ids, {problem.id for problem in wanted})
    _refuse_unknown("type", selection.types, {problem.type for problem in wanted if problem.type})
    ids, types = set(selection.ids), set(selection.types)
    wanted = [
        problem
        for problem in wanted
        if (not ids or problem.id in ids)
        and (not types or problem.type in types)
        and not (selection.without_notes and problem.notes is not None)
    ]
    if not wanted:
        raise InputError("No problem is left by the ids, types and notes that were asked for")
    ranked = sorted(wanted, key=lambda problem: _rank(seed, problem.id))[: selection.limit]
    if selection.shard is not None:
        part, parts = _checked(selection.shard)
        ranked = ranked[part - 1 :: parts]
    taken = {problem.id for problem in ranked}
    return tuple(problem for problem in wanted if problem.id in taken)


def _rank(seed: int, id: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{id}".encode()).digest()


def _checked(shard: tuple[int, int]) -> tuple[int, int]:
    part, parts = shard
    if parts < 1 or not 1 <= part <= parts:
        raise InputError(f"There is no shard {part}/{parts}: shards of n are 1/n to n/n")
    return part, parts


def _refuse_unknown(what: str, wanted: Sequence[str], known: Collection[str]) -> None:
    unknown = [name for name in wanted if name not in known]
    if not unknown:
        return
    lines = []
    for name in unknown[:5]:
        close = get_close_matches(name, known, n=3)
        lines.append(f'"{name}"' + (f" (near: {', '.join(close)})" if close else ""))
    more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
    raise InputError(f"There is no problem with the {what} {', '.join(lines)}{more}")
