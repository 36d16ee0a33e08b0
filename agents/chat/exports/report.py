"""A whole conversation as one page that loads nothing and runs no script but its own.

Everything that is shown comes from a person, a model or a file: it stands in the page as text (`markup`).
"""

from collections.abc import Iterable, Sequence
from string import Template

from steepest.agents.chat.comparing import comparison
from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Answered, Asked, Compared, Event, Recorded, Said, Told, TurnEnded, Version
from steepest.agents.chat.telling import told_in_a_line
from steepest.solvers.display import format_number
from steepest.solvers.export.mathml import to_mathml
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution
from steepest.traces.rendering.figures import count_of
from steepest.traces.rendering.frame import asset, framed, page_words
from steepest.traces.rendering.markup import Content, Markup, element, joined, text

__all__ = ["report_page"]

_MOST_ROWS = 500
"""Of a table in the page; the workbook has all of them."""


def report_page(events: Sequence[Recorded]) -> str:
    """A conversation as an HTML page.

    Args:
        events: All that happened in it.
    """
    conversation = Conversation.replayed(events)
    style, body, script = (asset(__package__, f"page.{kind}") for kind in ("css", "html", "js"))
    words = {
        **page_words(text(conversation.title or "A conversation"), style, script),
        "subtitle": text(_subtitle(events)),
        "turns": joined(*(_told(each.event, conversation) for each in events)),
    }
    return Template(framed(body)).substitute(words)


def _subtitle(events: Sequence[Recorded]) -> str:
    turns = count_of(sum(isinstance(each.event, Said) for each in events), "turn")
    costs = [each.event.cost for each in events if isinstance(each.event, TurnEnded)]
    cost = f"{sum(each for each in costs if each is not None)} $" if any(costs) else ""
    days = dict.fromkeys(f"{each.time:%Y-%m-%d}" for each in (events[0], events[-1])) if events else {}
    return " · ".join(filter(None, [" to ".join(days), turns, cost]))


def _told(event: Event, conversation: Conversation) -> Markup:
    """An event as a part of the page; nothing for one that a reader need not see."""
    match event:
        case Said():
            return element("div", event.text, class_="said")
        case Answered():
            return _answered(event.version, conversation)
        case Compared():
            return _compared(event, conversation)
        case Told():
            return _part(element("pre", event.text, class_="code" if event.topic == "formulation" else event.topic))
        case Asked():
            return _part(element("p", event.question), element("ul", *(element("li", each) for each in event.options)))
    line = told_in_a_line(event, conversation)
    return element("p", line, class_="soft") if line else Markup("")


def _part(*contents: Content) -> Markup:
    return element("section", *contents, class_="part")


def _answered(version: Version, conversation: Conversation) -> Markup:
    changes = element("p", f"changed: {'; '.join(version.changes)}", class_="soft") if version.changes else ""
    return _part(
        element("h2", f"Version {conversation.name_of(version.number)}"),
        changes,
        element("pre", version.explanation),
        _formulation(version.formulation) if version.formulation is not None else "",
        _decisions(version.solution) if version.solution is not None else "",
    )


def _formulation(formulation: Formulation) -> Markup:
    rows = ([Markup(each.body), Markup(each.indices), each.name] for each in to_mathml(formulation))
    return joined(
        element("details", element("summary", "Formulation"), _table([], rows)),
        element("details", element("summary", "As text"), element("pre", formulation.to_text(), class_="code")),
    )


def _decisions(solution: Solution) -> Markup:
    if not solution.variables:
        return Markup("")
    shown = solution.variables[:_MOST_ROWS]
    rows = ([each.name, ", ".join(map(str, each.index)), each.value, each.unit] for each in shown)
    left = len(solution.variables) - len(shown)
    more = element("p", f"and {left:,} more", class_="soft") if left else ""
    told = count_of(len(solution.variables), "decision")
    return element("details", element("summary", told), _table(["decision", "index", "value", "unit"], rows), more)


def _compared(event: Compared, conversation: Conversation) -> Markup:
    found = comparison(event.numbers, conversation)
    rows: list[list[Content]] = [["outcome", *found.outcomes], ["objective", *found.objectives]]
    if any(each is not None for each in found.differences):
        rows.append(["change", *found.differences])
    rows += [[name, *values] for name, values in found.decisions]
    rows += [[name, *("at its limit" if each else "" for each in tight)] for name, tight in found.binding]
    edits = element("pre", "\n".join(found.edits), class_="code") if found.edits else ""
    return _part(_table(["", *found.names], rows), edits)


def _table(heads: Sequence[Content], rows: Iterable[Sequence[Content]]) -> Markup:
    body = (element("tr", *map(_cell, row)) for row in rows)
    head = element("tr", *(element("th", each) for each in heads)) if heads else ""
    return element("table", head, *body)


def _cell(content: Content) -> Markup:
    if isinstance(content, int | float):
        return element("td", format_number(content), class_="number")
    return element("td", content)
