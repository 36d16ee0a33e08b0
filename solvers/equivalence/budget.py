"""How much work a comparison may take."""

from pydantic import BaseModel, ConfigDict, Field


class ComparisonBudget(BaseModel):
    """Limits of a comparison; what is not decided when one is reached is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    solves: int = Field(default=5000, ge=1)
    seconds: float = Field(default=60.0, gt=0)
    """Wall clock of all of it."""
