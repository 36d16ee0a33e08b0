"""The tree of candidates: which of them are drawn, and where. A large one is folded to what a person can look at.

A member of the pool stands right of what it was made from; of siblings the one that leads to the best stands first, so
that the best's own line runs straight along the top. Where what stands between two members is folded away, the later
one hangs on the nearest that is drawn, and what is folded is counted there. Candidates that were tried and not admitted
are listed with the member that they were made from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steepest.agents.optimizers.reports.history import Entry, History

__all__ = ["MOST_DRAWN", "Leaf", "Tree", "tree_of"]

MOST_DRAWN = 300
"""Members in the picture."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A member in the picture."""

    entry: Entry
    column: int
    """Drawn generations after the seed."""
    row: int
    root: int | None
    """The drawn member that it hangs on; None of the seed."""
    hidden: int
    """Members that come from it and are folded away."""
    tried: tuple[Entry, ...]
    """Made from it, or from what is folded there, and not admitted."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The picture's members, each after what it hangs on."""

    leaves: Mapping[int, Leaf]
    best_line: frozenset[int]
    """The best and those that it came from."""
    columns: int
    rows: int
    hidden: int
    """Members that are folded away."""
    merges: tuple[tuple[int, int], ...] = ()
    """From further parents to what was made of them, too."""


def tree_of(history: History, most: int = MOST_DRAWN) -> Tree:
    """Place the members of a search's pool.

    Args:
        history: The search.
        most: How many are drawn, at least two.
    """
    line = history.lineage(history.best)
    drawn = _chosen(history, line, most)
    roots = _roots(history, drawn)
    places = _placed(_children(drawn, roots, frozenset(line)))
    tried, hidden = _folded(history, drawn, roots)
    leaves = {
        number: Leaf(history.entries[number], *place, roots.get(number), hidden[number], tuple(tried[number]))
        for number, place in places.items()
    }
    merges = ((parent, number) for number in leaves for parent in history.entries[number].parents[1:])
    return Tree(
        leaves,
        frozenset(line),
        1 + max(each.column for each in leaves.values()),
        1 + max(each.row for each in leaves.values()),
        sum(hidden.values()),
        tuple((parent, number) for parent, number in merges if parent in leaves and parent != number),
    )


def _chosen(history: History, line: Sequence[int], most: int) -> frozenset[int]:
    """The seed, the end of the best's line, and other members, the best first."""
    chosen = {0, *line[-max(most // 2, 1) :]}
    for entry in sorted(history.members, key=_rank):
        if len(chosen) >= most:
            break
        chosen.add(entry.number)
    return frozenset(chosen)


def _rank(entry: Entry) -> tuple[float, int]:
    return -(entry.score if entry.score is not None else float("-inf")), entry.number


def _roots(history: History, drawn: frozenset[int]) -> dict[int, int]:
    """For each candidate the nearest drawn one that it came from."""
    roots: dict[int, int] = {}
    for number, entry in history.entries.items():
        if entry.parents:
            parent = entry.parents[0]
            roots[number] = parent if parent in drawn else roots.get(parent, 0)
    return roots


def _children(drawn: frozenset[int], roots: Mapping[int, int], line: frozenset[int]) -> dict[int, list[int]]:
    """What hangs on each, the best's line first."""
    children: dict[int, list[int]] = {number: [] for number in drawn}
    for number, root in roots.items():
        if number in drawn:
            children[root].append(number)
    for found in children.values():
        found.sort(key=lambda each: (each not in line, each))
    return children


def _placed(children: Mapping[int, Sequence[int]]) -> dict[int, tuple[int, int]]:
    """A column and a row for each, without recursion: a search may be a chain of any length."""
    places: dict[int, tuple[int, int]] = {}
    row = 0
    waiting = [(0, 0, False)]
    while waiting:
        number, column, is_new_row = waiting.pop()
        row += is_new_row
        places[number] = column, row
        following = [(each, column + 1, place > 0) for place, each in enumerate(children[number])]
        waiting.extend(reversed(following))
    return places


def _folded(
    history: History, drawn: frozenset[int], roots: Mapping[int, int]
) -> tuple[dict[int, list[Entry]], dict[int, int]]:
    """What hangs on each and is not drawn: candidates that were not admitted, and how many members."""
    tried: dict[int, list[Entry]] = {number: [] for number in drawn}
    hidden = dict.fromkeys(drawn, 0)
    for number, root in roots.items():
        entry = history.entries[number]
        if entry.fate == "tried":
            tried[root].append(entry)
        elif number not in drawn:
            hidden[root] += 1
    return tried, hidden
