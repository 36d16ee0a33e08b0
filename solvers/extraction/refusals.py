"""Why a Pyomo model can't be handed over, in words for whoever wrote it."""

import math
from typing import Any

from steepest.errors import SteepestError


class ModelRefusedError(SteepestError):
    """The model is none that can be solved as it is; the text names the component and says what to do."""


def finite(value: Any, where: str) -> float:
    """A number of the model.

    Raises:
        ModelRefusedError: It is infinite, missing, complex or no number at all.
    """
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):  # a ValueError too is what Pyomo raises for a number that is none
        number = math.nan
    if not math.isfinite(number):
        raise ModelRefusedError(f"{where} has a coefficient that is no finite number: a value or parameter is missing")
    return number
