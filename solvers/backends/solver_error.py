"""The error of a back end."""

from steepest.errors import SteepestError


class SolverError(SteepestError):
    """The solver refused the model, broke down, or gave an answer that is none; the text says what to do."""
