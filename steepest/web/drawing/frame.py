"""What all pictures share: a figure with its caption, and words that fit."""

from steepest.traces.rendering.markup import Markup, element

__all__ = ["COLORS", "color_of", "figure", "shortened"]

COLORS = 8
"""So many classes `color-0`, `color-1`, ... the style sheet knows."""


def figure(caption: str, width: float, height: float, *parts: Markup) -> Markup:
    """A picture with its caption."""
    drawn = element("svg", *parts, view_box=f"0 0 {width:g} {height:g}", role="img", aria_label=caption)
    return element("figure", element("figcaption", caption), drawn, class_="picture")


def color_of(place: int) -> str:
    """The class of the color at a place; they come again after the last."""
    return f"color-{place % COLORS}"


def shortened(text: str, longest: int) -> str:
    """A text of at most so many letters."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
