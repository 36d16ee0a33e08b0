"""Conversations about a bakery, with a function in the place of the model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from steepest.agents.chat.events import Event, Recorded, Signal
from steepest.agents.chat.means import Means
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.protocol import SessionStore
from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.agents.llm.chat import run_sync

BAKERY = """\
# How many loaves and cakes to bake
sets:
  Product = {bread, cake}
parameters:
  profit[Product] = {bread: 3, cake: 8}   # [$/item] "$3" "$8"
  flour_use[Product] = {bread: 0.5, cake: 0.8}   # [kg/item] "0.5 kg" "0.8 kg"
  flour = 40   # [kg] "40 kg of flour"
  most_cakes = 30   # [item] "at most 30 cakes"
variables:
  bake[Product]: integer >= 0   # [item]
maximize: sum(profit[p] * bake[p] for p in Product)   # [$]
constraints:
  flour_stock: sum(flour_use[p] * bake[p] for p in Product) <= flour
  cakes_sold: bake[cake] <= most_cakes
"""
"""336 $: 32 loaves and 30 cakes."""
TOLD = "A loaf earns $3 and takes 0.5 kg, a cake $8 and 0.8 kg; there are 40 kg of flour, and at most 30 cakes sell."


def words_of(request: ChatRequest) -> str:
    """What the person said, where the model is asked what it wants; else nothing."""
    asked = request.messages[-1].content
    return asked.rpartition("<words>")[2].rpartition("</words>")[0].strip() if "<words>" in asked else ""


class Baker:
    """Formulates the bakery, and says of words what it was told to."""

    def __init__(self, wishes: dict[str, str] | None = None, formulation: str = BAKERY) -> None:
        self.wishes = wishes or {}
        self.formulation = formulation
        self.requests: list[ChatRequest] = []

    def __call__(self, request: ChatRequest) -> Any:
        self.requests.append(request)
        words = words_of(request)
        return self.wishes[words] if words else self.formulation


def session(
    store: SessionStore, baker: Callable[[ChatRequest], Any], folder: Path, name: str | None = None, **means: Any
) -> Session:
    """A conversation with a function."""
    model = FunctionModel(baker, name="baker")
    return Session(name or store.begin("anna"), "anna", store, Means(model, folder=folder, **means))


def say(talk: Session, *turns: str) -> list[Event]:
    """What is kept of these turns, one after another."""
    happened: list[Recorded | Signal] = []
    stop = talk.listen(happened.append)

    async def all_turns() -> None:
        for turn in turns:
            await talk.turn(turn)

    run_sync(all_turns())
    stop()
    return [each.event for each in happened if isinstance(each, Recorded)]


def told(events: list[Event]) -> str:
    """All words of these events."""
    return "\n".join(each.text for each in events if each.type == "told")


def objectives(talk: Session) -> dict[int, float | None]:
    """The objective of every version."""
    versions = talk.conversation.versions.items()
    return {number: each.solution.objective for number, each in versions if each.solution is not None}
