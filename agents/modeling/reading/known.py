"""Numbers that no text has to state: what changes units, and what the formulas of shapes bring along."""

import math
import re

from steepest.agents.modeling.numbers import key

CONVERSIONS = frozenset({"7", "12", "24", "52", "60", "100", "365", "1000", "3600"})
"""Numbers that change units rather than state data, in an element that quotes nothing."""

SHAPES = re.compile(
    r"\b(?:area|volume|perimeter|surface|radius|diameter|circle|circular|square|rectang|triang|cylind|cone|sphere"
    r"|cube|cuboid|box|hypotenuse|distance)",
    re.IGNORECASE,
)
"""Words of geometry, whose formulas bring numbers along that no text states."""

PI = frozenset(key(round(math.pi, digits)) for digits in range(2, 16))
OF_SHAPES = frozenset({"2", "3", "4", "6", "0.5"})
"""Factors of such formulas; as data they would be claims of their own."""
