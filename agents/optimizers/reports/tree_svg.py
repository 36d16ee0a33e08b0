"""The tree of candidates as inline SVG: colors by class, each candidate a link that the page's script opens."""

from collections.abc import Callable
from typing import TypeAlias

from steepest.agents.optimizers.reports.history import Entry, History
from steepest.agents.optimizers.reports.lineage import Leaf, Tree
from steepest.agents.optimizers.reports.wording import figure
from steepest.traces.rendering.markup import Markup, element, joined

__all__ = ["SHADES", "tree_svg"]

SHADES = 7
"""Colors of scores, from the lowest member's to the highest's."""
_MARGIN = 22
_FEW = 60
"""Up to so many members have their names beside them."""
_WIDE, _NARROW = 92, 46
"""Pixels between generations with and without names."""
_ROW = 38
_TRIED_APART = 8
"""Pixels between the dots of candidates that were not admitted."""

Place: TypeAlias = Callable[[Leaf], tuple[int, int]]


def tree_svg(history: History, tree: Tree) -> Markup:
    """Draw a tree."""
    is_named = len(tree.leaves) <= _FEW
    across = _WIDE if is_named else _NARROW

    def place(leaf: Leaf) -> tuple[int, int]:
        return _MARGIN + across * leaf.column, _MARGIN + _ROW * leaf.row

    shade = _shades(history)
    drawn = [_merge(tree, place, *pair) for pair in tree.merges]
    drawn += [
        _edge(tree, place, leaf, tree.leaves[leaf.root]) for leaf in tree.leaves.values() if leaf.root is not None
    ]
    for leaf in tree.leaves.values():
        drawn.append(_tried(leaf, place(leaf), (across - 14) // _TRIED_APART))
        drawn.append(_leaf(leaf, place(leaf), shade(leaf.entry), leaf.entry.number == history.best, is_named))
    width = _MARGIN + across * tree.columns
    height = 2 * _MARGIN + _ROW * (tree.rows - 1) + 4
    title = element("title", f"The lineage of {len(tree.leaves):,} candidates")
    view = f"0 0 {width} {height}"
    return element("svg", title, *drawn, class_="tree", view_box=view, width=width, height=height, role="group")


def _shades(history: History) -> Callable[[Entry], str]:
    scores = [each.score for each in history.members if each.score is not None]
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    span = high - low

    def shade(entry: Entry) -> str:
        if entry.score is None:
            return "tried"
        share = (entry.score - low) / span if span > 0 else 1.0
        return f"shade{min(int(share * SHADES), SHADES - 1)}"

    return shade


def _edge(tree: Tree, place: Place, leaf: Leaf, root: Leaf) -> Markup:
    """Along the row of what it hangs on, or down from it to a row of its own."""
    (x, y), (to_x, to_y) = place(root), place(leaf)
    path = f"M{x} {y}H{to_x}" if y == to_y else f"M{x} {y}V{to_y - 8}Q{x} {to_y} {x + 8} {to_y}H{to_x}"
    classes = ["edge"]
    if {leaf.entry.number, root.entry.number} <= tree.best_line:
        classes.append("best")
    if root.entry.number not in leaf.entry.parents:
        classes.append("folded")
    return element("path", d=path, class_=" ".join(classes))


def _merge(tree: Tree, place: Place, parent: int, child: int) -> Markup:
    (x, y), (to_x, to_y) = place(tree.leaves[parent]), place(tree.leaves[child])
    middle = (x + to_x) / 2
    return element("path", d=f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}", class_="edge merge")


def _leaf(leaf: Leaf, at: tuple[int, int], shade: str, is_best: bool, is_named: bool) -> Markup:
    entry, (x, y) = leaf.entry, at
    parts = [element("title", _told(leaf, is_best))]
    if is_best:
        parts.append(element("circle", cx=x, cy=y, r=11, class_="halo"))
    parts.append(element("circle", cx=x, cy=y, r=7, class_=shade))
    if is_named:
        words = [element("tspan", entry.number, class_="number"), f" {figure(entry.score)}"]
        parts.append(element("text", *words, x=x + 12, y=y - 6))
    elif leaf.hidden:
        parts.append(element("text", f"+{leaf.hidden:,}", x=x + 10, y=y - 6, class_="hidden"))
    return element("a", joined(*parts), href=f"#candidate={entry.number}", data_candidate=entry.number)


def _tried(leaf: Leaf, at: tuple[int, int], most: int) -> Markup:
    """A dot each for what was made from it and not admitted, in a line below; a number for those that have no room."""
    x, y = at[0] + 12, at[1] + 11
    room = most if len(leaf.tried) <= most else max(most - 3, 0)
    dots = []
    for place, entry in enumerate(leaf.tried[:room]):
        told = f"candidate {entry.number}, not admitted, score {figure(entry.score)}\n{entry.reason}"
        dot = element("circle", element("title", told), cx=x + _TRIED_APART * place, cy=y, r=3, class_="tried")
        dots.append(element("a", dot, href=f"#candidate={entry.number}", data_candidate=entry.number))
    if len(leaf.tried) > room:
        more = f"+{len(leaf.tried) - room:,}"
        dots.append(element("text", more, x=x - 3 + _TRIED_APART * room, y=y + 3.5, class_="hidden"))
    return joined(*dots)


def _told(leaf: Leaf, is_best: bool) -> str:
    entry = leaf.entry
    name = "the seed" if entry.fate == "seed" else f"candidate {entry.number}"
    by = "" if entry.fate == "seed" else f"{entry.origin}, step {entry.step}"
    head = ", ".join(filter(None, (name, "the best" if is_best else "", f"score {figure(entry.score)}", by)))
    tried = f"{len(leaf.tried):,} made from it and not admitted" if leaf.tried else ""
    folded = f"{leaf.hidden:,} that come from it are folded away" if leaf.hidden else ""
    return "\n".join(filter(None, (head, entry.reason, tried, folded)))
