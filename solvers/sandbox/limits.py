"""What a job may use before it is stopped."""

from dataclasses import dataclass, fields
from math import isfinite

from steepest.errors import InputError


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
            value = getattr(self, limit.name)
            if not isfinite(value) or value <= 0:
                raise InputError(f"the limit {limit.name} has to be a positive number, not {value!r}")
