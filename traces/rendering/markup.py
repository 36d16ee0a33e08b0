"""HTML that is escaped unless it was made here: a text from a problem or a model is only ever shown."""

from html import escape
from typing import TypeAlias

from steepest.traces.rendering.characters import visible

__all__ = ["Content", "Markup", "element", "joined", "text"]


class Markup(str):
    """HTML made by `element`, `text` or `joined`, which may stand in a page as it is."""

    __slots__ = ()


Content: TypeAlias = Markup | str | int | float | None
"""What may stand in an element: markup as it is, anything else as an escaped text, None as nothing."""


def element(name: str, *contents: Content, **attributes: str | int | float | bool | None) -> Markup:
    """An HTML or SVG element.

    Args:
        name: Tag.
        contents: What stands in it, in order.
        attributes: Their values are escaped; `class_` is `class`, `view_box` is `viewBox`, and other underscores are
            hyphens. True is an attribute without a value, None and False are none.
    """
    opened = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{opened}>")
    return Markup(f"<{name}{opened}>{joined(*contents)}</{name}>")


def joined(*contents: Content) -> Markup:
    """Contents one after another."""
    return Markup("".join(each if isinstance(each, Markup) else text(each) for each in contents))


def text(content: Content) -> Markup:
    """A text as it is to be seen: markup, control characters and marks of direction lose their force."""
    return Markup("" if content is None else escape(visible(str(content), multiline=True)))


_VOID = frozenset({"br", "col", "hr", "input", "meta"})
_NAMES = {"class_": "class", "for_": "for", "view_box": "viewBox", "aspect": "preserveAspectRatio"}


def _attribute(key: str, value: str | int | float | bool | None) -> str:
    name = _NAMES.get(key, key.replace("_", "-"))
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{text(value)}"'
