"""A trace as Mermaid text: a flowchart that Markdown viewers draw."""

from typing import TYPE_CHECKING

from steepest.traces.rendering.characters import fitted
from steepest.traces.rendering.entries import Entry, entry_of
from steepest.traces.rendering.folding import Item, view_of

if TYPE_CHECKING:
    from steepest.traces.trace import Trace

_LONGEST_LINE = 60
_LONGEST_VALUE = 200
_SAFE = frozenset(" _.,=+*/()[]'?!→…·-")
"""Besides letters and digits; everything else is written by its number, for Mermaid has meanings for most of it."""
_SHAPES = {
    "parameter": ('(["', '"])'),
    "input": ('[/"', '"/]'),
    "operation": ('["', '"]'),
    "failure": ('{{"', '"}}'),
    "output": ('[["', '"]]'),
    "fold": ('>"', '"]'),
}
_STYLES = {
    "parameter": "fill:#e2f0ff,stroke:#0b62c4,stroke-width:2px,color:#1c2430",
    "input": "fill:#f1f4f8,stroke:#66758a,color:#1c2430",
    "operation": "fill:#ffffff,stroke:#66758a,color:#1c2430",
    "failure": "fill:#ffe9e7,stroke:#b3261e,stroke-width:2px,stroke-dasharray:7 3,color:#1c2430",
    "output": "fill:#ffffff,stroke:#66758a,stroke-width:4px,color:#1c2430",
    "fold": "fill:#f7f7f4,stroke:#85817a,stroke-dasharray:2 3,color:#1c2430",
}


def mermaid_of(trace: "Trace", *, limit: int | None, times: bool) -> str:
    """A trace as a flowchart from inputs down to outputs; see `Trace.to_mermaid`."""
    items = view_of(trace, limit).items
    lines = ["flowchart TD"]
    roles = []
    for place, item in enumerate(items):
        role, label = _told(trace, item, times)
        opening, closing = _SHAPES[role]
        lines.append(f"    n{place}{opening}{label}{closing}:::{role}")
        roles.append(role)
    lines += [f"    n{source} --> n{end}" for end, item in enumerate(items) for source in item.inputs]
    lines += [f"    classDef {role} {style}" for role, style in _STYLES.items() if role in roles]
    return "\n".join(lines) + "\n"


def _told(trace: "Trace", item: Item, times: bool) -> tuple[str, str]:
    """Shape and label of an item."""
    if item.node is None:
        return "fold", _label([f"… {item.summary}"])
    entry = entry_of(trace, item.node, times=times, longest=_LONGEST_VALUE)
    role = "output" if entry.is_output and entry.kind == "operation" else entry.kind
    return role, _label(_lines(entry))


def _lines(entry: Entry) -> list[str]:
    lines = [f"{entry.name} = {entry.expression or entry.value}"]
    lines += [f"→ {entry.value}"] if entry.expression else []
    lines += [" · ".join(entry.marks)] if entry.marks else []
    return [*lines, *(f"feedback: {text}" for text in entry.feedback)]


def _label(lines: list[str]) -> str:
    return "<br/>".join(_escaped(fitted(line.replace("\n", " "), _LONGEST_LINE)) for line in lines)


def _escaped(text: str) -> str:
    return "".join(each if each.isalnum() or each in _SAFE else f"#{ord(each)};" for each in text)
