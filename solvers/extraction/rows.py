"""Constraints as rows, while they are being collected."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(eq=False)
class Rows:
    """The rows found so far."""

    constraints: list[Any] = field(default_factory=list)
    """Pyomo's, one a row; None for a row that Pyomo does not know."""
    names: list[str] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    terms: list[dict[int, float]] = field(default_factory=list)
    """The coefficient of each column."""

    def add(self, constraint: Any, name: str, lower: float, upper: float, terms: dict[int, float]) -> None:
        """Add a row."""
        self.constraints.append(constraint)
        self.names.append(name)
        self.lower.append(lower)
        self.upper.append(upper)
        self.terms.append(terms)

    def arrays(self) -> dict[str, Any]:
        """The rows as the fields of an `ArrayModel`."""
        lengths = [len(terms) for terms in self.terms]
        nonzeros = sum(lengths)
        return {
            "row_starts": np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int32),
            "row_columns": np.fromiter((each for terms in self.terms for each in terms), np.int32, nonzeros),
            "row_coefficients": np.fromiter(
                (each for terms in self.terms for each in terms.values()), np.float64, nonzeros
            ),
            "row_lower": np.array(self.lower, np.float64),
            "row_upper": np.array(self.upper, np.float64),
        }
