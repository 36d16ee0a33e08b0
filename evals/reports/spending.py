"""What attempts took, one number each, for plots of how it spreads."""

from dataclasses import dataclass, field

from steepest.evals.reports.listing import tokens_of
from steepest.evals.samples import Sample

__all__ = ["Spending"]


@dataclass(slots=True)
class Spending:
    """Measurements of the attempts that say something about the method; what was not measured is left out."""

    tokens: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    """US dollars."""
    seconds: list[float] = field(default_factory=list)

    def add(self, sample: Sample) -> None:
        """Count a sample in."""
        tokens, cost = tokens_of(sample), sample.attempt.spent.cost
        if tokens is not None:
            self.tokens.append(tokens)
        if cost is not None:
            self.costs.append(float(cost))
        self.seconds.append(sample.attempt.seconds)
