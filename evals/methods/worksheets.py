"""The record of an attempt while it is made: the model's calls and the clock, and the attempt that they end in."""

from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from steepest.agents.llm.chat import ChatMessage, ChatReply, ChatRequest
from steepest.agents.llm.transcripts import Transcribed, Transcript
from steepest.evals.attempts import Attempt, AttemptOutcome, Spent
from steepest.evals.methods.protocol import Workbench
from steepest.prompts import RenderedPrompt

__all__ = ["UNKNOWN", "Worksheet", "spent_on"]

UNKNOWN = Spent(input_tokens=None, output_tokens=None, cost=None)
"""What an attempt took whose calls nobody counted."""


@dataclass(frozen=True)
class Worksheet:
    """One attempt under way."""

    bench: Workbench
    temperature: float | None = None
    transcript: Transcript = field(default_factory=Transcript)
    begun: float = field(default_factory=perf_counter)
    metered: bool = True
    """Whether the transcript holds all calls of a model that the attempt made."""

    @property
    def seconds(self) -> float:
        """Wall clock so far."""
        return perf_counter() - self.begun

    @property
    def sample(self) -> int:
        """Of each request; the first epoch asks what a run without epochs would ask."""
        return self.bench.epoch - 1

    async def ask(
        self,
        step: str,
        prompt: RenderedPrompt,
        messages: tuple[ChatMessage, ...],
        *,
        max_tokens: int,
        schema: dict[str, Any] | None = None,
    ) -> ChatReply:
        """Ask the model and note the call.

        Raises:
            LLMError: The call failed for good.
        """
        request = ChatRequest(
            system=prompt.system,
            messages=messages,
            output_schema=schema,
            max_tokens=max_tokens,
            temperature=self.temperature,
            sample=self.sample,
        )
        return await Transcribed(self.bench.model, self.transcript, step).complete(request)

    def attempt(self, outcome: AttemptOutcome, **content: Any) -> Attempt:
        """The attempt with this outcome and what it took."""
        return Attempt(
            outcome=outcome,
            **content,
            seconds=self.seconds,
            spent=spent_on(self.transcript) if self.metered else UNKNOWN,
            transcript=tuple(record.model_dump(mode="json") for record in self.transcript.records),
        )


def opening(prompt: RenderedPrompt) -> tuple[ChatMessage, ...]:
    """The conversation that a prompt begins: its worked examples and the question."""
    return tuple(ChatMessage(role=turn.role, content=turn.content) for turn in prompt.turns)


def spent_on(transcript: Transcript) -> Spent:
    """What the calls of a transcript took."""
    totals = transcript.totals()
    return Spent(
        calls=totals.calls - totals.failed,
        input_tokens=totals.input_tokens,
        output_tokens=totals.output_tokens,
        cost=totals.cost,
        seconds=totals.seconds,
    )
