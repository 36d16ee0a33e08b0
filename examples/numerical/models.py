"""Two functions in the place of a language model: each reads the prompt that a model gets, and nothing else.

They are no measure of what a language model can do. They show what the prompts hold: OptoPrime's, the code between the
inputs and the output; OPRO's, solutions and scores.
"""

import json
import random
import re
from collections.abc import Mapping
from typing import Any

from examples.numerical.functions import HIGH, LOW, OPERATORS, with_slopes
from steepest.agents.llm.chat import ChatRequest
from steepest.agents.llm.function import FunctionModel

_CODE_LINE = re.compile(r"^(\w+) = (\S+) ([-+*]) (\S+)$", re.MULTILINE)
_VARIABLE = re.compile(r'<variable name="(\w+)">\s*(\S+)\s*</variable>')
_WANTED = re.compile(r"it has to be (\S+)\.")
_SOLUTION = re.compile(r"Solution:\s*(\{.*?\})\s*Score: (\d+)", re.DOTALL)


def code_reader() -> FunctionModel:
    """Follows the feedback back through the code that it is shown: one damped step of Newton's method."""

    def answer(request: ChatRequest) -> str:
        prompt = request.messages[-1].content
        lines = _CODE_LINE.findall(_between(prompt, "code"))
        values = {name: float(value) for name, value in _VARIABLE.findall(prompt)}
        wanted = _WANTED.search(_between(prompt, "feedback"))
        if wanted is None or not lines:
            return "<no_change/>"
        places = {"x0": values.get("x0", 0.0), "x1": values.get("x1", 0.0)}
        output = with_slopes(lambda first, second: _computed(lines, {"x0": first, "x1": second}), **_pair(places))
        gap = float(wanted[1]) - output.value
        steepness = sum(slope * slope for slope in output.slopes) + 1e-3
        moves = (0.8 * gap * slope / steepness for slope in output.slopes)
        return _reply(
            {name: at + max(-1.0, min(1.0, move)) for (name, at), move in zip(places.items(), moves, strict=True)}
        )

    return FunctionModel(answer, name="code reader")


def guesser(seed: int) -> FunctionModel:
    """Tries near the best of the solutions that it is shown, nearer the more of them there are."""

    def answer(request: ChatRequest) -> str:
        shown = [(int(score), json.loads(point)) for point, score in _SOLUTION.findall(request.messages[-1].content)]
        source = random.Random(f"{seed}/{request.sample}")
        best = max(shown, key=lambda each: each[0])[1]
        spread = 2.0 / len(shown) ** 0.5
        return _reply({name: at + source.gauss(0, spread) for name, at in best.items()})

    return FunctionModel(answer, name="guesser")


def _computed(lines: list[tuple[str, str, str, str]], inputs: Mapping[str, Any]) -> Any:
    known = dict(inputs)
    for name, first, symbol, second in lines:
        known[name] = OPERATORS[symbol](*(known[each] if each in known else float(each) for each in (first, second)))
    return known[lines[-1][0]]


def _pair(places: Mapping[str, float]) -> dict[str, float]:
    return {"first": places["x0"], "second": places["x1"]}


def _between(prompt: str, tag: str) -> str:
    return prompt.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]


def _reply(values: Mapping[str, float]) -> str:
    inside = {name: min(max(value, LOW), HIGH) for name, value in values.items()}
    changes = [f'<change name="{name}">\n{value!r}\n</change>' for name, value in inside.items()]
    return "\n".join(["<reasoning>\nas above\n</reasoning>", *changes])
