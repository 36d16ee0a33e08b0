"""What a job may use before it is stopped."""

from dataclasses import dataclass, fields

from steepest.errors import InputError

_LARGEST = 10_000_000
"""Of any limit: four months, ten terabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one job. Memory counts from the warm server that the job is forked from.

    Raises:
        InputError: A limit is not a positive number.
    """

    wall_seconds: float = 10.0
    """Wall clock of a job; a Pyomo script has it for its code, and its solve for itself once more."""
    cpu_seconds: float = 60.0
    """Processor time of all threads together."""
    memory_mib: int = 512
    """Memory that the job takes beyond what the server had."""
    output_kib: int = 64
    """What it prints, standard output and standard error together."""
    result_mib: int = 8
    """The result as JSON."""
    model_mib: int = 64
    """The model that a Pyomo script hands over."""

    def __post_init__(self) -> None:
        for limit in fields(self):
            _require(limit.name, getattr(self, limit.name), whole=limit.type is int)


def _require(name: str, value: object, *, whole: bool) -> None:
    kinds = int if whole else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool) or not 0 < value <= _LARGEST:  # NaN is never in between
        kind = "whole number" if whole else "number"
        raise InputError(f"the limit {name} has to be a {kind} above 0 and up to {_LARGEST:,}, not {value!r}")
