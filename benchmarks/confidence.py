"""The confidence of a vote on synthetic problems whose answers are known: fits its weights, and tells how they do.

    python benchmarks/confidence.py
    python benchmarks/confidence.py --seeds 8 --votes 40 --samples 5

Right models of fourteen classes are drawn by seed (`battery_problems.py`) and told in plain sentences; mistakes that
models make (`battery_mutations.py`) give wrong formulations of the same problem. Each formulation goes through the
whole agent, as a reply of a model that is a function. A simulated vote then draws formulations of one problem: a right
one with a chance of its own (anything from hopeless to certain), else a mistake, some mistakes being far more popular
than others, as the same misreading comes back from the same model. An answer is right if its value is. Weights are
fitted on the problems of half of the seeds, and the figures are those of the other half.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from battery_mutations import MUTATIONS, mutants
from battery_problems import CLASSES, Draw

from steepest.agents.llm import FunctionModel
from steepest.agents.modeling import Answer, solve_problem
from steepest.agents.modeling.sampling.confidence import CALIBRATED, Calibrated, fit
from steepest.agents.modeling.sampling.drawing import still_wanted
from steepest.agents.modeling.sampling.election import elect
from steepest.agents.modeling.sampling.evidence import Evidence, evidence_for
from steepest.evals.statistics import Calibration, calibrate
from steepest.solvers.formulation import Formulation, Parameter

_SAME = 1e-6
_FAILS = 0.08
"""Share of the draws that come to no formulation at all."""
_POPULARITY = 0.4
"""Concentration of the mistakes: below 1 a few of them are most of what is drawn."""


@dataclass(frozen=True)
class Item:
    """A problem with right and wrong answers to it."""

    right: list[Answer]
    wrong: list[Answer]
    failed: Answer


def told(formulation: Formulation) -> str:
    """The problem in plain sentences: its title, and every number."""
    lines = [f"{formulation.title}."]
    lines += [line for parameter in formulation.parameters for line in _sentences(parameter)]
    return "\n".join(lines)


def _sentences(parameter: Parameter) -> Iterator[str]:
    name = parameter.name.replace("_", " ")
    unit = f" {parameter.unit}" if parameter.unit else ""
    if parameter.value is not None:
        yield f"The {name} is {parameter.value}{unit}."
    for cell in parameter.values or ():
        yield f"The {name} of {' and '.join(map(str, cell.index))} is {cell.value}{unit}."


def answered(text: str, reply: str) -> Answer:
    """What the agent makes of this reply."""
    model = FunctionModel(lambda request: reply, name="synthetic", structured=False)
    return solve_problem(text, model, max_repairs=0, max_examinations=0)


def items(seeds: Sequence[int]) -> Iterator[Item]:
    """A problem of each class for each seed."""
    for seed in seeds:
        for kind, write in CLASSES.items():
            draw = Draw(f"{kind} {seed}")
            formulation = Formulation.from_text(write(draw))
            text = told(formulation)
            right = answered(text, formulation.to_text())
            if right.solution is None or right.outcome != "solved":
                continue
            value = right.solution.objective
            made = [each for name in MUTATIONS for each in mutants(formulation, name, 1, draw)]
            answers = [answered(text, each.to_text()) for each in made]
            same = [each for each in answers if is_right(each, value)]
            yield Item([right, *same], [each for each in answers if each not in same], answered(text, "I can't."))


def is_right(answer: Answer, value: float | None) -> bool:
    """Whether an answer has the right value."""
    if answer.outcome != "solved" or answer.solution is None or answer.solution.objective is None or value is None:
        return False
    return abs(answer.solution.objective - value) <= _SAME * max(1.0, abs(value))


def votes(item: Item, count: int, samples: int, draw: random.Random) -> Iterator[tuple[Evidence, bool]]:
    """The evidence of simulated votes, and whether the winner is right."""
    value = item.right[0].solution.objective if item.right[0].solution else None
    for _ in range(count):
        chance = draw.betavariate(1.2, 0.9)
        popular = [draw.gammavariate(_POPULARITY, 1.0) + 1e-9 for _ in item.wrong]
        answers: list[Answer] = []
        while wanted := still_wanted(answers, samples):
            answers += [_drawn(item, chance, popular, draw) for _ in range(wanted)]
        election = elect(answers)
        if election.groups:
            winner = answers[election.winner]
            yield evidence_for(winner, election, len(answers)), is_right(winner, value)


def _drawn(item: Item, chance: float, popular: list[float], draw: random.Random) -> Answer:
    if draw.random() < _FAILS:
        return item.failed
    if not item.wrong or draw.random() < chance:
        return item.right[0] if draw.random() < 0.8 else draw.choice(item.right)
    return draw.choices(item.wrong, popular)[0]


def gathered(seeds: Sequence[int], count: int, samples: int) -> tuple[list[Evidence], list[bool]]:
    """The evidence of all votes on the problems of these seeds, and which winners are right."""
    draw = random.Random(seeds[0])
    pairs = [pair for item in items(seeds) for pair in votes(item, count, samples, draw)]
    return [each for each, _ in pairs], [right for _, right in pairs]


def report(name: str, confidences: Sequence[float], correct: Sequence[bool]) -> None:
    """Print how a confidence does."""
    figures: Calibration | None = calibrate(confidences, correct)
    if figures is None:
        return
    at = {share: min(figures.curve, key=lambda each: abs(each.coverage - share)) for share in (0.5, 0.8, 1.0)}
    risks = ", ".join(f"{point.risk:.1%} of the surest {point.coverage:.0%}" for point in at.values())
    scores = f"AUROC {figures.auroc or 0:.3f}  ECE {figures.ece:.3f}  Brier {figures.brier:.3f}"
    print(f"{name:<18} {scores}  wrong: {risks}")


def main() -> None:
    """Fit on half of the seeds and report on the other half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=8, help="of each class (8)")
    parser.add_argument("--votes", type=int, default=40, help="simulated votes on each problem (40)")
    parser.add_argument("--samples", type=int, default=5, help="most formulations of a vote (5)")
    arguments = parser.parse_args()
    half = max(arguments.seeds // 2, 1)
    known, right = gathered(range(half), arguments.votes, arguments.samples)
    penalty = arguments.votes / 4  # the votes on a problem are not independent of each other
    fitted = fit(known, right, penalty)
    print(f"fitted on {len(known)} votes, {sum(right) / len(right):.1%} right:\nbias={fitted.bias:.2f}")
    print({name: round(weight, 2) for name, weight in fitted.weights.items()})
    unseen, correct = gathered(range(half, 2 * half), arguments.votes, arguments.samples)
    print(f"on {len(unseen)} votes on other problems, {sum(correct) / len(correct):.1%} right:")
    report("share alone", [each.share for each in unseen], correct)
    models: dict[str, Calibrated] = {"fitted now": fitted, "as shipped": CALIBRATED}
    for name, model in models.items():
        report(name, [model.confidence(each) for each in unseen], correct)
    shares = fit([_share_alone(each) for each in known], right, penalty)
    report("share, calibrated", [shares.confidence(_share_alone(each)) for each in unseen], correct)


def _share_alone(evidence: Evidence) -> Evidence:
    return Evidence(evidence.share, *[0.0] * (len(evidence.features()) - 1))


if __name__ == "__main__":
    main()
