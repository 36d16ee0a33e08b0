"""Whether two compiled models are the same up to names, order and the scale of constraints: colours, then a proof.

The columns and rows of a model are the nodes of a graph whose edges are coefficients. Nodes that look alike share a
colour, and colours are refined by those of the neighbours until nothing changes (Weisfeiler and Leman, 1968). Where
several nodes are left with one colour, one is told apart and the refinement goes on, with another choice where that
fails (McKay's individualisation). The map that comes out is believed only after every number has been compared.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.equivalence.canonical import CanonicalRow, NumberClasses, canonical_rows, is_same, products
from steepest.solvers.equivalence.report import Pair
from steepest.solvers.equivalence.rows import SparseRow, rows_of
from steepest.solvers.spending import Spending

_MOST_CHOICES = 500


@dataclass(frozen=True, slots=True)
class StructureMatch:
    """The pairs of a map between two models, or why there is none."""

    columns: tuple[Pair, ...] | None = None
    rows: tuple[Pair, ...] = ()
    sides: tuple[str, str] = ("", "")
    """What each has that the other has not; empty for a map, and for a search that was given up."""

    @property
    def difference(self) -> str:
        """In what they differ; empty where they are not shown to."""
        return f"the first has {self.sides[0]}, the second {self.sides[1]}" if any(self.sides) else ""

    @property
    def is_found(self) -> bool:
        """Whether the models are the same."""
        return self.columns is not None


@dataclass(frozen=True, eq=False)
class _Graph:
    """Columns are the nodes from 0 on, rows those behind them."""

    model: ArrayModel
    rows: list[CanonicalRow]
    neighbours: list[list[tuple[int, int]]]
    """For each node those beside it, each with the class of the coefficient between them."""
    looks: list[tuple[int, ...]]
    """What each node looks like by itself."""


def match_structures(
    first: ArrayModel, second: ArrayModel, anchors: Sequence[tuple[int, int]], spending: Spending
) -> StructureMatch:
    """The map between two models that are the same up to names, order and the scale of rows.

    Args:
        first: A model.
        second: Another.
        anchors: Columns of the first, each with the one of the second that it has to be.
        spending: How long it may take.

    Raises:
        BudgetSpentError: The time is over.
    """
    sides = _plain_difference(first, second)
    if sides:
        return StructureMatch(sides=sides)
    one, other = canonical_rows(rows_of(first)), canonical_rows(rows_of(second))
    if len(one) != len(other):
        return StructureMatch(sides=(f"{len(one)} constraints that limit something", str(len(other))))
    classes = NumberClasses([*_numbers(first, one), *_numbers(second, other)])
    graphs = _graph(first, one, classes), _graph(second, other, classes)
    for number, (column, theirs) in enumerate(anchors, 1):
        graphs[0].looks[column] += (number,)
        graphs[1].looks[theirs] += (number,)
    return _Search(*graphs, spending).found()


def _plain_difference(first: ArrayModel, second: ArrayModel) -> tuple[str, str] | None:
    if first.columns != second.columns:
        return f"{first.columns} columns", str(second.columns)
    if first.sense != second.sense and (_has_objective(first) or _has_objective(second)):
        return f"to {first.sense}", f"to {second.sense}"
    if not is_same(first.offset, second.offset):
        return f"the constant {first.offset:g} in its objective", f"{second.offset:g}"
    return None


def _has_objective(model: ArrayModel) -> bool:
    return bool(model.cost.any()) or model.hessian is not None


def _numbers(model: ArrayModel, rows: list[CanonicalRow]) -> list[float]:
    found = [*model.cost.tolist(), *model.lower.tolist(), *model.upper.tolist()]
    for each in rows:
        values = each.row.coefficients.values()
        found += [each.row.lower, each.row.upper, *values, *map(abs, values)]
    return found if model.hessian is None else [*found, *model.hessian.values.tolist()]


def _graph(model: ArrayModel, rows: list[CanonicalRow], classes: NumberClasses) -> _Graph:
    neighbours: list[list[tuple[int, int]]] = [[] for _ in range(model.columns + len(rows))]
    parts = (model.lower, model.upper, model.cost)
    looks = [
        (0, int(model.types[column]), *(classes.of(float(each[column])) for each in parts))
        for column in range(model.columns)
    ]
    for node, each in enumerate(rows, model.columns):
        looks.append((1, int(each.is_symmetric), classes.of(each.row.lower), classes.of(each.row.upper)))
        for column, value in each.row.coefficients.items():
            kind = classes.of(abs(value) if each.is_symmetric else value)
            neighbours[node].append((column, kind))
            neighbours[column].append((node, kind))
    for pair, value in products(model, {each: each for each in range(model.columns)}).items():
        one, other = min(pair), max(pair)
        kind = -2 - classes.of(value)  # apart from the coefficients of rows
        neighbours[one].append((other, kind))
        neighbours[other].append((one, kind))
    return _Graph(model, rows, neighbours, looks)


class _Search:
    """The search for a map between two graphs."""

    def __init__(self, first: _Graph, second: _Graph, spending: Spending) -> None:
        self.first, self.second = first, second
        self.spending = spending
        self.choices = 0
        self.alone = ["", ""]
        """Of each, a column or row that is like none of the other's."""

    def found(self) -> StructureMatch:
        palette: dict[object, int] = {}
        colours = [
            [palette.setdefault(look, len(palette)) for look in graph.looks] for graph in (self.first, self.second)
        ]
        refined = self.refined(colours)
        if refined is None:
            return StructureMatch(sides=(self.alone[0], self.alone[1]))
        return self.mapped(refined) or StructureMatch()

    def refined(self, colours: list[list[int]]) -> list[list[int]] | None:
        """Both colourings refined side by side until nothing changes; None where they part."""
        while True:
            if Counter(colours[0]) != Counter(colours[1]):
                self.alone = [_alone(self.first, *colours), _alone(self.second, colours[1], colours[0])]
                return None
            self.spending.require_time()
            palette: dict[object, int] = {}
            finer = [
                [palette.setdefault(_view(graph, own, node), len(palette)) for node in range(len(own))]
                for graph, own in ((self.first, colours[0]), (self.second, colours[1]))
            ]
            if len(set(finer[0])) == len(set(colours[0])) and Counter(finer[0]) == Counter(finer[1]):
                return finer
            colours = finer

    def mapped(self, colours: list[list[int]]) -> StructureMatch | None:
        """A map that the colours allow; None where there is none, or the search was given up."""
        in_order = self.verified(_paired_in_order(*colours))
        count = Counter(colours[0])
        ambiguous = [colour for colour, times in count.items() if times > 1]
        if in_order is not None or not ambiguous:
            return in_order
        chosen = min(ambiguous, key=lambda colour: count[colour])
        node = colours[0].index(chosen)
        new = max(colours[0]) + 1
        for other in [each for each, colour in enumerate(colours[1]) if colour == chosen]:
            self.choices += 1
            if self.choices > _MOST_CHOICES:
                return None
            refined = self.refined([_told_apart(colours[0], node, new), _told_apart(colours[1], other, new)])
            found = self.mapped(refined) if refined is not None else None
            if found is not None:
                return found
        return None

    def verified(self, places: Sequence[int]) -> StructureMatch | None:
        """The map, if every number of the one model is that of the other."""
        first, second = self.first.model, self.second.model
        columns = np.array(places[: first.columns], dtype=int)
        for name in ("lower", "upper", "cost"):
            if not all(map(is_same, getattr(first, name).tolist(), getattr(second, name)[columns].tolist())):
                return None
        if (first.types != second.types[columns]).any() or not self._products_agree(columns.tolist()):
            return None
        rows = []
        for number, each in enumerate(self.first.rows):
            other = self.second.rows[places[first.columns + number] - first.columns]
            sign = _sign_between(each.row, other.row, columns.tolist())
            if not sign:
                return None
            rows.append(Pair(each.row.name, other.row.name, sign * each.factor / other.factor))
        pairs = [Pair(first.column_name(each), second.column_name(int(columns[each]))) for each in range(first.columns)]
        return StructureMatch(tuple(pairs), tuple(rows))

    def _products_agree(self, columns: list[int]) -> bool:
        mine = products(self.first.model, dict(enumerate(columns)))
        theirs = products(self.second.model, {each: each for each in columns})
        return mine.keys() == theirs.keys() and all(is_same(mine[key], theirs[key]) for key in mine)


def _paired_in_order(mine: list[int], theirs: list[int]) -> list[int]:
    """For each node one of its colour: constraints that stand there twice are as good as each other."""
    places: dict[int, list[int]] = {}
    for node, colour in enumerate(theirs):
        places.setdefault(colour, []).append(node)
    taken = dict.fromkeys(places, 0)
    found = []
    for colour in mine:
        found.append(places[colour][taken[colour]])
        taken[colour] += 1
    return found


def _alone(graph: _Graph, own: list[int], theirs: list[int]) -> str:
    """A node of a colour that the other graph has fewer of."""
    more = Counter(own) - Counter(theirs)
    node = next((each for each, colour in enumerate(own) if colour in more), None)
    if node is None:
        return "none like it"
    columns = graph.model.columns
    name = graph.model.column_name(node) if node < columns else graph.rows[node - columns].row.name
    return f"`{name}`, which is like none of the other's"


def _view(graph: _Graph, colours: list[int], node: int) -> tuple[int, tuple[tuple[int, int], ...]]:
    return colours[node], tuple(sorted((kind, colours[other]) for other, kind in graph.neighbours[node]))


def _told_apart(colours: list[int], node: int, colour: int) -> list[int]:
    return [colour if each == node else own for each, own in enumerate(colours)]


def _sign_between(row: SparseRow, other: SparseRow, columns: list[int]) -> int:
    """1 if the rows are the same, -1 if one is the other turned round, 0 if they are not."""
    mapped = {columns[column]: value for column, value in row.coefficients.items()}
    for sign in (1, -1):
        turned = other if sign == 1 else other.times(-1.0)
        if (
            mapped.keys() == turned.coefficients.keys()
            and all(is_same(value, turned.coefficients[column]) for column, value in mapped.items())
            and is_same(row.lower, turned.lower)
            and is_same(row.upper, turned.upper)
        ):
            return sign
    return 0
