"""What can be set of a method, part by part: a name such as `five+repair+vote` takes the settings of its parts."""

from pydantic import BaseModel, ConfigDict, Field

from steepest.agents.llm.chat import ChatModel
from steepest.agents.modeling.conversation import MAX_TOKENS

__all__ = [
    "AgentSettings",
    "Asking",
    "Correcting",
    "FormulationVoting",
    "Recollection",
    "Repairing",
    "Sampling",
    "Voting",
]

VARIED_TEMPERATURE = 0.7
"""Where answers should differ and nothing is set."""


class Settings(BaseModel):
    """Settings of one part; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sampling(Settings):
    """How each answer is drawn."""

    temperature: float | None = Field(default=None, ge=0, le=2)
    """None leaves it to the provider. Anthropic takes none, and OpenAI's reasoning models refuse any."""

    def temperature_for(self, model: ChatModel, *, varied: bool) -> float | None:
        """The temperature of this model's answers.

        Args:
            model: One asked in text is small or local, and gives its likeliest answer again and again unless it is
                given a temperature; the others vary by themselves.
            varied: Whether several different answers are wanted.
        """
        if self.temperature is None and varied and not model.structured:
            return VARIED_TEMPERATURE
        return self.temperature


class Asking(Sampling):
    """How a model is asked with one prompt."""

    max_tokens: int | None = Field(default=None, ge=1)
    """Most tokens of a reply, those that a model thinks in included; None is what suits the kind of model."""

    def tokens_for(self, model: ChatModel) -> int:
        """Most tokens of a reply of this model: a small one writes on and on when it loses the thread."""
        return self.max_tokens or MAX_TOKENS["json" if model.structured else "text"]


class Correcting(Asking):
    """How often a model may find fault with what it wrote."""

    corrections: int = Field(default=12, ge=0, le=20)
    """Most solves after the first; 0 is never to judge."""


class Repairing(Settings):
    """How often a model may correct itself."""

    repairs: int = Field(default=3, ge=1, le=20)


class Recollection(Settings):
    """What an experience library gives to the model."""

    insights: int = Field(default=5, ge=1, le=30)
    """Most of them in a prompt."""
    insight_tokens: int = Field(default=1500, ge=1)
    """Most that they take there, as an estimate."""
    embeddings: str = Field(default="hashed", pattern=r"^(hashed|local|openai:\S+)$")
    """What the problem is compared with insights by (`steepest.agents.library.embeddings.choice`)."""


class Voting(Settings):
    """How many answers vote, and which count as the same."""

    votes: int = Field(default=5, ge=2, le=100)
    vote_tolerance: float = Field(default=1e-4, ge=0, lt=1)
    """Relative difference up to which two objectives agree."""


class FormulationVoting(Voting):
    """How many formulations vote."""

    stops_early: bool = False
    """Whether no more are drawn once the vote is clear: two ahead, of three or more."""


class AgentSettings(Settings):
    """Limits of an agent that is not ours."""

    seconds: float = Field(default=600.0, gt=0)
    """Wall clock of one answer."""
