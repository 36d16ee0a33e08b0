"""The one exception tree of steepest.

This module is a leaf: every folder may import it and it imports nothing, so that an error raised anywhere can be
caught as `SteepestError` (docs/decisions.md, "One exception tree").
"""


class SteepestError(Exception):
    """Root of every error that steepest raises on purpose; its text tells the person what to do next."""


class InputError(SteepestError):
    """What the user gave (a file, a text, an option) can't be used as it is."""
