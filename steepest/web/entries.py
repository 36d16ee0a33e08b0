"""Each event of a conversation as it stands on the page, for good: markup, which a browser keeps at no cost.

What can be pressed in it, such as the options of a question, is no part of this (`steepest.web.thread`).
"""

from urllib.parse import quote

from steepest.agents.chat.comparing import comparison
from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Answered, Compared, Event, Exported, Said, Told, TurnEnded, Version
from steepest.agents.chat.telling import told_in_a_line
from steepest.traces.rendering.markup import Content, Markup, element
from steepest.web.tables import compared_table

__all__ = ["entry"]


def entry(event: Event, conversation: Conversation, session: str) -> Markup:
    """An event as markup; nothing where it shows nothing.

    Args:
        event: What happened.
        conversation: In which it happened.
        session: The id of the conversation.
    """
    match event:
        case Said(text=text):
            return element("div", text, class_="said")
        case Told(text=text, topic=topic):
            return element("div", text, class_=f"told {topic}")
        case Answered(version=version):
            return _answer(version)
        case Compared(numbers=numbers):
            return compared_table(comparison(numbers, conversation))
        case Exported(format=format, path=path):
            return _download(session, format, path)
        case TurnEnded():
            return element("div", _ended(event), class_="ended")
        case _:
            note = told_in_a_line(event, conversation)
            return element("div", note, class_="note") if note else Markup()


def _answer(version: Version) -> Markup:
    parts: list[Content] = []
    if version.changes:
        parts.append(element("div", "; ".join(version.changes), class_="changed"))
    parts.append(element("div", version.explanation))
    if version.steps:
        parts.append(_folded("Steps", element("div", "\n".join(map(str, version.steps)), class_="log")))
    if version.insights:
        told = [f"{each.title}{' (cited)' if each.cited else ''}: {each.reason}" for each in version.insights]
        lines = [element("div", each.rstrip(": ")) for each in told]
        parts.append(_folded(f"Insights used: {len(lines)}", *lines))
    return element("div", *parts, class_=f"answered {version.outcome}")


def _folded(title: str, *parts: Markup) -> Markup:
    return element("details", element("summary", title), *parts, class_="steps")


def _download(session: str, format: str, path: str) -> Markup:
    name = path.rpartition("/")[2]
    link = element(
        "a", f"{name} ({format})", href=f"/c/{session}/files/{quote(name)}", download=name, class_="download"
    )
    return element("div", link)


def _ended(ended: TurnEnded) -> str:
    words = [f"{ended.seconds:.1f} s"]
    if ended.input_tokens and ended.output_tokens:
        words.append(f"{ended.input_tokens:,} + {ended.output_tokens:,} tokens")
    if ended.cost:
        words.append(f"{ended.cost} $")
    return " · ".join(words)
