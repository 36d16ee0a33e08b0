"""A search that a test kills: it begins in a process of its own, is killed, and begins again until it ends.

Usage: python search_to_kill.py FOLDER STRATEGY SEED [LONGEST_LIFE]

Every question to the model and every run of the workflow is a line in FOLDER/asked and FOLDER/rated, written before it
is answered. Prints the kills and what the search came to, as JSON.
"""

import asyncio
import hashlib
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
from contextlib import closing
from decimal import Decimal
from pathlib import Path

from steepest.agents.llm import Budgeted, ChatReply, FunctionModel, Usage
from steepest.agents.llm.kept_replies import KeptModel, ReplyFile
from steepest.agents.llm.keys import request_key
from steepest.agents.optimizers.catalogue import strategy_named
from steepest.agents.optimizers.search.evaluations import Evaluations
from steepest.agents.optimizers.search.executors import Threads
from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.limits import SearchLimits, Spending
from steepest.agents.optimizers.search.loop import carry_out
from steepest.agents.optimizers.search.models import Models
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Component, digest_of

METRIC_CALLS = 160
SECONDS = 0.002
"""Of a question and of a run."""
WORKERS = 2


class Dial:
    """Two numbers and a text; the score says how near they are to what an example wants."""

    components = (
        Component("x", "float", low=-10.0, high=10.0),
        Component("y", "float", low=-10.0, high=10.0),
        Component("tone", "text"),
    )

    def __init__(self, folder):
        self._rated = folder / "rated"

    def seed(self):
        return {"x": 5.0, "y": 4.0, "tone": "plain"}

    def run(self, values, example, *, traced):
        count(self._rated, f"{digest_of(values)} {example.key}")
        time.sleep(SECONDS)
        wanted = number_of(example.key, 2.0)
        score = -abs(values["x"] - wanted) - abs(values["y"] - wanted) + number_of(values["tone"], 1.0)
        return Rollout(example.key, score, f"wanted {wanted:.2f}", inputs=example.key, output=f"{values['x']:.3f}")


class NumbersAlone(Dial):
    components = Dial.components[:2]

    def seed(self):
        return {"x": 5.0, "y": 4.0}

    def run(self, values, example, *, traced):
        return super().run({**values, "tone": ""}, example, traced=traced)


def number_of(text, spread):
    """A number that looks random, the same for the same text."""
    drawn = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    return spread * (2 * drawn / 2**32 - 1)


def value_for(name, key):
    """What the model proposes."""
    return f"tone {key[:6]}" if name == "tone" else f"{number_of(name + key, 5.0):.4f}"


def count(file, line):
    with file.open("a") as lines:
        lines.write(line + "\n")


def answering(folder):
    """A model that answers by the words of the question; each fourth reply can't be used."""

    async def answer(request):
        key = request_key(request)
        count(folder / "asked", key)
        await asyncio.sleep(SECONDS)
        usage = Usage(input_tokens=len(key), output_tokens=int(key[:2], 16))
        names = re.findall(r"^- (x|y|tone): ", "\n".join(each.content for each in request.messages), re.MULTILINE)
        changes = [f'<change name="{name}">\n{value_for(name, key)}\n</change>' for name in names]
        text = "I would rather not say." if int(key[2], 16) % 4 == 0 else "\n".join(changes)
        return ChatReply(text=text, usage=usage, cost=Decimal("0.001"), model="answering", provider="test")

    return FunctionModel(answer, name="answering")


def search_in(folder, name, seed, steps=40):
    """Search, or go on."""
    is_numeric = name in ("tpe", "random", "pbt")
    program = NumbersAlone(folder) if is_numeric else Dial(folder)
    evaluations = Evaluations(folder / "evaluations.sqlite")
    calls, tokens, money = evaluations.totals()
    spending = Spending(SearchLimits(metric_calls=METRIC_CALLS), metric_calls=calls, tokens=tokens, money=money)
    with closing(ReplyFile(folder / "replies.sqlite")) as replies:
        model = KeptModel(Budgeted(answering(folder), spending.budget), replies)
        paid = model.totals()
        spending.budget.charge(paid.money, paid.tokens)
        examples = {
            "train": [Example(f"t{number}", None) for number in range(8)],
            "validation": [Example(f"v{number}", None) for number in range(4)],
        }
        search = Search(
            program,
            examples,
            spending,
            models=Models([] if is_numeric else [model]),
            evaluations=evaluations,
            executor=Threads(WORKERS),
            seed=seed,
        )
        strategy = strategy_named(name, program.components, has_model=not is_numeric)
        journal = Journal(folder / "steps.jsonl")
        ended = asyncio.run(carry_out(search, strategy, steps=steps, journal=journal))
        search.close()
    return {
        "ended": ended.reason,
        "pool": [[each.number, dict(each.values), search.score(each)] for each in search.pool],
        "best": search.best.number,
        "records": [each.model_dump(mode="json", exclude={"seconds"}) for each in journal.read(ended.recorded)],
        "metric_calls": spending.metric_calls,
        "tokens": spending.tokens,
        "money": spending.money,
    }


def live(folder, name, seed):
    """One life of the search; what it came to is left in the folder."""
    found = search_in(folder, name, seed)
    part = folder / "found.part"
    part.write_text(json.dumps(found))
    part.replace(folder / "found.json")


def main(folder, name, seed, longest=0.0):
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        search_in(Path(scratch), name, seed, steps=1)  # so that no life goes by with imports
    kills, rng = 0, random.Random(f"{name}/{seed}")
    while not (folder / "found.json").exists():
        child = os.fork()
        if child == 0:
            try:
                live(folder, name, seed)
            finally:
                sys.stderr.flush()
                os._exit(0 if (folder / "found.json").exists() else 1)
        if longest:
            time.sleep(rng.uniform(0, longest))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        kills += os.WIFSIGNALED(status)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            sys.exit("the search failed")
    print(json.dumps({"kills": kills, **json.loads((folder / "found.json").read_text())}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), *map(float, sys.argv[4:]))
