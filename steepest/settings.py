"""What the environment sets: the default model and the limits of a run, for whoever gives no option.

Every setting has a variable of its own; an option on the command line or an argument in Python wins over it.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from steepest.errors import InputError
from steepest.quantities import read_cost, read_count, read_repairs, read_seconds

Value = TypeVar("Value")
Default = TypeVar("Default")

DEFAULT_REPAIRS = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults of a run; None is no limit."""

    model: str = "local"
    max_cost: Decimal | None = None
    """US dollars that the model calls of one run may cost."""
    max_tokens: int | None = None
    """Tokens, read and written, that the model calls of one run may take."""
    repairs: int = DEFAULT_REPAIRS
    """How often a model is asked to repair its formulation."""
    time_limit: float | None = None
    """Seconds that the solver may take."""


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the environment (`os.environ` unless given).

    Raises:
        InputError: A variable holds something that is no such limit.
    """
    from steepest.agents.default_model import default_model

    variables = os.environ if environment is None else environment
    return Settings(
        model=default_model(variables),
        max_cost=_setting(variables, "STEEPEST_MAX_COST", read_cost, None),
        max_tokens=_setting(variables, "STEEPEST_MAX_TOKENS", read_count, None),
        repairs=_setting(variables, "STEEPEST_REPAIRS", read_repairs, DEFAULT_REPAIRS),
        time_limit=_setting(variables, "STEEPEST_TIME_LIMIT", read_seconds, None),
    )


def _setting(
    variables: Mapping[str, str], name: str, read: Callable[[str], Value], default: Default
) -> Value | Default:
    text = variables.get(name, "").strip()
    if not text:
        return default
    try:
        return read(text)
    except InputError as error:
        raise InputError(f"{name}: {error}; change or unset it.") from error
