"""Whether literal labels and steps from labels are elements of the sets that they index."""

from collections.abc import Iterator

from steepest.solvers.checks.findings import error_at, listed, nearest, shown, spell_member, warning_at
from steepest.solvers.checks.known_sets import KnownSet
from steepest.solvers.checks.scopes import BoundIndex, Visit, sites, visits
from steepest.solvers.checks.symbols import Symbols
from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.formulation import Constraint, Objective, Variable
from steepest.solvers.language.expressions import Comparison, Expression, Index, Label, LabelRef, Name, Sum
from steepest.solvers.language.spelling import spell_label


def check_labels(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add the labels and lags that lie outside their sets, where the formulation alone says what those contain."""
    for site in sites(symbols):
        for visit in visits(site, symbols):
            if isinstance(visit.node, Index):
                _check_index(visit, visit.node, symbols, diagnostics)
            elif isinstance(visit.node, Comparison):
                _check_comparison(visit, visit.node, diagnostics)


def _check_index(visit: Visit, node: Index, symbols: Symbols, diagnostics: Diagnostics) -> None:
    element = symbols.elements.get(node.name)
    if element is None or element.index is None:
        return
    positions = list(symbols.positions(element.index))
    widths = [symbols.member_width(index, visit.scope.widths) for index in node.indices]
    if len(positions) != len(widths) or any(width != 1 for width in widths):
        return
    hidden = element.index.names
    for index, (source, place, width) in zip(node.indices, positions, strict=True):
        known = symbols.known_set(source, hidden) if width is not None else None
        label = symbols.constant(index, visit.scope.names)
        if known is None:
            _check_unknown_set(visit, index, symbols, diagnostics)
        elif label is not None and label not in known.column(place):
            _outside(visit, index, label, known.column(place), shown(source), symbols, diagnostics)
        elif isinstance(index, Sum):
            _check_lag(visit, index, known.column(place), symbols, diagnostics)


def _check_unknown_set(visit: Visit, index: Expression, symbols: Symbols, diagnostics: Diagnostics) -> None:
    """A bare word in the place of an index is read as a label; if it is an index elsewhere, that may not be meant."""
    if isinstance(index, LabelRef) and index.value in symbols.words.bound and index.value not in visit.scope.names:
        message = f"`{index.value}` in `{shown(visit.node)}` is read as a label: no such index is bound here"
        warning_at(visit, diagnostics, "free-index", message, f"if it is an index, add `{index.value} in ...`")


def _outside(
    visit: Visit,
    index: Expression,
    label: Label,
    known: KnownSet,
    source: str,
    symbols: Symbols,
    diagnostics: Diagnostics,
) -> None:
    word = label if isinstance(label, str) else None
    close = nearest(word, [each for each in known if isinstance(each, str)]) if word else None
    if word in symbols.words.bound and not close:
        clause = f"{word} in {source}"
        is_sum = isinstance(visit.site.owner, Objective)
        repair = f"sum over it: `sum(... for {clause})`" if is_sum else f"add `{clause}` to the head, or sum over it"
        return error_at(
            visit, diagnostics, "free-index", f"the index `{word}` is not bound in `{shown(visit.node)}`", repair
        )
    message = f"{spell_label(label)} in `{shown(visit.node)}` is no element of {source}"
    repair = f"did you mean {spell_label(close)}?" if close else f"{source} contains {listed(known.members)}"
    error_at(visit, diagnostics, "label-not-in-set", message, repair)


# Lags


def _check_lag(visit: Visit, index: Sum, known: KnownSet, symbols: Symbols, diagnostics: Diagnostics) -> None:
    """`stock[t - 1]` for every `t`: the first one has none before it."""
    if not visit.scope.definite or not isinstance(visit.site.owner, Constraint | Objective | Variable):
        return
    start, steps = index.terms[0], symbols.constant_number(Sum(index.terms[1:], index.signs[1:]), visit.scope.names)
    if not isinstance(start, Name) or start.name not in visit.scope.names or not steps:
        return
    bound = visit.scope.names[start.name]
    left = next(_leaving(bound, steps, known), None)
    if left is None:
        return
    side, end = (">", "first") if steps < 0 else ("<", "last")
    source = shown(bound.source)
    error_at(
        visit,
        diagnostics,
        "lag-leaves-set",
        f"`{shown(visit.node)}` leaves {source} at {start.name} = {spell_member(left)}",
        f"add `if {start.name} {side} {end}({source})`, and say in a constraint of its own what holds there",
    )


def _leaving(bound: BoundIndex, steps: float, known: KnownSet) -> Iterator[Label]:
    """The labels from which a step leads out of a set."""
    labels = bound.labels
    if labels is None or (labels.cyclic and bound.over_set):
        return
    for place, label in enumerate(labels):
        if isinstance(label, str):
            if bound.over_set and not 0 <= place + steps < len(labels):
                yield label
        elif not isinstance(label, tuple) and label + steps not in known:
            yield label


# Comparisons


def _check_comparison(visit: Visit, node: Comparison, diagnostics: Diagnostics) -> None:
    """`p == corm` where no label of p's set is called so: never true."""
    for left, operator, right in zip(node.operands, node.operators, node.operands[1:], strict=False):
        if operator not in ("==", "!="):
            continue
        for name, label in ((left, right), (right, left)):
            if not isinstance(name, Name) or not isinstance(label, LabelRef) or name.name not in visit.scope.names:
                continue
            bound = visit.scope.names[name.name]
            if bound.labels is None or label.value in bound.labels:
                continue
            close = nearest(label.value, [each for each in bound.labels if isinstance(each, str)])
            message = f"`{shown(node)}`: {spell_label(label.value)} is no element of {shown(bound.source)}"
            repair = f"did you mean {spell_label(close)}?" if close else None
            warning_at(visit, diagnostics, "label-not-in-set", message, repair)
