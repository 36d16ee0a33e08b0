"""A run that a test kills: each attempt asks a server three times, one question after another.

Usage: python runner_to_kill.py PLACE PORT PROBLEMS
"""

import asyncio
import json
import sys
from decimal import Decimal
from time import perf_counter

from steepest.agents.llm import ChatMessage, ChatReply, ChatRequest, Transcript, Usage
from steepest.agents.llm.transcripts import Transcribed
from steepest.evals.attempts import Attempt, Spent
from steepest.evals.engines.local import LocalEngine
from steepest.evals.engines.protocol import WorkOrder
from steepest.evals.runner import run_batch
from steepest.evals.stores.places import continue_run
from tests.evals.stores.bakeries import bakeries, specification

CONCURRENCY = 4


class Served:
    """A model behind a socket: a line with the question goes there, a line with the reply comes back."""

    name, structured = "served", False

    def __init__(self, port):
        self.port = port

    async def complete(self, request):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(json.dumps(request.messages[-1].content).encode() + b"\n")
            answer = json.loads(await reader.readline())
        finally:
            writer.close()
        return ChatReply(
            text=answer["text"],
            usage=Usage(input_tokens=answer["tokens"], output_tokens=1),
            cost=Decimal(answer["cost"]),
            seconds=answer["seconds"],
            model="served",
            provider="test",
        )

    def price(self, usage):
        return Decimal("0.001")


class ThreeQuestions:
    """Each question is about the answer before."""

    name, prompts = "three", ()

    async def attempt(self, question, bench):
        transcript, begun = Transcript(), perf_counter()
        text = question.text
        for step in ("first", "second", "third"):
            model = Transcribed(bench.model, transcript, step)
            reply = await model.complete(ChatRequest(messages=(ChatMessage(role="user", content=text),), max_tokens=9))
            text = f"{question.text} In the {step} answer you said {reply.text}: are you sure?"
        totals = transcript.totals()
        return Attempt(
            outcome="answered",
            objective=float(reply.text),
            spent=Spent(
                calls=totals.calls,
                input_tokens=totals.input_tokens,
                output_tokens=totals.output_tokens,
                cost=totals.cost,
                seconds=totals.seconds,
            ),
            seconds=perf_counter() - begun,
            transcript=tuple(record.model_dump(mode="json") for record in transcript.records),
        )


def grade(problem, attempt):
    return ("correct" if attempt.objective == problem.answer else "wrong_value"), ()


async def main(place, port, n):
    store = continue_run(place, specification(), bakeries(n))
    order = WorkOrder("three", "served", cache=store.replies, max_cost=Decimal(100))
    engine = LocalEngine(order, model=Served(port), method=ThreeQuestions(), concurrency=CONCURRENCY)
    try:
        end = await run_batch(bakeries(n), store, engine, grade=grade)
    finally:
        await engine.close()
        store.close()
    print(end.reason, end.done)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
