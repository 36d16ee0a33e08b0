"""The record of a run's model calls: what was asked, what came back, what it took."""

import json
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from steepest.agents.llm.chat import ChatModel, ChatReply, ChatRequest, Usage
from steepest.agents.llm.prices import price_of_model
from steepest.agents.llm.redaction import redact, redact_json

__all__ = ["Record", "Totals", "Transcribed", "Transcript"]


class Record(BaseModel):
    """One call.

    Attributes:
        step: What the call was for, such as "formulate".
        model: Name of the model.
        request: What was asked.
        reply: What was answered; None when the call failed.
        error: Why it failed; None when it did not.
        time: When it ended.
    """

    model_config = ConfigDict(frozen=True)

    step: str
    model: str
    request: ChatRequest
    reply: ChatReply | None = None
    error: str | None = None
    time: datetime


class Totals(BaseModel):
    """What a transcript's calls took together; None where it is not known of every call.

    Attributes:
        calls: Requests answered or failed.
        failed: Requests that failed.
        input_tokens: Tokens read.
        output_tokens: Tokens written.
        cost: US dollars.
        seconds: Wall-clock time of the calls, one after another.
    """

    model_config = ConfigDict(frozen=True)

    calls: int
    failed: int
    input_tokens: int | None
    output_tokens: int | None
    cost: Decimal | None
    seconds: float


class Transcript:
    """Records of model calls, in the order in which they ended; safe to share between threads.

    Args:
        clock: The time of day, for the records.
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._records: list[Record] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._records)

    def __repr__(self) -> str:
        totals = self.totals()
        cost = "cost unknown" if totals.cost is None else f"{totals.cost} $"
        return f"Transcript({totals.calls} calls, {cost}, {totals.seconds:.1f} s)"

    @property
    def records(self) -> tuple[Record, ...]:
        """The records so far."""
        with self._lock:
            return tuple(self._records)

    def add(self, step: str, model: str, request: ChatRequest, outcome: ChatReply | Exception) -> None:
        """Record a call and how it ended, secrets masked."""
        reply = outcome if isinstance(outcome, ChatReply) else None
        error = None if isinstance(outcome, ChatReply) else redact(str(outcome) or type(outcome).__name__)
        content = {
            "step": step,
            "model": model,
            "request": request.model_dump(mode="json"),
            "reply": reply.model_dump(mode="json") if reply else None,
            "error": error,
            "time": self._clock().isoformat(),
        }
        record = Record.model_validate(redact_json(content))
        with self._lock:
            self._records.append(record)

    def extend(self, records: Iterable[Record]) -> None:
        """Add records of an earlier process, which were masked when they were made."""
        with self._lock:
            self._records.extend(records)

    def totals(self) -> Totals:
        """Sums over all records. A failed call's cost and tokens are not known, and count as nothing."""
        records = self.records
        replies = [record.reply for record in records if record.reply is not None]
        costs = [reply.cost for reply in replies]
        known = [cost for cost in costs if cost is not None]
        return Totals(
            calls=len(records),
            failed=len(records) - len(replies),
            input_tokens=_sum([reply.usage.input_tokens for reply in replies]),
            output_tokens=_sum([reply.usage.output_tokens for reply in replies]),
            cost=sum(known, Decimal(0)) if len(known) == len(costs) else None,
            seconds=sum(reply.seconds for reply in replies),
        )

    def to_dict(self) -> dict[str, Any]:
        """Records and totals in JSON's types."""
        return {
            "totals": self.totals().model_dump(mode="json"),
            "records": [record.model_dump(mode="json") for record in self.records],
        }

    def to_json(self) -> str:
        """Records and totals as indented JSON."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)


def _sum(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


class Transcribed:
    """A chat model whose calls are recorded in `transcript` under the name `step`."""

    def __init__(self, model: ChatModel, transcript: Transcript, step: str) -> None:
        self.model = model
        self.transcript = transcript
        self.step = step
        self.name = model.name
        self.structured = model.structured

    def __repr__(self) -> str:
        return f"Transcribed({self.model!r}, {self.step!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request` and record how it went."""
        try:
            reply = await self.model.complete(request)
        except Exception as error:
            self.transcript.add(self.step, self.name, request, error)
            raise
        self.transcript.add(self.step, self.name, request, reply)
        return reply

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return price_of_model(self.model, usage)
