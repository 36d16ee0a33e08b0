"""A Bayesian optimization whose three parts are asked of a language model (LLAMBO: Liu et al., ICLR 2024): points to
begin with, points that could reach a score above the best, and the scores that it expects of these.

Unlike the authors' program, a model is asked for several points, and for the scores of all of them, with one question,
so a step takes `samplers` + `surrogates` calls and not some thirty; a target is lowered a fixed number of times; and
what can't be read is on record, with TPE in its place.
"""

import json
import random
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, pstdev
from typing import Any

from steepest.agents.llm.chat import ChatModel
from steepest.agents.optimizers.asking import Asked, ask, form_of, sample_of
from steepest.agents.optimizers.evidence import aim, inert
from steepest.agents.optimizers.fitting import wanted
from steepest.agents.optimizers.numeric.expected_improvement import expected_improvement
from steepest.agents.optimizers.numeric.llambo_replies import (
    Points,
    points_reader,
    points_schema,
    scores_reader,
    scores_schema,
)
from steepest.agents.optimizers.numeric.sampling import suggested
from steepest.agents.optimizers.numeric.trials import Trial, Trials, told_trials
from steepest.agents.optimizers.search.protocols import Proposal, Situation
from steepest.agents.optimizers.search.values import Component, Rejection, Values, short
from steepest.agents.optimizers.together import together
from steepest.errors import InputError
from steepest.prompts import load_prompt

__all__ = ["AskedImprovement"]

_AMBITIONS = (0.1, 0.01, -0.1)
"""How far above the best score a target is, as a share of the range of all scores; the next where too few came."""
_MOST_TRIES = 60
"""Trials that a model is shown: half of them the best, the rest drawn from the others."""
_MOST_QUESTIONS = 100
"""Of one kind, within a step."""


@dataclass(frozen=True, slots=True)
class AskedImprovement:
    """Proposes the points whose expected improvement, by a model's own estimates, is highest.

    Args:
        samplers: Questions for points, each with the trials in another order.
        points: How many points each of them asks for.
        surrogates: Estimates of each point's score, each with trials and points in another order; their mean and
            spread give the expected improvement.
        fewest: Points below which less is aimed at.
    """

    samplers: int = 2
    points: int = 5
    surrogates: int = 3
    fewest: int = 4

    async def propose(self, situation: Situation) -> list[Proposal]:
        """As many as are wanted, or what is left of a space with an end."""
        trials = told_trials(situation)
        if len(trials.made) < 2:
            found = await self._started(situation, trials)
        else:
            found = await self._improved(situation, trials)
        missing = situation.count - len(found.proposals)
        besides = [each.changes for each in found.proposals]
        proposals = [*found.proposals, *suggested(situation, missing, besides)]
        if not proposals:
            return [Proposal(no_change=True, origin="llambo", rejections=found.rejections)]
        return [replace(proposals[0], rejections=found.rejections), *proposals[1:]]

    async def _started(self, situation: Situation, trials: Trials) -> "_Found":
        """Points to begin with, from what a model knows without a trial."""
        prompt = {"goal": aim(situation), "settings": _settings(situation.components), "count": situation.count}
        asked = await _ask_points(situation, trials, "llambo_start", prompt, 0)
        points, rejections = _new(trials, [asked])
        words = "to begin with, from what a model knows"
        return _Found([_proposal(each, words) for each in points[: situation.count]], rejections)

    async def _improved(self, situation: Situation, trials: Trials) -> "_Found":
        points, rejections = await self._sampled(situation, trials)
        if not points:
            return _Found([], rejections)
        estimates, unread = await self._estimated(situation, trials, points)
        rejections = (*rejections, *unread)
        if not estimates:
            return _Found([], rejections)
        ranked = _ranked(points, estimates, trials.highest)
        return _Found(ranked[: situation.count], rejections)

    async def _sampled(self, situation: Situation, trials: Trials) -> tuple[Sequence[Values], tuple[Rejection, ...]]:
        """Points that could reach more than the best score; less is aimed at until there are enough."""
        replies: list[Asked[Points]] = []
        points: Sequence[Values] = ()
        rejections: tuple[Rejection, ...] = ()
        for ambition in _AMBITIONS:
            numbers = range(1 + len(replies), 1 + len(replies) + self.samplers)
            replies += await together([self._sample(situation, trials, ambition, number) for number in numbers])
            points, rejections = _new(trials, replies)
            if len(points) >= self.fewest:
                break
        return points, rejections

    def _sample(
        self, situation: Situation, trials: Trials, ambition: float, number: int
    ) -> Coroutine[Any, Any, Asked[Points]]:
        prompt = {
            "goal": aim(situation),
            "settings": _settings(situation.components),
            "tries": _history(_shown(trials.made, situation.rng)),
            "target": _target(trials.made, ambition),
            "count": self.points,
        }
        return _ask_points(situation, trials, "llambo_points", prompt, number)

    async def _estimated(
        self, situation: Situation, trials: Trials, points: Sequence[Values]
    ) -> tuple[list[list[float]], tuple[Rejection, ...]]:
        """The scores that are expected of points, a list for each time that they were asked for."""
        model = _model(situation)
        form = form_of(model)
        questions, orders = [], []
        for number in range(self.surrogates):
            order = situation.rng.sample(range(len(points)), len(points))
            prompt = load_prompt(f"llambo_scores_{form}").render(
                goal=aim(situation),
                settings=_settings(situation.components),
                tries=_history(_shown(trials.made, situation.rng)),
                solutions=inert("\n".join(f"{rank}: {_written(points[at])}" for rank, at in enumerate(order, 1))),
            )
            orders.append(order)
            questions.append(
                ask(
                    model,
                    prompt,
                    scores_reader(len(points), form),
                    sample=sample_of(situation.step, _MOST_QUESTIONS + number),
                    schema=scores_schema() if form == "json" else None,
                )
            )
        replies = await together(questions)
        estimates = [
            [score for _, score in sorted(zip(order, reply.value, strict=True))]
            for order, reply in zip(orders, replies, strict=True)
            if reply.value is not None
        ]
        return estimates, tuple(each for reply in replies for each in reply.rejections)


@dataclass(frozen=True, slots=True)
class _Found:
    proposals: list[Proposal]
    rejections: tuple[Rejection, ...]


def _model(situation: Situation) -> ChatModel:
    if situation.model is None:
        raise InputError(
            "LLAMBO asks a language model, and there is none: name one, llm='openai:...' for example, "
            "or take strategy='tpe', which needs none"
        )
    return situation.model


async def _ask_points(
    situation: Situation, trials: Trials, name: str, variables: dict[str, object], number: int
) -> Asked[Points]:
    model = _model(situation)
    form = form_of(model)
    return await ask(
        model,
        load_prompt(f"{name}_{form}").render(**variables),
        points_reader(trials.space, form),
        sample=sample_of(situation.step, number),
        schema=points_schema(trials.space) if form == "json" else None,
    )


def _new(trials: Trials, replies: Sequence[Asked[Points]]) -> tuple[list[Values], tuple[Rejection, ...]]:
    """Points that were not tried, each once, and all that can't be used of the replies."""
    points: list[Values] = []
    rejections: list[Rejection] = []
    for reply in replies:
        rejections += reply.rejections
        if reply.value is None:
            continue
        rejections += reply.value.rejections
        for point in reply.value.usable:
            if trials.parzen.is_new(point, points):
                points.append(point)
            else:
                rejections.append(Rejection("the point is known", ", ".join(point), short(list(point.values()))))
    return points, tuple(rejections)


def _ranked(points: Sequence[Values], estimates: Sequence[Sequence[float]], best: float) -> list[Proposal]:
    """Points by their expected improvement, the highest first."""
    found = []
    for place, point in enumerate(points):
        scores = [each[place] for each in estimates]
        mean, spread = fmean(scores), pstdev(scores)
        gain = expected_improvement(mean, spread, best)
        words = f"expected to score {mean:.6g} ± {spread:.2g}, by {len(scores)} estimates: improvement {gain:.3g}"
        found.append(((gain, mean, -place), _proposal(point, words)))
    return [proposal for _, proposal in sorted(found, key=lambda each: each[0], reverse=True)]


def _proposal(point: Values, words: str) -> Proposal:
    return Proposal(point, words, origin="llambo")


def _target(made: Sequence[Trial], ambition: float) -> float:
    scores = [each.score for each in made]
    best = max(scores)
    width = best - min(scores) or 0.1 * abs(best) or 0.1
    return float(f"{best + ambition * width:.6g}")


def _shown(made: Sequence[Trial], source: random.Random) -> list[Trial]:
    """The trials that a model is shown, in an order of its own."""
    chosen = list(made)
    if len(chosen) > _MOST_TRIES:
        chosen.sort(key=lambda each: each.score, reverse=True)
        half = _MOST_TRIES // 2
        chosen = chosen[:half] + source.sample(chosen[half:], _MOST_TRIES - half)
    source.shuffle(chosen)
    return chosen


def _history(shown: Sequence[Trial]) -> str:
    return inert("\n".join(f"{_written(each.values)} scored {each.score:.6g}" for each in shown))


def _written(point: Values) -> str:
    """Numbers with six digits: a model reads no more of them."""
    rounded = {name: float(f"{value:.6g}") if isinstance(value, float) else value for name, value in point.items()}
    return json.dumps(rounded, ensure_ascii=False)


def _settings(components: Sequence[Component]) -> list[str]:
    return [_setting(each) for each in components]


def _setting(component: Component) -> str:
    words = f"{component.name}: {wanted(component)}"
    if component.log:
        words += ", whose magnitude matters"
    return inert(" - ".join(part for part in (words, component.description, component.constraint) if part))
