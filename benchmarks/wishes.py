"""How often a model understands what a person wants of a model that is there: changes, questions, steps, in words.

    python benchmarks/wishes.py --model local
    python benchmarks/wishes.py --model openai:gpt-5.4-mini --only bakery

Every wish begins a conversation of its own at a formulation in examples/. A change is right if it leads to the outcome
and the objective of the change that is meant; a question or a step, if what it asks for is what comes. The seconds are
those of the whole turn, solve included.
"""

import argparse
import asyncio
import math
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from steepest.agents.chat.events import Answered, Event, Told, TurnEnded
from steepest.agents.chat.intents import Rewrite
from steepest.agents.chat.means import Means
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.llm import ChatModel, open_model
from steepest.evals.statistics import wilson_interval

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@dataclass(frozen=True)
class Wish:
    """What is said about a formulation, and what is meant: a change, or the kind of event that answers it.

    Args:
        about: Name of the formulation in examples/.
        words: What is said.
        meant: A change such as `flour = 50`, or what comes (`told limits`, `moved`, ...).
        before: A turn that comes first.
    """

    about: str
    words: str
    meant: str
    before: str = ""


WISHES = (
    Wish("bakery", "What if we got 50 kg of flour instead?", "flour = 50"),
    Wish("bakery", "The flour delivery falls 15% short today.", "flour -= 15%"),
    Wish("bakery", "Suppose a loaf earned 50 cents more.", "profit[bread] += 0.5"),
    Wish("bakery", "Cakes now take a whole kilo of flour each.", "flour_use[cake] = 1"),
    Wish("bakery", "Could we do better if 45 cakes could be sold?", "cake_sales = 45"),
    Wish("bakery", "Bake at least twice as many loaves as cakes.", "add twice: bake[bread] >= 2 * bake[cake]"),
    Wish("bakery", "There is no limit on cake sales any more.", "drop cakes_sold"),
    Wish("bakery", "No more than 20 loaves, the oven is small.", "add oven: bake[bread] <= 20"),
    Wish("bakery", "And with 60 kg of flour and $10 for a cake?", "flour = 60; profit[cake] = 10"),
    Wish("bakery", "We already have 40 loaves ordered, too.", "add loaves: bake[bread] >= 40"),
    Wish("bakery", "What would we earn if we made only cakes?", "fix bake[bread] = 0"),
    Wish("bakery", "Which of the limits costs us most?", "told limits"),
    Wish("bakery", "Is there another plan that earns just as much?", "told others"),
    Wish("bakery", "Can you show that this answer holds water? Test it.", "told tests"),
    Wish("bakery", "Take that back.", "moved", before="flour = 45"),
    Wish("bakery", "How do the two differ?", "compared", before="flour = 45"),
    Wish("bakery", "Call this plan lean.", "named", before="flour = 35"),
    Wish("bakery", "Give me this as LaTeX, in a file.", "exported"),
    Wish("transport", "Chur orders 20% less than it did.", "demand[Chur] -= 20%"),
    Wish("transport", "Genf orders 50 more.", "demand[Genf] += 50"),
    Wish("transport", "Fuel is dearer: whatever leaves Basel costs 10% more.", "ship_cost[Basel, *] *= 1.1"),
    Wish("transport", "Basel closes for repairs.", "capacity[Basel] = 0"),
    Wish("transport", "Chur must get at least 100 from Thun.", "add chur: ship[Thun, Chur] >= 100"),
    Wish("transport", "The road from Thun to Bern is blocked.", "fix ship[Thun, Bern] = 0"),
)
_KINDS = {"moved", "compared", "named", "exported"}


def main() -> None:
    """Print a line for each wish, and how many were understood."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--only", choices=sorted({wish.about for wish in WISHES}), help="wishes about this one alone")
    given = parser.parse_args()
    model = open_model(given.model)
    wishes = [wish for wish in WISHES if given.only in (None, wish.about)]
    right = 0
    with tempfile.TemporaryDirectory() as folder:  # a copy, since exports are written beside
        for name in ("bakery.five", "transport.five", "demand.csv"):
            shutil.copy(EXAMPLES / name, folder)
        for wish in wishes:
            begin = time.perf_counter()
            is_right, came = asyncio.run(_heard(wish, model, Path(folder)))
            right += is_right
            seconds = time.perf_counter() - begin
            print(f"{'right' if is_right else 'WRONG':6}{seconds:7.1f} s  {wish.words}  -> {came}", flush=True)
    low, high = wilson_interval(right, len(wishes))
    print(f"{right} of {len(wishes)} understood: {right / len(wishes):.1%} [{low:.1%}, {high:.1%}]")


async def _heard(wish: Wish, model: ChatModel, folder: Path) -> tuple[bool, str]:
    came = await _after(wish, wish.words, model, folder)
    if wish.meant in _KINDS or wish.meant.startswith("told "):
        kinds = {f"told {each.topic}" if isinstance(each, Told) else each.type for each in came}
        return wish.meant in kinds, ", ".join(sorted(kinds))
    meant, heard = _answer(await _after(wish, wish.meant, model, folder)), _answer(came)
    if meant is None:
        raise ValueError(f"{wish.meant!r} is no change of {wish.about}.five")
    if heard is None:
        return False, "; ".join(each.text for each in came if isinstance(each, Told))[:100] or "no answer"
    is_same = heard[0] == meant[0] and math.isclose(heard[1] or 0, meant[1] or 0, rel_tol=1e-6)
    return is_same, f"{heard[0]} {heard[1]}, meant {meant[0]} {meant[1]}"


async def _after(wish: Wish, words: str, model: ChatModel, folder: Path) -> list[Event]:
    """What came of the words, in a conversation of their own."""
    store = SqliteSessions(folder / "wishes.db")
    try:
        session = Session(store.begin("me"), "me", store, Means(model, folder=folder))
        text = (folder / f"{wish.about}.five").read_text()
        await session.turn(f"{wish.about}.five", Rewrite(text=text))
        if wish.before:
            await session.turn(wish.before)
        seen = len(session.events)
        await session.turn(words)
        return [each.event for each in session.events[seen:] if not isinstance(each.event, TurnEnded)]
    finally:
        store.close()


def _answer(events: list[Event]) -> tuple[str, float | None] | None:
    versions = [each.version for each in events if isinstance(each, Answered)]
    if not versions:
        return None
    solution = versions[-1].solution
    return versions[-1].outcome, solution.objective if solution is not None else None


if __name__ == "__main__":
    main()
