"""What a person may take in a day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from steepest.agents.chat.events import Said, TurnEnded
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.llm.errors import BudgetExceeded
from steepest.web.allowance import Allowance, DailyBudget, budget_of

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_what_would_pass_the_limit_of_the_day_is_told_to_the_person() -> None:
    budget = DailyBudget(Decimal("1.5"), 10_000, lambda: NOON)
    budget.charge(Decimal("1.25"), 4_000)
    with pytest.raises(BudgetExceeded, match=r"1\.25 of 1\.5 \$ and 4,000 of 10,000 tokens .* up to 0\.30 \$"):
        budget.reserve(Decimal("0.3"), 500, "m")
    with pytest.raises(BudgetExceeded, match="00:00 UTC"):
        budget.reserve(Decimal("0.1"), 6_001, "m")
    budget.reserve(Decimal("0.1"), 6_000, "m")


def test_the_next_day_begins_anew() -> None:
    now = [NOON]
    budget = DailyBudget(None, 1_000, lambda: now[0])
    budget.settle(budget.reserve(None, 900, "m"), None)
    budget.charge(Decimal(0), 900)
    with pytest.raises(BudgetExceeded):
        budget.reserve(None, 900, "m")
    now[0] += timedelta(hours=12)
    budget.reserve(None, 900, "m")


def test_turns_of_today_count_and_those_of_yesterday_and_of_others_do_not(tmp_path: Path) -> None:
    store = SqliteSessions(tmp_path / "sessions.db")
    for owner in ("anna", "bert"):
        id = store.begin(owner)
        store.add(id, Said(text="hello"), 0)
        ended = TurnEnded(outcome="done", seconds=1, input_tokens=100, output_tokens=20, cost=Decimal("0.5"))
        store.add(id, ended, 1)

    def left(day: timedelta) -> tuple[Decimal, int]:
        today = budget_of("anna", Allowance(tokens=1_000), store, lambda: datetime.now(UTC) + day)
        assert today is not None
        return today.spent_money, today.spent_tokens

    assert left(timedelta()) == (Decimal("0.5"), 120)
    assert left(timedelta(days=1)) == (Decimal(0), 0)
    store.close()


def test_without_a_limit_there_is_no_budget(tmp_path: Path) -> None:
    store = SqliteSessions(tmp_path / "sessions.db")
    assert budget_of("anna", Allowance(), store) is None
    store.close()
