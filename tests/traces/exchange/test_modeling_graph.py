import asyncio
import functools
from collections.abc import Sequence
from typing import Any

import pytest

from steepest.agents.llm.chat import ChatReply, ChatRequest
from steepest.agents.llm.function_model import FunctionModel
from steepest.agents.modeling.graph import modeling_graph
from steepest.agents.modeling.task import Task, solver_for
from steepest.prompts import load_prompt
from steepest.traces.exchange import PromptPlace, record_graph
from steepest.traces.feedback import backward
from steepest.traces.parameters import update
from steepest.traces.trace import trace_of

PROBLEM = "A bakery bakes at most 80 loaves, each with 3 $ of profit. How many should it bake?"
FORMULATION = """# Loaves
parameters:
  profit = 3   # [$/item] "3 $ of profit"
  most = 80   # [item] "at most 80 loaves"
variables:
  bake: integer >= 0   # [item]
maximize: profit * bake
constraints:
  limit: bake <= most
"""


class Asked(FunctionModel):
    """Answers with the formulation and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        super().__init__(self.answer, name="asked", structured=False)

    def answer(self, request: ChatRequest) -> str | ChatReply:
        self.told.append(request.system)
        return FORMULATION
