"""What a run did, step by step: what was sent to the model and came back, what it took, what was found."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from time import perf_counter

from pydantic import BaseModel, Field

from steepest.agents.llm.chat import ChatReply, ChatRequest


class Step(BaseModel):
    """One step of a run; a step that asked a model has the request, and the reply unless the call failed."""

    name: str
    """`formulate`, `check`, `repair`, `solve`, `examine` or `explain`."""
    seconds: float = 0.0
    finding: str = ""
    """What came of it, in one line."""
    prompt: str | None = None
    """The prompt's name and version, as `formulate_text@1`."""
    request: ChatRequest | None = None
    reply: ChatReply | None = None

    @property
    def tokens(self) -> tuple[int, int] | None:
        """Tokens read and written; None for a step without a reply, or if the provider did not count."""
        if self.reply is None or self.reply.usage.input_tokens is None or self.reply.usage.output_tokens is None:
            return None
        return self.reply.usage.input_tokens, self.reply.usage.output_tokens

    def __str__(self) -> str:
        parts = [f"{self.name:<9} {self.seconds:7.2f} s"]
        if self.tokens is not None:
            parts.append(f"{self.tokens[0]} + {self.tokens[1]} tokens")
        if self.reply is not None:
            parts.append("price unknown" if self.reply.cost is None else f"{self.reply.cost} $")
        return "  ".join([*parts, self.finding]).rstrip()


class Transcript(BaseModel):
    """The steps of a run in order; it grows while the run goes on, so it is there whatever ends the run."""

    steps: list[Step] = Field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Record a step and its time, also when it fails."""
        step = Step(name=name)
        self.steps.append(step)
        begin = perf_counter()
        try:
            yield step
        except BaseException as error:
            step.finding = step.finding or f"ended by {type(error).__name__}: {error}".rstrip(": ")
            raise
        finally:
            step.seconds = perf_counter() - begin

    @property
    def replies(self) -> list[ChatReply]:
        """What the model answered, in order."""
        return [step.reply for step in self.steps if step.reply is not None]

    @property
    def input_tokens(self) -> int:
        """Tokens read by models, as far as they were counted."""
        return sum(reply.usage.input_tokens or 0 for reply in self.replies)

    @property
    def output_tokens(self) -> int:
        """Tokens written by models, as far as they were counted."""
        return sum(reply.usage.output_tokens or 0 for reply in self.replies)

    @property
    def cost(self) -> Decimal | None:
        """US dollars for all calls; None if the price of any of them is unknown."""
        costs = [reply.cost for reply in self.replies]
        known = [cost for cost in costs if cost is not None]
        return sum(known, Decimal(0)) if len(known) == len(costs) else None

    @property
    def seconds(self) -> float:
        """Wall-clock time of all steps."""
        return sum(step.seconds for step in self.steps)

    def __str__(self) -> str:
        return "\n".join(str(step) for step in self.steps)
