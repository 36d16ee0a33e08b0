"""The one retry policy, as a flow without I/O.

`retry_flow` yields calls and waits and is sent what came of them; `Retrying` carries them out. Delays follow "full
jitter": a uniform draw below an exponentially growing ceiling
(https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
"""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from steepest.agents.llm.accounting import charged
from steepest.agents.llm.chat import ChatModel, ChatReply, ChatRequest, Usage
from steepest.agents.llm.errors import ProviderError
from steepest.agents.llm.limits import CallLimit
from steepest.agents.llm.prices import price_of_model
from steepest.errors import InputError

__all__ = ["ONCE", "Call", "RetryPolicy", "Retrying", "Wait", "retry_flow"]

Clock = Callable[[], float]


@dataclass(frozen=True)
class RetryPolicy:
    """When to try again.

    Attributes:
        attempts: Most calls, the first one included.
        network_attempts: Most calls while the address cannot be reached: a dead endpoint seldom revives.
        first_wait: Ceiling of the first wait, in seconds; each further one is twice as high.
        longest_wait: Ceiling of any wait that we choose, in seconds.
        deadline: Seconds that calls and waits may take together, the wait for a free slot aside.
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


ONCE = RetryPolicy(attempts=1, deadline=math.inf)
"""No second try."""


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
    most = min(policy.attempts, policy.network_attempts) if error.kind == "network" else policy.attempts
    if not error.transient or most == 1:
        raise error
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


class Stopwatch:
    """Seconds on a clock that can be held."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held = 0.0

    def __call__(self) -> float:
        return self._clock() - self._held

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no time pass inside the block."""
        began = self._clock()
        try:
            yield
        finally:
            self._held += self._clock() - began


class Retrying:
    """A chat model whose failed calls are tried again by `policy`, each in a slot of `limit`.

    A slot is held while a call runs, not while a retry waits, and the wait for a slot does not count against the
    deadline: a thousand requests may queue behind eight slots.

    Args:
        model: The model that is called.
        policy: When to try again.
        limit: How many calls may run at once; None for no limit.
        clock: Seconds on a clock that only goes forward.
        sleep: Waits that many seconds.
        draw: A number in [0, 1), for the jitter.
    """

    def __init__(
        self,
        model: ChatModel,
        policy: RetryPolicy,
        *,
        limit: CallLimit | None = None,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.model = model
        self.policy = policy
        self.limit = limit
        self.name = model.name
        self.structured = model.structured
        self._clock = clock
        self._sleep = sleep
        self._draw = draw

    def __repr__(self) -> str:
        return f"Retrying({self.model!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request`, trying again while that may help."""
        watch = Stopwatch(self._clock)
        flow = retry_flow(self.policy, watch, self._draw)
        step = next(flow)
        while True:
            outcome: ChatReply | ProviderError | None = None
            if isinstance(step, Call):
                outcome = await self._call(request, step.seconds, watch)
            else:
                await self._sleep(step.seconds)
            try:
                step = flow.send(outcome)
            except StopIteration as end:
                return charged(end.value)

    async def _call(self, request: ChatRequest, seconds: float, watch: Stopwatch) -> ChatReply | ProviderError:
        if self.limit is None:
            return await self._outcome(request, seconds)
        with watch.held():
            era = await self.limit.acquire()
        outcome: ChatReply | ProviderError | None = None
        try:
            outcome = await self._outcome(request, seconds)
        finally:
            self.limit.release(era, outcome)
        return outcome

    async def _outcome(self, request: ChatRequest, seconds: float) -> ChatReply | ProviderError:
        try:
            return await asyncio.wait_for(self.model.complete(request), seconds)
        except ProviderError as error:
            return error
        except TimeoutError:
            return ProviderError(f"{self.name} did not answer within the deadline.", kind="timeout")

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return price_of_model(self.model, usage)
