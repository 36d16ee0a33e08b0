"""The tree of candidates as inline SVG: colors by class, each candidate a link that the page's script opens."""

from collections.abc import Callable

from steepest.agents.optimizers.reports.history import Entry, History
from steepest.agents.optimizers.reports.lineage import Leaf, Tree
from steepest.agents.optimizers.reports.wording import figure
from steepest.traces.rendering.markup import Markup, element, joined

__all__ = ["SHADES", "tree_svg"]

SHADES = 7
"""Colors of scores, from the lowest member's to the highest's."""
_MARGIN = 22
_FEW = 60
"""Up to so many candidates have their names beside them."""
_WIDE, _NARROW = 112, 34
"""Pixels between generations with and without names."""
_ROW = 26


def tree_svg(history: History, tree: Tree) -> Markup:
    """Draw a tree."""
    is_named = len(tree.leaves) <= _FEW
    across = _WIDE if is_named else _NARROW

    def place(leaf: Leaf) -> tuple[int, int]:
        return _MARGIN + across * leaf.column, _MARGIN + _ROW * leaf.row

    shade = _shades(history)
    edges = [_edge(tree, place, leaf) for leaf in tree.leaves.values() if leaf.root is not None]
    merges = [_merge(tree, place, *pair) for pair in tree.merges]
    leaves = [
        _leaf(leaf, place(leaf), shade, leaf.entry.number == history.best, is_named) for leaf in tree.leaves.values()
    ]
    width = 2 * _MARGIN + across * (tree.columns - 1) + (_WIDE - _MARGIN if is_named else 24)
    height = 2 * _MARGIN + _ROW * (tree.rows - 1)
    title = element("title", f"The lineage of {len(tree.leaves):,} candidates")
    return element(
        "svg",
        title,
        *merges,
        *edges,
        *leaves,
        class_="tree",
        view_box=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="group",
    )


def _shades(history: History) -> Callable[[Entry], str]:
    scores = [each.score for each in history.members if each.score is not None]
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    span = high - low

    def shade(entry: Entry) -> str:
        if entry.score is None or entry.fate == "tried":
            return "tried"
        share = (entry.score - low) / span if span > 0 else 1.0
        return f"shade{min(int(share * SHADES), SHADES - 1)}"

    return shade


def _edge(tree: Tree, place: Callable[[Leaf], tuple[int, int]], leaf: Leaf) -> Markup:
    assert leaf.root is not None  # noqa: S101  (the caller asks for nothing else)
    root = tree.leaves[leaf.root]
    (x, y), (to_x, to_y) = place(root), place(leaf)
    turn = x + 12
    bend = min(6, abs(to_y - y))
    path = (
        f"M{x} {y}H{to_x}"
        if y == to_y
        else f"M{x} {y}H{turn - 6}Q{turn} {y} {turn} {y + bend}V{to_y - bend}Q{turn} {to_y} {turn + 6} {to_y}H{to_x}"
    )
    classes = ["edge"]
    if {leaf.entry.number, leaf.root} <= tree.best_line:
        classes.append("best")
    if leaf.root not in leaf.entry.parents:
        classes.append("folded")
    return element("path", d=path, class_=" ".join(classes))


def _merge(tree: Tree, place: Callable[[Leaf], tuple[int, int]], parent: int, child: int) -> Markup:
    (x, y), (to_x, to_y) = place(tree.leaves[parent]), place(tree.leaves[child])
    middle = (x + to_x) / 2
    return element("path", d=f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}", class_="edge merge")


def _leaf(leaf: Leaf, at: tuple[int, int], shade: Callable[[Entry], str], is_best: bool, is_named: bool) -> Markup:
    entry, (x, y) = leaf.entry, at
    parts = [element("title", _told(leaf, is_best))]
    if is_best:
        parts.append(element("circle", cx=x, cy=y, r=11, class_="halo"))
    parts.append(element("circle", cx=x, cy=y, r=4 if entry.fate == "tried" else 7, class_=shade(entry)))
    if is_named and entry.fate != "tried":
        words = [element("tspan", entry.number, class_="number"), f" {figure(entry.score)}"]
        parts.append(element("text", *words, x=x + 13, y=y - 6))
    if leaf.hidden:
        parts.append(element("text", f"+{leaf.hidden:,}", x=x + 7, y=y + 15, class_="hidden"))
    return element("a", joined(*parts), href=f"#candidate={entry.number}", data_candidate=entry.number)


def _told(leaf: Leaf, is_best: bool) -> str:
    entry = leaf.entry
    name = "the seed" if entry.fate == "seed" else f"candidate {entry.number}"
    fate = "not admitted" if entry.fate == "tried" else "the best" if is_best else ""
    by = "" if entry.fate == "seed" else f"{entry.origin}, step {entry.step}"
    folded = f"{leaf.hidden:,} that come from it are folded away" if leaf.hidden else ""
    head = ", ".join(filter(None, (name, fate, f"score {figure(entry.score)}", by)))
    return "\n".join(filter(None, (head, entry.reason, folded)))
