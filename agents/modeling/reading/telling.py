"""What a reading says to the person: what the model leaves out, and where its numbers come from."""

from collections.abc import Iterator, Sequence

from steepest.agents.modeling.reading.coverage import NumberRead, Origin, OriginKind, Reading
from steepest.agents.modeling.reading.places import MOST_NUMBERS
from steepest.agents.modeling.reading.spans import Span
from steepest.agents.modeling.reading.tables import TextTable, tables_in
from steepest.solvers.display import format_number, named

MOST_TOLD = 8
"""Numbers and sentences that are told before the rest is counted."""

_BEFORE, _AFTER = 45, 30
_LONGEST = 160
_COUNTED: dict[OriginKind, str] = {
    "text": "{} from the text",
    "table": "{} from tables in the text",
    "derived": "{} derived",
    "data": "{} from your data",
    "assumed": "{} assumed",
    "constant": "{} generally known",
    "changed": "{} changed by you",
    "missing": "{} missing",
    "unknown": "{} of unknown origin",
}


def left_out(reading: Reading, text: str) -> list[str]:
    """A line for each number of the text that the model does not use, and for each demand that nothing answers to."""
    tables = tables_in(text)
    numbers, demands = reading.unused, reading.unread
    lines = [_number(each, text, tables) for each in numbers[:MOST_TOLD]]
    lines += [_demand(each.span, text) for each in demands[: MOST_TOLD - len(lines)]]
    hidden = len(numbers) + len(demands) - len(lines)
    return [*lines, *([f"and {hidden:,} more"] if hidden else [])]


def origins(reading: Reading) -> str:
    """How many of the model's numbers come from where; the derived and the unknown ones are named."""
    parts = []
    for kind, words in _COUNTED.items():
        of_kind = [origin for origin in reading.origins if origin.kind == kind]
        if of_kind:
            named_ones = list(_named(of_kind)) if kind in ("derived", "unknown") else []
            parts.append(words.format(f"{len(of_kind):,}") + (f" ({'; '.join(named_ones)})" if named_ones else ""))
    cut = [f"of the text's numbers the first {MOST_NUMBERS:,} were looked at"] if reading.is_cut and parts else []
    return ", ".join([*parts, *cut])


def _number(number: NumberRead, text: str, tables: Sequence[TextTable]) -> str:
    told = f"{number.span.of(text)} in {_heads(number.span, text, tables) or _quoted(_passage(number.span, text))}"
    if number.use == "idle":
        return f"{told}: {' and '.join(number.elements)} has it, but nothing uses that"
    return f"{told}: nothing in the model has it"


def _heads(span: Span, text: str, tables: Sequence[TextTable]) -> str:
    """The cells that name the one in which a number stands: a row of a table reads badly as a passage."""
    for table in tables:
        for row, cells in enumerate(table.rows if table.span.holds(span) else ()):
            for column, cell in enumerate(cells):
                if cell.holds(span):
                    named_by = [_quoted(_one_line(label.of(text))) for label in table.labels(row, column)]
                    return f"the table at {', '.join(named_by)}" if named_by else ""
    return ""


def _quoted(text: str) -> str:
    return f'"{text}"'


def _demand(span: Span, text: str) -> str:
    return f'"{_one_line(_shortened(span.of(text)))}": nothing in the model answers to it'


def _passage(span: Span, text: str) -> str:
    """The words around a number, from a word's beginning to a word's end, within its line of thought."""
    begin, end = max(0, span.start - _BEFORE), min(len(text), span.end + _AFTER)
    before, after = text[begin : span.start], text[span.end : end]
    before = before[max(before.rfind(stop) for stop in (". ", "\n")) + 1 :]
    if begin and before and len(before) == span.start - begin:
        before = before[before.find(" ") + 1 :]
    stops = [at for stop in (". ", "\n") if (at := after.find(stop)) >= 0]
    after = after[: min(stops)] if stops else after[: after.rfind(" ")] if end < len(text) and " " in after else after
    return _one_line(before + span.of(text) + after)


def _named(found: list[Origin]) -> Iterator[str]:
    for origin in found[:MOST_TOLD]:
        name = named(origin.name, origin.index) or origin.element
        value = format_number(origin.value) if origin.value is not None else ""
        yield f"{name} = {value}" if not origin.how else f"{name} = {origin.how} = {value}"
    if len(found) > MOST_TOLD:
        yield f"and {len(found) - MOST_TOLD:,} more"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " ..."


def _one_line(text: str) -> str:
    return " ".join(text.split())
