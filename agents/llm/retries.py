"""The one retry policy, as a flow without I/O.

`retry_flow` yields calls and waits and is sent what came of them; `Retrying` carries them out. Delays follow "full
jitter": a uniform draw below an exponentially growing ceiling
(https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from decimal import Decimal

from steepest.agents.llm.chat import ChatModel, ChatReply, ChatRequest, Usage
from steepest.agents.llm.errors import ProviderError
from steepest.agents.llm.prices import price_of_model
from steepest.errors import InputError

__all__ = ["Call", "RetryPolicy", "Retrying", "Wait", "retry_flow"]

Clock = Callable[[], float]


@dataclass(frozen=True)
class RetryPolicy:
    """When to try again.

    Attributes:
        attempts: Most calls, the first one included.
        network_attempts: Most calls while the address cannot be reached: a dead endpoint seldom revives.
        first_wait: Ceiling of the first wait, in seconds; each further one is twice as high.
        longest_wait: Ceiling of any wait that we choose, in seconds.
        deadline: Seconds that calls and waits may take together.
    """

    attempts: int = 6
    network_attempts: int = 3
    first_wait: float = 1.0
    longest_wait: float = 30.0
    deadline: float = 900.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.network_attempts < 1 or self.deadline <= 0:
            raise InputError("A retry policy needs at least one attempt and a deadline above zero.")

    def ceiling(self, attempt: int) -> float:
        """The longest wait after failed call number `attempt`, in seconds."""
        return float(min(self.longest_wait, self.first_wait * 2 ** (attempt - 1)))


@dataclass(frozen=True)
class Call:
    """Make call number `attempt` now; it may take `seconds`."""

    attempt: int
    seconds: float


@dataclass(frozen=True)
class Wait:
    """Do nothing for `seconds`, because of `error`."""

    seconds: float
    error: ProviderError


Flow = Generator[Call | Wait, ChatReply | ProviderError | None, ChatReply]


def retry_flow(policy: RetryPolicy, clock: Clock, draw: Callable[[], float]) -> Flow:
    """Yield calls and waits until a call succeeds; return its reply.

    Args:
        policy: When to try again.
        clock: Seconds on a clock that only goes forward.
        draw: A number in [0, 1), for the jitter.

    Raises:
        ProviderError: The failure will not pass, or the attempts or the deadline are used up.
    """
    started = clock()
    attempt = 0
    while True:
        attempt += 1
        outcome = yield Call(attempt, policy.deadline - (clock() - started))
        if isinstance(outcome, ChatReply):
            return outcome.model_copy(update={"attempts": attempt, "seconds": clock() - started})
        if not isinstance(outcome, ProviderError):
            raise TypeError(f"A call ends in a reply or a ProviderError, not {outcome!r}.")
        wait = _wait_after(outcome, attempt, policy, draw)
        left = policy.deadline - (clock() - started)
        if wait >= left:
            raise _given_up(outcome, attempt, f"the next try in {wait:.0f} s is past the deadline") from outcome
        yield Wait(wait, outcome)


def _wait_after(error: ProviderError, attempt: int, policy: RetryPolicy, draw: Callable[[], float]) -> float:
    if not error.transient:
        raise error
    most = policy.network_attempts if error.kind == "network" else policy.attempts
    if attempt >= most:
        raise _given_up(error, attempt, "no tries left") from error
    if error.retry_after is not None:
        return error.retry_after
    return draw() * policy.ceiling(attempt)


def _given_up(error: ProviderError, attempt: int, why: str) -> ProviderError:
    calls = "1 call" if attempt == 1 else f"{attempt} calls"
    return ProviderError(
        f"{error} Given up after {calls}: {why}.",
        kind=error.kind,
        retry_after=error.retry_after,
        status=error.status,
        request_id=error.request_id,
    )


class Retrying:
    """A chat model whose failed calls are tried again by `policy`.

    Args:
        model: The model that is called.
        policy: When to try again.
        clock: Seconds on a clock that only goes forward.
        sleep: Waits that many seconds.
        draw: A number in [0, 1), for the jitter.
    """

    def __init__(
        self,
        model: ChatModel,
        policy: RetryPolicy,
        *,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.model = model
        self.policy = policy
        self.name = model.name
        self.structured = model.structured
        self._clock = clock
        self._sleep = sleep
        self._draw = draw

    def __repr__(self) -> str:
        return f"Retrying({self.model!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request`, trying again while that may help."""
        flow = retry_flow(self.policy, self._clock, self._draw)
        step = next(flow)
        while True:
            outcome = await self._carry_out(step, request)
            try:
                step = flow.send(outcome)
            except StopIteration as end:
                reply: ChatReply = end.value
                return reply

    async def _carry_out(self, step: Call | Wait, request: ChatRequest) -> ChatReply | ProviderError | None:
        if isinstance(step, Wait):
            await self._sleep(step.seconds)
            return None
        try:
            return await asyncio.wait_for(self.model.complete(request), step.seconds)
        except ProviderError as error:
            return error
        except TimeoutError:
            return ProviderError(f"{self.name} did not answer within the deadline.", kind="timeout")

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return price_of_model(self.model, usage)
