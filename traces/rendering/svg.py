"""A trace as a picture: inline SVG with a layout of our own, for notebooks, pages and documents.

The boxes bring their own ground, so they read on a light and on a dark page; what a box is shows in its shape and in
words, not in its colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from steepest.traces.rendering.characters import fitted, width_of
from steepest.traces.rendering.entries import Entry, entry_of, summary_of
from steepest.traces.rendering.folding import Item, View, view_of
from steepest.traces.rendering.layers import Box, Placement, layers_of, place

if TYPE_CHECKING:
    from steepest.traces.trace import Trace

STYLE = """
.steepest-trace{font:12px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.steepest-trace text{fill:#1c2430;white-space:pre}
.steepest-trace .box{fill:#fff;stroke:#66758a;stroke-width:1.2}
.steepest-trace .input .box{fill:#f1f4f8}
.steepest-trace .parameter .box{fill:#e2f0ff;stroke:#0b62c4;stroke-width:2}
.steepest-trace .failure .box{fill:#ffe9e7;stroke:#b3261e;stroke-width:2;stroke-dasharray:7 3}
.steepest-trace .output .box{stroke-width:3}
.steepest-trace .fold .box,.steepest-trace .reference .box{fill:#f7f7f4;stroke:#85817a;stroke-dasharray:2 3}
.steepest-trace .name{font-weight:700}
.steepest-trace .mark{font-size:10px;fill:#414d5f;letter-spacing:.04em}
.steepest-trace .parameter .mark{fill:#084a94}
.steepest-trace .failure .mark,.steepest-trace .failure .value{fill:#8c1d18}
.steepest-trace .said{font-style:italic;fill:#6b4a00}
.steepest-trace .wire{fill:none;stroke:#7c899c;stroke-width:1.3}
.steepest-trace .tip{fill:#7c899c}
""".strip()
"""Rules for the picture's classes; they reach nothing else on a page."""

_CHARACTER = 7.25
"""Width of a character, in pixels."""
_LINE = 17.0
_MARGIN = 9.0
_LONGEST_LINE = 36
_LONGEST_VALUE = 200
_FARTHEST = 4
"""Layers that an edge goes through; what is used further away is referred to by its name."""
_GAP, _RISE = 18.0, 40.0


@dataclass(frozen=True, slots=True)
class _Card:
    """A box with what is written in it."""

    role: str
    """Classes of its style."""
    lines: tuple[tuple[str, str], ...]
    """Class and text."""
    title: str
    """What is told when one points at it."""
    name: str = ""
    """Of the node."""


def svg_of(trace: "Trace", *, limit: int | None, times: bool) -> str:
    """A picture of a trace; see `Trace.to_svg`."""
    view = view_of(trace, limit)
    cards = [_card(trace, item, times) for item in view.items]
    layers = layers_of([item.inputs for item in view.items])
    edges = _wires(view, cards, layers)
    boxes = [Box(_width(card), _height(card), layer) for card, layer in zip(cards, layers, strict=True)]
    placement = place(boxes, edges, _GAP, _RISE)
    width, height = placement.width + 2 * _MARGIN, placement.height + 2 * _MARGIN
    label = escape(f"Trace graph: {summary_of(trace, times=times)}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="steepest-trace" role="img" aria-label="{label}" '
        f'width="{width:g}" height="{height:g}" viewBox="{-_MARGIN:g} {-_MARGIN:g} {width:g} {height:g}">',
        f"<style>{STYLE}</style>",
        *map(_wire, placement.routes),
        *(_drawn(card, boxes[at], placement, at) for at, card in enumerate(cards)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def notebook_html(trace: "Trace") -> str:
    """A trace as a notebook shows it: its picture, which scrolls where it is large, under a line that sums it up."""
    from steepest.traces.trace import LIMIT

    picture = svg_of(trace, limit=LIMIT, times=False)
    summary = escape(summary_of(trace, times=False))
    return (
        f'<div style="font-family:monospace;font-size:12px;margin-bottom:4px">trace: {summary}</div>\n'
        f'<div style="overflow:auto;max-height:640px">{picture}</div>'
    )


def _card(trace: "Trace", item: Item, times: bool) -> _Card:
    if item.node is None:
        return _Card("fold", (("mark", f"… {item.summary}"),), f"{item.hidden:,} nodes that are not shown")
    entry = entry_of(trace, item.node, times=times, longest=_LONGEST_VALUE)
    role = f"{entry.kind} output" if entry.is_output else entry.kind
    return _Card(role, tuple(_lines(entry)), _title(entry), entry.name)


def _lines(entry: Entry) -> list[tuple[str, str]]:
    words = [entry.kind] if entry.kind == "input" else []
    marks = " · ".join((*words, *entry.marks))
    lines = [("mark", marks)] if marks else []
    if entry.expression:
        lines += [("made", f"{entry.name} = {entry.expression}"), ("value", f"→ {entry.value}")]
    else:
        lines += [("made", f"{entry.name} = {entry.value}")]
    lines += [("said", f"feedback: {text.splitlines()[0] if text else ''}") for text in entry.feedback[:2]]
    lines += [("said", f"… {len(entry.feedback) - 2:,} more feedback")] if len(entry.feedback) > 2 else []
    return [(role, fitted(text, _LONGEST_LINE)) for role, text in lines]


def _title(entry: Entry) -> str:
    made = f"{entry.name} = {entry.expression}\n" if entry.expression else f"{entry.name}\n"
    told = [f"feedback: {text}" for text in entry.feedback]
    return "\n".join([made + (entry.exception or entry.value), *entry.marks, *told])


def _wires(view: View, cards: list[_Card], layers: list[int]) -> list[tuple[int, int]]:
    """The edges; one that would go far is replaced by a card with the name of its source, next to its end."""
    wires = []
    for end, item in enumerate(view.items):
        near = [source for source in item.inputs if layers[end] - layers[source] <= _FARTHEST]
        far = [source for source in item.inputs if source not in near]
        wires += [(source, end) for source in near]
        if far:
            names = ", ".join(cards[source].name or "…" for source in far)
            wires.append((len(cards), end))
            cards.append(_Card("reference", (("mark", fitted(f"↑ {names}", _LONGEST_LINE)),), f"shown above: {names}"))
            layers.append(layers[end] - 1)
    return wires


def _width(card: _Card) -> float:
    longest = max(width_of(text) * (0.9 if role == "mark" else 1.0) for role, text in card.lines)
    return round(longest * _CHARACTER + 2 * _MARGIN + 6, 1)


def _height(card: _Card) -> float:
    return len(card.lines) * _LINE + _MARGIN


def _drawn(card: _Card, box: Box, placement: Placement, at: int) -> str:
    left, top = placement.lefts[at], placement.tops[at]
    named = f' data-node="{escape(card.name)}"' if card.name else ""
    texts = "".join(
        f'<text class="{role}" x="{left + _MARGIN + 3:g}" y="{top + _LINE * count - 1:g}">{_text(role, text)}</text>'
        for count, (role, text) in enumerate(card.lines, start=1)
    )
    shape = _shape(card.role.split(), left, top, box)
    return f'<g class="{card.role}"{named}><title>{escape(card.title)}</title>{shape}{texts}</g>'


def _text(role: str, text: str) -> str:
    name, sign, rest = text.partition(" = ")
    return f'<tspan class="name">{escape(name)}</tspan>{escape(sign + rest)}' if role == "made" else escape(text)


def _shape(roles: Sequence[str], left: float, top: float, box: Box) -> str:
    """Parameters are round, inputs slanted at a corner, outputs framed twice, failures broken, the rest plain."""
    radius = {"parameter": box.height / 2 - 4, "operation": 4.0, "reference": 8.0}.get(roles[0], 0.0)
    shape = (
        f'<rect class="box" x="{left:g}" y="{top:g}" width="{box.width:g}" height="{box.height:g}" rx="{radius:g}"/>'
    )
    if "output" in roles:
        shape += (
            f'<rect class="wire" x="{left - 4:g}" y="{top - 4:g}" width="{box.width + 8:g}" '
            f'height="{box.height + 8:g}" rx="{radius + 4:g}"/>'
        )
    return shape


def _wire(points: Sequence[tuple[float, float]]) -> str:
    """An edge as a smooth curve that leaves downwards and arrives downwards, with a tip."""
    (x, y), rest = points[0], points[1:]
    path = [f"M{x:g} {y:g}"]
    for end_x, end_y in rest:
        bend = (end_y - y) / 2
        path.append(f"C{x:g} {y + bend:g} {end_x:g} {end_y - bend:g} {end_x:g} {end_y:g}")
        x, y = end_x, end_y
    tip = f'<path class="tip" d="M{x:g} {y:g}l-4 -7h8z"/>'
    return f'<path class="wire" d="{"".join(path)}"/>{tip}'
