"""How much work an explanation may take."""

from pydantic import BaseModel, ConfigDict, Field

from steepest.solvers.control import SolveControl
from steepest.solvers.spending import Spending

_ONE_TEST = 0.2
"""The share of the seconds that one test may take: a hard one leaves time for others."""


class ExplanationBudget(BaseModel):
    """Limits of an explanation; what is known when one is reached is told, as not proven smallest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    solves: int = Field(default=2000, ge=1)
    """Tests of feasibility."""
    seconds: float = Field(default=20.0, gt=0)
    """Wall clock of all of it."""

    @classmethod
    def within(cls, time_limit: float | None) -> "ExplanationBudget":
        """No more seconds than the solve itself may take."""
        usual = cls()
        return usual if time_limit is None else cls(seconds=min(usual.seconds, time_limit))

    def spending(self, control: SolveControl | None = None) -> Spending:
        """The budget with nothing spent of it yet; the control may end it."""
        return Spending(self, control or SolveControl(), _ONE_TEST)

    def share(self, part: float) -> "ExplanationBudget":
        """A share of the seconds and all of the solves, for another part of the work."""
        return self.model_copy(update={"seconds": self.seconds * part})
