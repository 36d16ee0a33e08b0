"""The steps of a run and what each took: a call to a model, a check, a solve."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from time import perf_counter

from pydantic import BaseModel

from steepest.agents.llm.chat import ChatReply


class Step(BaseModel):
    """One step of a run; tokens and cost are those of its call, if it asked a model."""

    name: str
    """`recall`, `formulate`, `check`, `repair`, `solve`, `examine`, `test`, `readings` or `conclude`."""
    seconds: float = 0.0
    finding: str = ""
    """What came of it, in one line."""
    prompt: str | None = None
    """The prompt's name and version, such as `formulate_text@1`."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: Decimal | None = None
    """US dollars; None without a call, and where the price is unknown."""

    def take(self, reply: ChatReply) -> None:
        """Note what a call took."""
        self.input_tokens = reply.usage.input_tokens
        self.output_tokens = reply.usage.output_tokens
        self.cost = reply.cost

    def __str__(self) -> str:
        parts = [f"{self.name:<9} {self.seconds:7.2f} s"]
        if self.input_tokens is not None and self.output_tokens is not None:
            parts.append(f"{self.input_tokens} + {self.output_tokens} tokens")
        if self.prompt is not None:
            parts.append("price unknown" if self.cost is None else f"{self.cost} $")
        return "  ".join([*parts, self.finding]).rstrip()


@contextmanager
def timed(steps: list[Step], name: str) -> Iterator[Step]:
    """Append a step and its time to `steps`, also when it fails."""
    step = Step(name=name)
    steps.append(step)
    begin = perf_counter()
    try:
        yield step
    except BaseException as error:
        step.finding = step.finding or f"ended by {type(error).__name__}"
        raise
    finally:
        step.seconds = perf_counter() - begin
