"""Global constraints over plain numbers: whether they hold, one index tuple at a time."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from steepest.solvers.tolerances import FEASIBILITY

Element: TypeAlias = Sequence[float]
"""The values of one element, such as a start and a duration."""


def all_differ(elements: Sequence[Element]) -> bool:
    """Whether no two first values are the same."""
    values = sorted(each[0] for each in elements)
    return all(after - before > FEASIBILITY for before, after in pairwise(values))


def never_overlap(elements: Sequence[Element]) -> bool:
    """Whether, of any two tasks (start, duration), one is over before the other starts."""
    tasks = sorted((start, start + duration) for start, duration in elements)
    return all(
        tasks[place][1] <= later[0] + FEASIBILITY * max(1, abs(later[0]))
        or later[1] <= tasks[place][0] + FEASIBILITY * max(1, abs(later[1]))
        for place in range(len(tasks))
        for later in tasks[place + 1 :]
    )


def never_exceed(elements: Sequence[Element]) -> bool:
    """Whether tasks (capacity, start, duration, demand) that run at the same time need no more than the capacity."""
    for capacity, time, _, _ in elements:
        used = sum(need for _, start, length, need in elements if start <= time + FEASIBILITY < start + length)
        if used > capacity + FEASIBILITY * max(1.0, abs(capacity)):
            return False
    return True


def is_circuit(arcs: Sequence[tuple[Hashable, Hashable, float]]) -> bool:
    """Whether the arcs (tail, head, taken) that are taken go once through every node and come back to the first."""
    nodes = {node for tail, head, _ in arcs for node in (tail, head)}
    chosen = [(tail, head) for tail, head, taken in arcs if taken > 0.5]
    follower = dict(chosen)
    if len(follower) < len(chosen) or len(chosen) != len(nodes):
        return False
    visited: list[Hashable] = []
    node = next(iter(nodes), None)
    while node in follower and node not in visited:
        visited.append(node)
        node = follower[node]
    return len(visited) == len(nodes) and visited[:1] in ([node], [])


OF_NUMBERS: Mapping[str, Callable[[Sequence[Element]], bool]] = {
    "all_different": all_differ,
    "no_overlap": never_overlap,
    "cumulative": never_exceed,
}
"""The constraints whose elements are numbers; the arcs of a circuit are labels."""
