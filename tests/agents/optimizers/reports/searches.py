"""Made-up searches, as their records tell of them."""

import random
from typing import Any

from steepest.agents.optimizers.search.records import Birth, Evaluated, ModelUse, Refused, StepRecord, Tried

PROMPT = """You turn a decision problem told in words into an optimization model.
Write the sets, the parameters with their units, the variables, the objective and the constraints.
Answer with the five elements alone.
"""
CODE = '''def rank(job, machine):
    """Which job goes next: the lowest value."""
    return job.duration
'''
SEED: dict[str, Any] = {"prompt": PROMPT, "rank.code": CODE, "temperature": 0.7}
RUN: dict[str, Any] = {
    "workflow": "agent",
    "goal": "formulations whose optimum is the right answer",
    "strategy": "Pareto(proposer=Reflection())",
    "components": [
        {"name": "prompt", "kind": "text", "description": "what the model is told"},
        {"name": "rank.code", "kind": "code"},
        {"name": "temperature", "kind": "float", "constraint": "from 0 to 1"},
    ],
    "seed_values": SEED,
    "sizes": {"train": 60, "validation": 30},
    "models": ["local"],
    "seed": 0,
}
RESULT: dict[str, Any] = {
    "reason": "the budget of 5,000 metric calls is spent",
    "test": {"seed": 0.43, "best": 0.71, "low": 0.17, "high": 0.39, "gain": 0.28, "n": 40},
}
SENTENCES = ("Name every number's unit.", "A count is an integer variable.", "Percentages are shares of 1.")


def scored(number: int, score: float, examples: int = 4, split: Any = "validation") -> Evaluated:
    return Evaluated(number=number, split=split, scores={str(each): score for each in range(examples)})


def search(candidates: int, seed: int = 0) -> list[StepRecord]:
    """Records of a search with so many candidates; one in four is admitted."""
    rng = random.Random(seed)
    scores, prompts = {0: 0.4}, {0: PROMPT}
    records = [StepRecord(step=0, evaluated=(scored(0, 0.4),), metric_calls=4, seconds=1.0)]
    for number in range(1, candidates):
        parent = max(rng.sample(sorted(scores), min(4, len(scores))), key=scores.__getitem__)
        score = scores[parent] + rng.gauss(-0.02, 0.05)
        changes = _changes(rng, number, prompts[parent])
        is_better = number == 1 or score > scores[parent]
        born: tuple[Birth, ...] = ()
        tried: tuple[Tried, ...] = ()
        if is_better:
            scores[number], prompts[number] = max(score, 0.45), changes.get("prompt", prompts[parent])
            others = (rng.choice(sorted(scores)),) if rng.random() < 0.1 else ()
            parents = (parent, *(each for each in others if each not in (parent, number)))
            born = (Birth(number=number, values=changes, parents=parents, origin="reflection", reason="better"),)
        else:
            tried = (_tried(number, changes, parent, score),)
        records.append(
            StepRecord(
                step=number,
                births=born,
                tried=tried,
                refused=(Refused(reason="at most 1", component="temperature", value="3.5"),) if not number % 5 else (),
                evaluated=(scored(number, scores[number]),) if is_better else (),
                models={"local": ModelUse(calls=1, tokens=900, money=0.001)},
                metric_calls=4 + 6 * number,
                tokens=900 * number,
                money=0.001 * number,
                seconds=1.0 + 2.5 * number,
                next_number=number + 1,
            )
        )
    return records


def _tried(number: int, changes: dict[str, Any], parent: int, score: float) -> Tried:
    return Tried(
        number=number, changes=changes, parents=(parent,), origin="reflection", score=score, gain=-0.1, reason="worse"
    )


def _changes(rng: random.Random, number: int, prompt: str) -> dict[str, Any]:
    if rng.random() < 0.5:
        lines = prompt.splitlines()
        lines.insert(rng.randrange(1, len(lines) + 1), f"{rng.choice(SENTENCES)} ({number})")
        return {"prompt": "\n".join(lines[-12:]) + "\n"}
    if rng.random() < 0.7:
        return {"rank.code": CODE.replace("job.duration", f"job.due - {number} * machine.load")}
    return {"temperature": number / 1e5}


def chain(length: int) -> list[StepRecord]:
    """Records of a search in which each candidate is better than the one before, which it was made from."""
    return [
        StepRecord(step=0, evaluated=(scored(0, 0.0),)),
        *(
            StepRecord(
                step=number,
                births=(Birth(number=number, values={"temperature": number}, parents=(number - 1,), origin="step"),),
                evaluated=(scored(number, float(number)),),
                metric_calls=number,
            )
            for number in range(1, length)
        ),
    ]
