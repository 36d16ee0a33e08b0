"""Five ways to the inputs, each with the same number of evaluations: how far the output was from what is wanted."""

from collections.abc import Callable
from typing import Any

import steepest
from examples.numerical.functions import HIGH, LOW, Function, with_slopes
from examples.numerical.models import code_reader, guesser
from steepest.agents.llm.chat import ChatModel
from steepest.agents.optimizers.optimizer import OPRO, Optimizer, OptoPrime
from steepest.traces import Between, Node, node

GOAL = "inputs with which the output is as it has to be; the score is minus the distance"


def optoprime(function: Function, evaluations: int, seed: int, model: ChatModel | None) -> list[float]:
    """The traced graph as one prompt, and a word about the output."""
    return _stepped(
        lambda inputs: OptoPrime(inputs, model or code_reader(), goal=GOAL, seed=seed), function, evaluations
    )


def opro(function: Function, evaluations: int, seed: int, model: ChatModel | None) -> list[float]:
    """What was tried, with scores."""
    return _stepped(lambda inputs: OPRO(inputs, model or guesser(seed), goal=GOAL, seed=seed), function, evaluations)


def tpe(function: Function, evaluations: int, seed: int, model: ChatModel | None) -> list[float]:
    """No model, no words: scores alone."""
    return _searched("tpe", function, evaluations, seed)


def random_search(function: Function, evaluations: int, seed: int, model: ChatModel | None) -> list[float]:
    """Chance."""
    return _searched("random", function, evaluations, seed)


def adam(function: Function, evaluations: int, seed: int, model: ChatModel | None, *, rate: float = 0.1) -> list[float]:
    """Exact derivatives of half the squared distance (Kingma and Ba 2015)."""
    places, means, squares, gaps = list(function.start), [0.0, 0.0], [0.0, 0.0], []
    for step in range(1, evaluations + 1):
        output = with_slopes(function, places[0], places[1])
        gap = output.value - function.target
        gaps.append(abs(gap))
        for place, slope in enumerate(output.slopes):
            means[place] = 0.9 * means[place] + 0.1 * gap * slope
            squares[place] = 0.999 * squares[place] + 0.001 * (gap * slope) ** 2
            mean, square = means[place] / (1 - 0.9**step), squares[place] / (1 - 0.999**step)
            places[place] -= rate * mean / (square**0.5 + 1e-8)
    return gaps


METHODS: dict[str, Callable[[Function, int, int, ChatModel | None], list[float]]] = {
    "OptoPrime": optoprime,
    "Adam": adam,
    "OPRO": opro,
    "TPE": tpe,
    "random": random_search,
}


def best_so_far(gaps: list[float], evaluations: int) -> list[float]:
    """The smallest distance after each evaluation."""
    found = [min(gaps[: count + 1]) for count in range(len(gaps))]
    return found + found[-1:] * (evaluations - len(found))


def _inputs(function: Function) -> list[Node[Any]]:
    starts = zip(("x0", "x1"), function.start, strict=True)
    return [node(start, name, trainable=True, constraint=Between(LOW, HIGH)) for name, start in starts]


def _stepped(make: Callable[[list[Node[Any]]], Optimizer], function: Function, evaluations: int) -> list[float]:
    inputs, gaps = _inputs(function), list[float]()
    optimizer = make(inputs)
    while len(gaps) < evaluations:
        optimizer.zero_feedback()
        output = function(*inputs)
        gap = abs(output.value - function.target)
        gaps.append(gap)
        words = f"The output is {output.value:.6g}, and it has to be {function.target:g}."
        optimizer.backward(output, words, score=-gap)
        optimizer.step()
    return gaps


def _searched(strategy: str, function: Function, evaluations: int, seed: int) -> list[float]:
    first, second = _inputs(function)
    gaps: list[float] = []

    def judge(example: object, output: float) -> float:
        gaps.append(abs(output - function.target))
        return -gaps[-1]

    steepest.optimize(
        lambda: function(first, second),
        guide=judge,
        parameters=[first, second],
        strategy=strategy,
        budget=evaluations,
        workers=1,
        seed=seed,
    )
    return gaps
