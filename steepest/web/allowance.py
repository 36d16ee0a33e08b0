"""What one of several people may take of a server, so that something is left for the others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal

from steepest.agents.chat.events import TurnEnded
from steepest.agents.chat.stores.protocol import SessionStore
from steepest.agents.llm.budget import Budget, Reservation
from steepest.agents.llm.errors import BudgetExceeded

__all__ = ["AMONG_OTHERS", "Allowance", "DailyBudget", "budget_of"]


@dataclass(frozen=True)
class Allowance:
    """What each person may take; None is no limit.

    Args:
        turns: That go on at once, in different conversations.
        conversations: That are kept.
        files: Bytes of uploads and exports in all conversations together.
        money: US dollars that the calls of models cost in a day.
        tokens: That models read and write in a day.
    """

    turns: int | None = None
    conversations: int | None = None
    files: int | None = 1000 * 2**20
    money: Decimal | None = None
    tokens: int | None = None


AMONG_OTHERS = Allowance(turns=2, conversations=500)
"""Where several people log in, unless somebody says otherwise."""


def _now() -> datetime:
    return datetime.now(UTC)


class DailyBudget(Budget):
    """What a person may spend in a day, which begins at 00:00 UTC.

    Args:
        money: Most US dollars; None for no limit.
        tokens: Most tokens, read and written together; None for no limit.
        clock: The time in UTC.
    """

    def __init__(self, money: Decimal | None, tokens: int | None, clock: Callable[[], datetime] = _now) -> None:
        super().__init__(money, tokens)
        self._clock = clock
        self._day = clock().date()

    def reserve(self, money: Decimal | None, tokens: int, model: str) -> Reservation:
        """Set aside what a call can take at most.

        Raises:
            BudgetExceeded: The limit of the day would be passed; the text is for the person.
            PriceUnknown: There is a limit in money and the price is unknown.
        """
        self._begin_the_day()
        try:
            return super().reserve(money, tokens, model)
        except BudgetExceeded as error:
            raise BudgetExceeded(self._told(money, tokens)) from error

    def _begin_the_day(self) -> None:
        today = self._clock().date()
        if today != self._day:
            self._day = today
            self.charge(-self.spent_money, -self.spent_tokens)

    def _told(self, money: Decimal | None, tokens: int) -> str:
        used = [
            *([f"{self.spent_money:.2f} of {self.money} $"] if self.money is not None else []),
            *([f"{self.spent_tokens:,} of {self.tokens:,} tokens"] if self.tokens is not None else []),
        ]
        wanted = f"{money:.2f} $" if self.money is not None and money is not None else f"{tokens:,} tokens"
        return (
            f"You have used {' and '.join(used)} that you may use in a day, and this question to the model can take "
            f"up to {wanted}. The next day begins at 00:00 UTC. Changes such as `flour = 50`, commands and the text of "
            "the model need no model to ask."
        )


def budget_of(
    owner: str, allowance: Allowance, store: SessionStore, clock: Callable[[], datetime] = _now
) -> DailyBudget | None:
    """What a person may still spend today: what turns of today took is taken off, so that a restart gives nothing back.

    Returns:
        The budget; None where there is no limit.

    Raises:
        SessionError: The conversations can't be read.
    """
    if allowance.money is None and allowance.tokens is None:
        return None
    budget = DailyBudget(allowance.money, allowance.tokens, clock)
    begin = datetime.combine(clock().date(), time(), UTC)
    for summary in store.sessions(owner):
        if summary.changed < begin:
            break  # the latest come first
        for each in store.events(summary.id, owner):
            if isinstance(each.event, TurnEnded) and each.time >= begin:
                budget.charge(*_charged(each.event))
    return budget


def _charged(ended: TurnEnded) -> tuple[Decimal, int]:
    """US dollars and tokens that a turn was charged, a call that was cancelled as the most that it can have taken.

    Turns that were kept before this was noted are charged what their models told.
    """
    tokens, cost = ended.charged_tokens, ended.charged_cost
    if tokens is None:
        tokens = (ended.input_tokens or 0) + (ended.output_tokens or 0)
    return (ended.cost or Decimal(0)) if cost is None else cost, tokens
