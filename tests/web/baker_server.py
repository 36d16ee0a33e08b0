"""A page for tests, with a function in the place of the model.

python -m tests.web.baker_server FOLDER PORT [PEOPLE]
"""

import asyncio
import re
import sys
from pathlib import Path

from steepest.addresses import listening
from steepest.agents.chat.means import Means
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.library.insights import Usage as Usages
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recalled import Recall
from steepest.agents.library.stores.protocol import Entry
from steepest.agents.llm import ChatModel, ChatRequest, FunctionModel
from steepest.solvers.options import SolveOptions
from steepest.web.accounts import Accounts
from steepest.web.guard import Door
from steepest.web.passes import Passes, kept_key
from steepest.web.rooms import Rooms
from steepest.web.serving import serve
from tests.agents.chat.talks import BAKERY, words_of
from tests.agents.library.insights import insight
from tests.mcp.markets import market_split

TOKEN = "a-token-for-tests-only"
SCRIPT = "<script>window.stolen = 1</script><img src=x onerror='window.stolen = 1'>"
QUOTED = 'x" onmouseover="window.stolen = 1" :class="window.stolen = 1'
"""Ends a value of an attribute, or of NiceGUI's `props`, and begins attributes of its own."""
STEALING = re.sub(r"\bcake\b", f'"{SCRIPT}"', BAKERY).replace("How many loaves", f"{QUOTED} {SCRIPT} How many loaves")
"""The bakery, with markup in its title and as a label."""


HURRY = "hurry"
"""A file beside the conversations with which nothing takes long."""


async def reply(request: ChatRequest, folder: Path) -> str:
    """What the model says: by the person's words, or by the problem's."""
    words, asked = words_of(request), "\n".join(each.content for each in request.messages)
    if "slowly" in (words or asked) and not (folder / HURRY).exists():
        await asyncio.sleep(60)
    if words:
        return "wish: change\nchanges: flour = 50" if "what if" in words else "wish: why"
    if "market" in asked:
        return market_split()
    if "too many" in asked:
        return BAKERY.replace("<= most_cakes", "<= most_cakes\n  orders_met: bake[cake] >= 70")
    if "untitled" in asked:
        return BAKERY.partition("\n")[2]
    if "script" in asked:
        return STEALING
    return BAKERY


class Recalls:
    """Finds an insight with a title and a reason that are markup, where the problem speaks of a script."""

    async def recall(self, query: Query, model: ChatModel) -> Recall:
        """What there is for a problem."""
        found = insight("flour", title=f"{QUOTED} {SCRIPT}", explanation=f"{QUOTED} {SCRIPT}")
        return Recall((Entry(found, 1, Usages()),) if "script" in query.text else ())


def main(folder: Path, port: int, people: Path | None) -> None:
    """Serve until somebody ends it."""
    store = SqliteSessions(folder / "sessions.db")
    model = FunctionModel(lambda request: reply(request, folder), name="baker")
    means = Means(model, SolveOptions(threads=1), recaller=Recalls(), checkpoints=folder / "turns.db")
    door = Door(
        Passes(kept_key(folder / "key")),
        cookie=f"steepest-{port}",
        token=TOKEN,
        accounts=Accounts(people) if people is not None else None,
        hosts=frozenset({"127.0.0.1"}),
        most_bytes=2**20,
    )
    serve(Rooms(store, means, folder / "conversations", most_upload=2**19), door, listening("127.0.0.1", port))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
