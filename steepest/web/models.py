"""The formulation in mathematical notation, under the words that it came from; each number lights its words."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from steepest.agents.chat.events import Version
from steepest.agents.modeling.reading.coverage import Origin, Reading
from steepest.agents.modeling.reading.spans import Span
from steepest.solvers.display import format_number, meaning
from steepest.solvers.export.mathml import MathRow, expression_mathml, to_mathml
from steepest.solvers.formulation import Formulation, IndexedValue, Parameter, Set
from steepest.solvers.language.expressions import Label
from steepest.traces.rendering.markup import Content, Markup, element, joined

__all__ = ["model_view"]

_MOST_CELLS = 300
"""Of a parameter or set that are shown; a model may have millions."""
_MOST_LINKS = 200
"""Places in the text that one name lights."""
_MARKED = re.compile(r' data-(name|value)="([^"]*)"')


def model_view(version: Version) -> Markup:
    """The problem's text and the formulation, in which `data-o` ties numbers to words: both have the same ids."""
    if version.formulation is None:
        return _text(version.problem, version.reading)
    links = _Links(version.reading.origins)
    rows = to_mathml(version.formulation)
    return joined(
        _text(version.problem, version.reading),
        *(_assumed(line) for line in version.assumptions),
        _section("Objective", [_row(each, links) for each in rows if each.element == "objective"]),
        _section("Subject to", [_row(each, links) for each in rows if each.element.startswith("constraint")]),
        _section("Where", [_row(each, links) for each in rows if each.element.startswith("definition")]),
        _section("Decisions", [_row(each, links) for each in rows if each.element.startswith("variable")]),
        _section("Data", list(_parameters(version.formulation, links))),
        _section("Sets", [_set(each) for each in version.formulation.sets]),
    )


class _Links:
    """The ids of origins: by cell, by name, and by number in an element."""

    def __init__(self, origins: Sequence[Origin]) -> None:
        self.origins = origins
        self._by_cell: dict[tuple[str, tuple[Label, ...]], int] = {}
        self._by_name: defaultdict[str, list[int]] = defaultdict(list)
        self._by_number: defaultdict[tuple[str, float], list[int]] = defaultdict(list)
        for id, each in enumerate(origins):
            self._by_cell[each.name, each.index] = id
            self._by_name[each.name].append(id)
            if each.value is not None:
                self._by_number[each.element, each.value].append(id)

    def of_cell(self, name: str, index: Iterable[Label]) -> int | None:
        return self._by_cell.get((name, tuple(index)))

    def in_math(self, markup: str, within: str) -> Markup:
        """Mathematics whose names and numbers say which origins they have."""

        def linked(found: re.Match[str]) -> str:
            kind, text = found.groups()
            ids = self._by_name.get(text, []) if kind == "name" else self._by_number.get((within, float(text)), [])
            return f' data-o="{_ids(ids)}"' if ids else ""

        return Markup(_MARKED.sub(linked, markup))


def _ids(ids: Sequence[int]) -> str:
    return " ".join(map(str, ids[:_MOST_LINKS]))


def _text(problem: str, reading: Reading) -> Markup:
    """The problem's words, cut where something comes from them."""
    at: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for id, origin in enumerate(reading.origins):
        for span in origin.spans:
            at[span.start, span.end].append(id)
    left_out = {(each.span.start, each.span.end) for each in reading.unused}
    unread = [each.span for each in reading.unread]
    cuts = sorted({0, len(problem), *(end for pair in (*at, *left_out) for end in pair), *_ends(unread)})
    pieces = []
    for start, end in pairwise(cuts):
        ids = [id for (first, last), found in at.items() if first <= start and end <= last for id in found]
        is_out = any(first <= start and end <= last for first, last in left_out)
        is_unread = any(span.start <= start and end <= span.end for span in unread)
        pieces.append(_piece(problem[start:end], ids, is_out, is_unread))
    return element("p", *pieces, class_="source")


def _ends(spans: Iterable[Span]) -> Iterator[int]:
    for span in spans:
        yield span.start
        yield span.end


def _piece(words: str, ids: list[int], is_out: bool, is_unread: bool) -> Content:
    if not (ids or is_out or is_unread):
        return words
    why = "nothing in the model comes from this" if is_out or is_unread else None
    kind = "left-out" if is_out else "unread" if is_unread else None
    return element("span", words, data_o=_ids(ids) or None, class_=kind, title=why, tabindex=0 if ids else None)


def _assumed(line: str) -> Markup:
    return element("p", f"assumed: {line}", class_="note")


def _section(title: str, rows: Sequence[Markup]) -> Markup:
    return element("section", element("h2", title), *rows) if rows else Markup()


def _row(row: MathRow, links: _Links) -> Markup:
    unit = f"[{row.unit}]" if row.unit else ""
    return element(
        "div",
        element("span", row.name, class_="row-name"),
        element("span", links.in_math(row.body, row.element), class_="row-body"),
        element("span", links.in_math(row.indices, row.element), " ", unit, class_="row-side"),
        class_="math-row",
    )


def _parameters(formulation: Formulation, links: _Links) -> Iterator[Markup]:
    scalars = [each for each in formulation.parameters if each.index is None]
    if scalars:
        rows = [element("tr", *_scalar(each, links)) for each in scalars]
        yield element("table", element("tbody", *rows), class_="scalars")
    for each in formulation.parameters:
        if each.index is not None:
            yield _indexed(each, links)


def _scalar(parameter: Parameter, links: _Links) -> Iterator[Markup]:
    yield element("td", parameter.name, class_="row-name")
    yield _cell(parameter, _value_of(parameter), (), links)
    yield element("td", parameter.unit or "")
    yield element("td", _source(parameter, links), class_="note")


def _value_of(parameter: Parameter) -> Content:
    if parameter.expression is not None:
        return Markup(expression_mathml(parameter.expression))
    if parameter.table is not None:
        return f"from {parameter.table.path}"
    return "missing" if parameter.missing else _shown(parameter.value)


def _source(parameter: Parameter, links: _Links) -> str:
    id = links.of_cell(parameter.name, ())
    if id is None:
        return meaning(parameter)
    origin = links.origins[id]
    told = {"text": "", "table": "", "unknown": "not found in the text"}.get(origin.kind, origin.kind)
    return ": ".join(each for each in (told, origin.how or meaning(parameter)) if each)


def _cell(parameter: Parameter, value: Content, index: Sequence[Label], links: _Links) -> Markup:
    id = links.of_cell(parameter.name, index)
    has_words = id is not None and bool(links.origins[id].spans)
    return element("td", value, class_="number", data_o=id, tabindex=0 if has_words else None)


def _indexed(parameter: Parameter, links: _Links) -> Markup:
    unit = f" [{parameter.unit}]" if parameter.unit else ""
    head = element("caption", parameter.name, element("span", unit, class_="note"))
    shown = parameter.values[:_MOST_CELLS]
    grid = _grid if all(len(each.index) == 2 for each in shown) else _list
    body = grid(shown, lambda each: _cell(parameter, _shown(each.value), each.index, links))
    notes = [f"and {len(parameter.values) - len(shown):,} more"] if len(parameter.values) > len(shown) else []
    notes += [f"otherwise {_shown(parameter.default)}"] if parameter.default is not None else []
    if not shown:
        body, notes = [], [*notes, joined(_value_of(parameter))]
    told = [element("p", each, class_="note") for each in notes]
    return element("div", element("table", head, *body), *told, class_="scroll")


_Drawn = Callable[[IndexedValue], Markup]


def _list(values: Sequence[IndexedValue], drawn: _Drawn) -> list[Markup]:
    return [element("tr", element("th", ", ".join(map(str, each.index)), scope="row"), drawn(each)) for each in values]


def _grid(values: Sequence[IndexedValue], drawn: _Drawn) -> list[Markup]:
    down = list(dict.fromkeys(each.index[0] for each in values))
    across = list(dict.fromkeys(each.index[1] for each in values))
    cells = {(each.index[0], each.index[1]): drawn(each) for each in values}
    head = element("tr", element("th"), *(element("th", str(each), scope="col") for each in across))
    return [
        head,
        *(
            element(
                "tr", element("th", str(one), scope="row"), *(cells.get((one, two), element("td")) for two in across)
            )
            for one in down
        ),
    ]


def _set(each: Set) -> Markup:
    if each.members is not None:
        members: Content = Markup(expression_mathml(each.members))
    elif each.table is not None:
        members = f"from {each.table.path}"
    else:
        families = [f"{', '.join(map(str, family.index))}: " for family in each.families[:_MOST_CELLS]]
        written = [Markup(expression_mathml(family.members)) for family in each.families[:_MOST_CELLS]]
        members = joined(*(joined(head, body, " ") for head, body in zip(families, written, strict=True)))
    name = element("span", each.name, class_="row-name")
    return element("div", name, element("span", members, class_="row-body"), class_="math-row")


def _shown(value: Label | None) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else format_number(float(value))
