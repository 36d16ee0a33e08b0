"""A whole conversation as a LaTeX document, and as a PDF by LaTeX or, where there is none, by Chromium."""

from collections.abc import Sequence

from steepest.agents.chat.comparing import comparison
from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Answered, Asked, Compared, Event, Recorded, Said, Told, Version
from steepest.agents.chat.exports.latex_parts import document, is_western, lines, prose, table
from steepest.agents.chat.exports.paper import decisions
from steepest.agents.chat.exports.report import report_page
from steepest.agents.chat.exports.setting import made_by_first, ways_of_chromium, ways_of_latex
from steepest.agents.chat.telling import told_in_a_line
from steepest.errors import InputError
from steepest.solvers.display import format_number
from steepest.solvers.export.latex import escaped, to_latex

__all__ = ["report_pdf", "session_document"]

_LONGEST_NAME = 24
_MOST_COLUMNS = 4
"""Of versions beside the first one in a table: a page is no wider."""


def report_pdf(events: Sequence[Recorded]) -> bytes:
    """A conversation as a PDF.

    Raises:
        InputError: Neither LaTeX nor Chromium is installed, or none of them can set all of this conversation.
    """
    source = session_document(events)
    latex, chromium = ways_of_latex(source), ways_of_chromium(lambda: report_page(events))
    ways = [*latex, *chromium] if is_western(source) else [*chromium, *latex]
    if not ways:
        raise InputError(
            "a PDF needs LaTeX (Debian: apt-get install texlive-latex-recommended) or Chromium (apt-get install "
            "chromium); /export html writes the session as a page, which every browser can print."
        )
    return made_by_first(ways)


def session_document(events: Sequence[Recorded]) -> str:
    """A conversation as a document that compiles on its own.

    Args:
        events: All that happened in it.
    """
    conversation = Conversation.replayed(events)
    parts = [_told(each.event, conversation) for each in events]
    return document(conversation.title or "A conversation", "\n\n".join(filter(None, parts)))


def _told(event: Event, conversation: Conversation) -> str:
    """An event as a part of the document; nothing for one that a reader need not see."""
    match event:
        case Said():
            return f"\\subsection*{{You}}\n{prose(event.text)}"
        case Answered():
            return _answered(event.version, conversation)
        case Compared():
            return _compared(event, conversation)
        case Told(topic="formulation"):
            return f"{{\\ttfamily\\small\n{lines(event.text)}\n\n}}"
        case Told():
            return lines(event.text)
        case Asked():
            options = (f"{number}. {each}" for number, each in enumerate(event.options, start=1))
            return lines("\n".join([event.question, *options]))
    line = told_in_a_line(event, conversation)
    return f"\\emph{{{escaped(line)}}}" if line else ""


def _answered(version: Version, conversation: Conversation) -> str:
    parts = [f"\\section*{{Version {escaped(conversation.name_of(version.number))}}}"]
    if version.changes:
        parts.append(prose(f"Changed: {'; '.join(version.changes)}."))
    parts.append(lines(version.explanation))
    if version.formulation is not None and not version.changes:
        parts.append(f"\\subsection*{{Formulation}}\n{to_latex(version.formulation)}")
    if version.solution is not None and version.solution.variables:
        parts.append(decisions(version.solution))
    return "\n\n".join(parts)


def _compared(event: Compared, conversation: Conversation) -> str:
    found = comparison(event.numbers[: _MOST_COLUMNS + 1], conversation)
    rows = [["outcome", *found.outcomes], ["objective", *map(_number, found.objectives)]]
    if any(each is not None for each in found.differences):
        rows.append(["change", *("" if each is None else f"{each:+.6g}" for each in found.differences)])
    rows += [[name, *map(_number, values)] for name, values in found.decisions]
    rows += [[name, *("at its limit" if each else "" for each in tight)] for name, tight in found.binding]
    heads = ["", *(each[:_LONGEST_NAME] for each in found.names)]
    edits = f"{{\\ttfamily\\small\n{lines(chr(10).join(found.edits))}\n\n}}" if found.edits else ""
    return "\n\n".join(filter(None, [table("l" + "r" * len(found.names), heads, rows), edits]))


def _number(value: float | None) -> str:
    return "" if value is None else format_number(value)
