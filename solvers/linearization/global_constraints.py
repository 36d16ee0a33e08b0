"""Global constraints as rows: all different, one circuit, tasks that do not overlap, tasks that share a capacity.

Exact and plain; a solver of its own kind (CP-SAT) is faster on large schedules.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import Call, Expression, Index, Reduction, TupleOf
from steepest.solvers.language.spelling import spell
from steepest.solvers.linearization.boxes import Box, column_box, form_box
from steepest.solvers.linearization.comparisons import column_form
from steepest.solvers.linearization.demand import Demand
from steepest.solvers.linearization.indicators import Indicators
from steepest.solvers.linearization.lattices import is_whole
from steepest.solvers.linearization.reformulation import Numbered, Record, Reformulation
from steepest.solvers.linearization.refusals import unbounded
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.forms import Block, Form, add, constant_form
from steepest.solvers.vectorized.frames import Expansion, Frame, spread
from steepest.solvers.vectorized.rows import RowBlock

if TYPE_CHECKING:
    from steepest.solvers.linearization.linearizer import Linearizer

Places: TypeAlias = npt.NDArray[np.integer]

_MOST_VALUES = 2_000_000
"""Binary variables that one `all_different` may take: one for each value of each of its expressions."""
_MOST_PAIRS = 5_000_000


def require_global(linearizer: "Linearizer", node: Call | Reduction, frame: Frame) -> None:
    """Make a global constraint hold in every row of a frame.

    Raises:
        UnsupportedProblemError: It has no exact linear form, as it is written.
    """
    each = _Global(linearizer, node, frame)
    if each.expansion.frame.size:  # of nothing, everything holds
        _REQUIRE[node.function](each)


class _Global:
    """A global constraint with the rows of what it is over."""

    def __init__(self, linearizer: "Linearizer", node: Call | Reduction, frame: Frame) -> None:
        self.linearizer = linearizer
        self.made = linearizer.made
        self.node = node
        self.frame = frame
        self.record = self.made.record("global", node, linearizer.algebra.element)
        generators = node.generators if isinstance(node, Reduction) else ()
        self.expansion: Expansion = linearizer.algebra.evaluate.expand(frame, generators)

    def parts(self, count: int, what: str) -> tuple[Expression, ...]:
        """The items of each element, which have to be `count`."""
        body = self.node.body if isinstance(self.node, Reduction) else None
        items = body.items if isinstance(body, TupleOf) else ()
        if len(items) != count:
            message = f"`{spell(self.node)}` does not say {what}"
            repair = f"write `{self.node.function}({what} for i in S)`"
            raise problem("wrong-arguments", message, place=self.node.place, repair=repair)
        return items

    def form(self, node: Expression) -> Form:
        return self.linearizer.linear_form(node, self.expansion.frame)

    def unsupported(self, reason: str) -> UnsupportedProblemError:
        return UnsupportedProblemError(spell(self.node), reason, self.node.place)

    def pairs(self) -> tuple[Places, Places]:
        """The places of all pairs of elements that stand in one row, each pair once."""
        counts = np.bincount(self.expansion.parents, minlength=self.frame.size)
        if int((counts * (counts - 1) // 2).sum()) > _MOST_PAIRS:
            raise self.unsupported(f"it is over more than {_MOST_PAIRS:,} pairs")
        ends = np.cumsum(counts)[self.expansion.parents]
        first, second = spread(np.arange(len(ends)) + 1, ends - np.arange(len(ends)) - 1)
        return first, second


# All different


def _all_different(each: _Global) -> None:
    if isinstance(each.node, Call):
        count = len(each.node.arguments)
        rows = np.arange(each.frame.size, dtype=np.int32)
        forms = [each.linearizer.linear_form(argument, each.frame) for argument in each.node.arguments]
        spaced = [form.scattered(rows * count + place, each.frame.size * count) for place, form in enumerate(forms)]
        form, owners = add(spaced, [1] * count), np.repeat(rows, count)
    else:
        form, owners = each.form(each.node.body), each.expansion.parents
    if not is_whole(form, each.made.columns).all():
        raise each.unsupported("only whole numbers are told apart exactly: make the variables integer")
    each.made.definitions.append(_AllDifferent(each.record, form, owners))


@dataclass(eq=False)
class _AllDifferent:
    """Rows by which the forms of each owner differ: a binary says which value a form has, and no two have the same."""

    record: Record
    form: Form
    owners: Places

    @property
    def results(self) -> Numbered:
        return np.empty(0, np.int32)

    @property
    def arguments(self) -> Numbered:
        return np.concatenate([np.empty(0, np.int32), *(block.columns for block in self.form.blocks)])

    def narrow(self, box: Box) -> None:
        """The values of one say nothing about the bounds of another."""

    def rows(self, made: Reformulation, box: Box, demand: Demand) -> Iterator[RowBlock]:
        low, high = form_box(self.form, box)
        if not np.isfinite(low).all() or not np.isfinite(high).all():
            raise unbounded(self.record, self.arguments, box)
        low, high = np.ceil(low - 1e-6), np.floor(high + 1e-6)
        counts = np.maximum(high - low + 1, 0).astype(np.int64)
        if int(counts.sum()) > _MOST_VALUES:
            reason = f"its expressions have {int(counts.sum()):,} values together; {_MOST_VALUES:,} are the most"
            raise UnsupportedProblemError(self.record.text, reason, self.record.place)
        of, values = spread(low.astype(np.int64), counts)
        choices = made.add_binaries(self.record, len(of))
        size = self.form.size
        chosen = Form(size, np.zeros(()), (Block(of, choices, values.astype(np.float64)),))
        yield made.row_block(self.record, add([self.form, chosen], [1, -1]), 0.0, 0.0)
        yield made.row_block(self.record, Form(size, np.zeros(()), (Block(of, choices, np.ones(())),)), 1.0, 1.0)
        keys = np.stack([self.owners[of], values])
        distinct, places = np.unique(keys, axis=1, return_inverse=True)
        taken = Block(places.reshape(-1).astype(np.int32), choices, np.ones(()))
        yield made.row_block(self.record, Form(distinct.shape[1], np.zeros(()), (taken,)), -np.inf, 1.0)


# A circuit


def _circuit(each: _Global) -> None:
    """Degrees, and an order of the nodes: no subtours (Miller, Tucker and Zemlin, Journal of the ACM 7(4), 1960)."""
    body = each.node.body if isinstance(each.node, Reduction) else None
    if not isinstance(body, Index) or len(body.indices) < 2:
        message = f"`{spell(each.node)}` does not say which arcs may be taken"
        repair = "write `circuit(go[i, j] for (i, j) in Arc)` with a binary variable for each arc"
        raise problem("wrong-arguments", message, place=each.node.place, repair=repair)
    arcs = each.form(body)
    box = form_box(arcs, column_box(each.made.columns))
    if not is_whole(arcs, each.made.columns).all() or (box.low < 0).any() or (box.high > 1).any():
        raise each.unsupported("an arc is taken or not: the variable has to be binary")
    frame, owners = each.expansion.frame, each.expansion.parents
    evaluate = each.linearizer.algebra.evaluate
    tails, heads = (np.broadcast_to(evaluate.labels(end, frame).ids, frame.size) for end in body.indices[-2:])
    ends = np.concatenate([np.stack([owners, tails]), np.stack([owners, heads])], axis=1)
    nodes, inverse = np.unique(ends, axis=1, return_inverse=True)
    places = inverse.reshape(-1)
    tail, head = places[: frame.size], places[frame.size :]
    count = nodes.shape[1]
    for side in (tail, head):
        each.made.add_rows(each.record, arcs.scattered(side, count), 1.0, 1.0)
    sizes = np.bincount(nodes[0], minlength=each.frame.size).astype(np.float64)
    is_root = np.zeros(count, bool)
    is_root[np.unique(nodes[0], return_index=True)[1]] = True
    last = sizes[nodes[0]] - 1
    stays = np.flatnonzero((tail == head) & (last[tail] > 0))  # a node by itself goes round by staying
    each.made.add_rows(each.record, arcs.gathered(stays), 0.0, 0.0)
    order = column_form(each.made.add_columns(each.record, np.zeros(count), np.where(is_root, 0.0, last)))
    inner = np.flatnonzero(~is_root[tail] & ~is_root[head] & (tail != head))
    room = last[tail[inner]]
    steps = [order.gathered(tail[inner]), order.gathered(head[inner]), arcs.gathered(inner).scaled(room + 0.0)]
    each.made.add_rows(each.record, add(steps, [1, -1, 1]), -np.inf, room - 1)


# Schedules


def _no_overlap(each: _Global) -> None:
    start, duration = (each.form(part) for part in each.parts(2, "start[i], duration[i]"))
    end = add([start, duration], [1, 1])
    first, second = each.pairs()
    if not len(first):
        return
    before = column_form(each.made.add_binaries(each.record, len(first)))
    after = add([constant_form(np.ones(()), len(first)), before], [1, -1])
    for one, other, exception in ((first, second, after), (second, first, before)):
        gap = add([end.gathered(one), start.gathered(other)], [1, -1])
        each.made.definitions.append(Indicators(each.record, gap, exception))


def _cumulative(each: _Global) -> None:
    """At the start of each task those that run then, itself among them, need no more than there is.

    A task runs at the start of another unless it starts later or is over by then.
    """
    capacity, start, duration, demand = each.parts(4, "capacity, start[i], duration[i], demand[i]")
    starts, lengths, needed = each.form(start), each.form(duration), each.form(demand)
    ends = add([starts, lengths], [1, 1])
    limit = each.linearizer.linear_form(capacity, each.frame).gathered(each.expansion.parents)
    if not needed.is_constant:
        raise each.unsupported("what a task needs has to be data")
    if (needed.constant < 0).any():
        raise each.unsupported("what a task needs can't be below 0")
    if not (is_whole(starts, each.made.columns).all() and is_whole(ends, each.made.columns).all()):
        raise each.unsupported("starts and durations have to be whole numbers: make the variables integer")
    one, other = each.pairs()
    running, at = np.concatenate([one, other]), np.concatenate([other, one])
    amounts = np.broadcast_to(needed.constant, starts.size)[running]
    running, at, amounts = running[amounts > 0], at[amounts > 0], amounts[amounts > 0]
    size = len(running)
    later, over, runs = (column_form(each.made.add_binaries(each.record, size)) for _ in range(3))
    starts_later = add([starts.gathered(at), starts.gathered(running), constant_form(np.ones(()), size)], [1, -1, 1])
    is_over = add([ends.gathered(running), starts.gathered(at)], [1, -1])
    for form, literal in ((starts_later, later), (is_over, over)):
        exception = add([constant_form(np.ones(()), size), literal], [1, -1])
        each.made.definitions.append(Indicators(each.record, form, exception))
    each.made.add_rows(each.record, add([later, over, runs], [1, 1, 1]), 1.0, np.inf)
    used = runs.scaled(amounts).scattered(at, starts.size)
    own = _is_long(each, lengths).scaled(np.broadcast_to(needed.constant, starts.size))
    each.made.add_rows(each.record, add([used, own, limit], [1, 1, -1]), -np.inf, 0.0)


def _is_long(each: _Global, lengths: Form) -> Form:
    """1 for every task of some length; what takes no time needs nothing."""
    box = form_box(lengths, column_box(each.made.columns))
    known = constant_form((box.low > 0).astype(np.float64), lengths.size)
    rows = np.flatnonzero((box.low <= 0) & (box.high > 0))
    if not len(rows):
        return known
    literal = column_form(each.made.add_binaries(each.record, len(rows)))
    each.made.definitions.append(Indicators(each.record, lengths.gathered(rows), literal))
    return add([known, literal.scattered(rows, lengths.size)], [1, 1])


_REQUIRE: dict[str, Callable[[_Global], None]] = {
    "all_different": _all_different,
    "circuit": _circuit,
    "no_overlap": _no_overlap,
    "cumulative": _cumulative,
}
GLOBAL_ROWS = frozenset(_REQUIRE)
"""The global constraints that have a linear form here."""
