"""A run's budget in money and tokens, checked before every call against the most that the call can take."""

import threading
from dataclasses import dataclass
from decimal import Decimal

from steepest.agents.llm.chat import ChatModel, ChatReply, ChatRequest, Usage
from steepest.agents.llm.errors import BudgetExceeded, PriceUnknown
from steepest.agents.llm.prices import price_of_model
from steepest.errors import InputError

__all__ = ["Budget", "Budgeted", "largest_usage"]

BYTES_PER_TOKEN = 3  # on the safe side: English text has about four, JSON and code about three
TOKENS_PER_MESSAGE = 8  # what a chat template adds


@dataclass(frozen=True)
class Reservation:
    """What a running call may take at most."""

    money: Decimal
    tokens: int


class Budget:
    """Limits of a run, shared by all its models and threads.

    Args:
        money: Most US dollars; None for no limit.
        tokens: Most tokens, read and written together; None for no limit.
    """

    def __init__(self, money: Decimal | None = None, tokens: int | None = None) -> None:
        if (money is not None and money < 0) or (tokens is not None and tokens < 0):
            raise InputError("A budget cannot be negative.")
        self.money = money
        self.tokens = tokens
        self.spent_money = Decimal(0)
        self.spent_tokens = 0
        self.kept_money = Decimal(0)
        """US dollars of the limit that no call may take: they are kept for something else."""
        self.kept_tokens = 0
        """Tokens, likewise."""
        self._reserved_money = Decimal(0)
        self._reserved_tokens = 0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Budget({_of(self.spent_money, self.money, ' $')}, {_of(self.spent_tokens, self.tokens, ' tokens')})"

    def reserve(self, money: Decimal | None, tokens: int, model: str) -> Reservation:
        """Set aside what a call of `model` can take at most.

        Raises:
            BudgetExceeded: The limit would be passed.
            PriceUnknown: There is a limit in money and the price is unknown (`money` is None).
        """
        if money is None and self.money is not None:
            raise PriceUnknown(
                f"The budget is {self.money} $, but the price of {model} is not known: set a limit in tokens "
                "instead, or use a model whose price is known (steepest models)."
            )
        wanted = Reservation(money or Decimal(0), tokens)
        with self._lock:
            used = self.spent_money + self._reserved_money + self.kept_money
            _check(self.money, used, wanted.money, "$", model)
            used_tokens = self.spent_tokens + self._reserved_tokens + self.kept_tokens
            _check(self.tokens, used_tokens, tokens, "tokens", model)
            self._reserved_money += wanted.money
            self._reserved_tokens += tokens
        return wanted

    def charge(self, money: Decimal, tokens: int) -> None:
        """Count what was spent elsewhere, by models that this budget does not stand before."""
        with self._lock:
            self.spent_money += money
            self.spent_tokens += tokens

    def settle(self, reservation: Reservation, reply: ChatReply | None) -> None:
        """Replace a reservation by what the call took; None when it failed and nothing is charged."""
        with self._lock:
            self._reserved_money -= reservation.money
            self._reserved_tokens -= reservation.tokens
            if reply is not None:
                # What the provider did not count is charged as the most that it can have been.
                counted = _total(reply.usage)
                self.spent_tokens += reservation.tokens if counted is None else counted
                self.spent_money += reservation.money if reply.cost is None else reply.cost


def _check(limit: Decimal | int | None, used: Decimal | int, wanted: Decimal | int, unit: str, model: str) -> None:
    if limit is not None and used + wanted > limit:
        raise BudgetExceeded(
            f"Budget: {used} of {limit} {unit} are spent or set aside, and the next call of {model} can take "
            f"up to {wanted} {unit}. Raise the limit, or lower max_tokens."
        )


def _total(usage: Usage) -> int | None:
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    return usage.input_tokens + usage.output_tokens


def _of(spent: Decimal | int, limit: Decimal | int | None, unit: str) -> str:
    return f"{spent}{unit}" if limit is None else f"{spent} of {limit}{unit}"


def largest_usage(request: ChatRequest) -> Usage:
    """The most tokens that `request` can take: its text by a cautious estimate, and `max_tokens`."""
    texts = [request.system, *(message.content for message in request.messages)]
    if request.output_schema is not None:
        texts.append(str(request.output_schema))
    size = sum(len(text.encode()) for text in texts)
    read = -(-size // BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE * len(texts)
    return Usage(input_tokens=read, output_tokens=request.max_tokens)


_UNHEARD = ChatReply(text="", usage=Usage(), model="", provider="")
"""What came of a call that was cancelled: perhaps a reply, which nobody has counted."""


class Budgeted:
    """A chat model whose calls are charged to `budget`.

    A call that is cancelled may have been answered: it is charged as the most that it can have taken.
    """

    def __init__(self, model: ChatModel, budget: Budget) -> None:
        self.model = model
        self.budget = budget
        self.name = model.name
        self.structured = model.structured

    def __repr__(self) -> str:
        return f"Budgeted({self.model!r}, {self.budget!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request` if the budget allows for the most that it can take."""
        largest = largest_usage(request)
        reservation = self.budget.reserve(self.price(largest), _total(largest) or 0, self.name)
        charged: ChatReply | None = _UNHEARD
        try:
            charged = reply = await self.model.complete(request)
        except Exception:
            charged = None
            raise
        finally:
            self.budget.settle(reservation, charged)
        return reply

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return price_of_model(self.model, usage)
