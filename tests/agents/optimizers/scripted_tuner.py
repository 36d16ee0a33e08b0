"""A function that answers LLAMBO's questions like a model with some sense: near the best of what it is shown."""

import json
import random
import re
from typing import Any

from steepest.agents.llm.chat import ChatRequest
from steepest.agents.llm.function import FunctionModel

__all__ = ["tuner"]

_TRY = re.compile(r"^(\{.*\}) scored (\S+)$", re.MULTILINE)
_POINT = re.compile(r"^(\d+): (\{.*\})$", re.MULTILINE)
_NUMBER = re.compile(r"^- (\w+): a (whole )?number from (\S+) to ([^\s,]+)(, whose magnitude matters)?", re.MULTILINE)
_OPTIONS = re.compile(r"^- (\w+): (?:one of these: (.*)|(true or false))$", re.MULTILINE)


def tuner(seed: int = 0, *, structured: bool = False) -> FunctionModel:
    """A model that answers the same question with the same sample always alike."""

    def answer(request: ChatRequest) -> str:
        text = request.messages[0].content
        source = random.Random(f"{seed}/{text}/{request.sample}")
        settings, tries = _settings(text), [(json.loads(point), float(score)) for point, score in _TRY.findall(text)]
        if "Which score will each" in text:
            found = {int(number): json.loads(point) for number, point in _POINT.findall(text)}
            scores = {number: _guess(point, tries, settings, source) for number, point in found.items()}
            if structured:
                return json.dumps({"scores": [{"number": each, "score": score} for each, score in scores.items()]})
            return "\n".join(f"{number}: {score:.6g}" for number, score in scores.items())
        wanted = re.search(r"Propose (\d+)", text)
        assert wanted is not None
        points = [_point(settings, tries, source) for _ in range(int(wanted[1]))]
        return json.dumps({"points": points}) if structured else "\n".join(map(json.dumps, points))

    return FunctionModel(answer, name="tuner", structured=structured)


def _settings(text: str) -> dict[str, Any]:
    numbers: dict[str, Any] = {
        name: (float(low), float(high), bool(log), bool(whole)) for name, whole, low, high, log in _NUMBER.findall(text)
    }
    options = {
        name: json.loads(f"[{listed}]") if listed else [False, True] for name, listed, _ in _OPTIONS.findall(text)
    }
    return {**numbers, **options}


def _point(settings: dict[str, Any], tries: list[Any], source: random.Random) -> dict[str, Any]:
    best = max(tries, key=lambda each: each[1])[0] if tries else None
    return {name: _value(spread, best and best[name], source) for name, spread in settings.items()}


def _value(setting: Any, near: Any, source: random.Random) -> Any:
    if isinstance(setting, list):
        return source.choice(setting) if near is None or source.random() < 0.3 else near
    low, high, log, whole = setting
    if near is None:
        value = low * (high / low) ** source.random() if log else source.uniform(low, high)
    elif log:
        value = near * (high / low) ** source.gauss(0, 0.1)
    else:
        value = near + source.gauss(0, 0.1) * (high - low)
    inside = min(max(value, low), high)
    return round(inside) if whole else inside


def _guess(point: dict[str, Any], tries: list[Any], settings: dict[str, Any], source: random.Random) -> float:
    """The score of the nearest try, give or take the more the farther it is."""
    distance, score = min((_distance(point, each, settings), score) for each, score in tries)
    return score + source.gauss(0, 2 * distance)


def _distance(first: dict[str, Any], second: dict[str, Any], settings: dict[str, Any]) -> float:
    total = 0.0
    for name, setting in settings.items():
        if isinstance(setting, list):
            total += first[name] != second[name]
        else:
            total += ((first[name] - second[name]) / (setting[1] - setting[0])) ** 2
    return total**0.5
