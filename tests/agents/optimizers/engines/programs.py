"""Programs for executors, which processes can import."""

import os
import signal
import threading
import time
from pathlib import Path

from steepest.agents.llm.chat import ChatMessage, ChatReply, ChatRequest, Usage, complete_sync
from steepest.agents.llm.errors import ProviderError
from steepest.agents.optimizers.search.executors import Job
from steepest.agents.optimizers.search.rollouts import Example, Rollout
from steepest.agents.optimizers.search.values import Component
from steepest.errors import InputError


class Obedient:
    """Does what an example says."""

    components = (Component("x", "float"),)

    def __init__(self, folder=None, **parts):
        self.folder = folder
        self.parts = parts

    def seed(self):
        return {"x": 1.0}

    def run(self, values, example, *, traced):
        order = example.data
        if order == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if order == "die once" and not (Path(self.folder) / example.key).exists():
            (Path(self.folder) / example.key).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if order == "hang":
            if self.folder is not None:
                (Path(self.folder) / f"hanging-{os.getpid()}").touch()
            time.sleep(600)
        if order == "hang deaf":
            threading.Event().wait()
        if order == "break":
            raise InputError("the guide is broken")
        if order == "fall":
            raise ProviderError("no", kind="server")  # whose pickle can't be read
        if order == "stumble":
            raise ValueError("a word")
        return Rollout(example.key, values["x"], output=str(os.getpid()))


class Weighty(Obedient):
    """Tells each time that it is unpacked."""

    def __init__(self, folder, megabytes):
        super().__init__(folder)
        self.ballast = b"x" * (megabytes << 20)

    def __setstate__(self, state):
        vars(self).update(state)
        with (Path(self.folder) / "unpacked").open("a") as lines:
            lines.write(f"{os.getpid()}\n")


class Paid:
    """A model that answers at once, for 15 tokens."""

    name, structured = "paid", False

    async def complete(self, request):
        return ChatReply(text="yes", usage=Usage(input_tokens=10, output_tokens=5), model="paid", provider="test")

    def price(self, usage):
        return None


class Asking(Obedient):
    """Asks a model in each rollout."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def run(self, values, example, *, traced):
        question = ChatMessage(role="user", content="Is it?")
        reply = complete_sync(self.model, ChatRequest(messages=(question,), max_tokens=20))
        return Rollout(example.key, 1.0, output=reply.text)


def jobs(*orders):
    return [Job({"x": 1.0}, Example(f"e{number}", order), False) for number, order in enumerate(orders)]
