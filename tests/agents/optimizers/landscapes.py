"""Programs without a language model whose best values are known: what strategies are tested and measured on.

Each landscape is a `Program` with its examples. `truth` is the mean score of values over all examples of the ranking
split without any noise, so a result can be judged by what it is worth and not by what was measured of it.
"""

import ast
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from steepest.agents.optimizers.search.rollouts import Example, Judgement, Rollout, Split
from steepest.agents.optimizers.search.values import Component, Values, digest_of

__all__ = [
    "ALL",
    "Landscape",
    "code",
    "deceptive",
    "lattice",
    "mixture",
    "noisy",
    "pair",
    "sphere",
    "valley",
    "words",
]


@dataclass(frozen=True)
class Landscape:
    """A program that scores values against examples."""

    name: str
    components: Sequence[Component]
    start: Values
    examples: Mapping[Split, Sequence[Example]]
    judge: Callable[[Values, Any], Judgement]
    """The score of values on an example's data, and words about it."""
    optimum: float
    """The highest `truth` that there is."""
    vocabulary: tuple[str, ...] = ()
    """Words that texts are made of."""
    room: int = 0
    """The most words a text may have; those that came first go when it is full."""
    deviation: float = 0.0
    """Standard deviation of the noise of one evaluation."""
    noise_seed: int = field(default=0, kw_only=True)

    def seed(self) -> Values:
        """The values to begin with."""
        return self.start

    def run(self, values: Values, example: Example, *, traced: bool) -> Rollout:
        """Judge values on an example; the same values on the same example always get the same noise."""
        judgement = self.judge(values, example.data)
        noise = 0.0
        if self.deviation:
            source = random.Random(f"{self.noise_seed}/{digest_of(values)}/{example.key}")
            noise = source.gauss(0, self.deviation)
        return Rollout(
            example=example.key,
            score=judgement.score + noise,
            words=judgement.words if traced else "",
            inputs=str(example.data)[:200],
            output=" ".join(f"{name}={value}" for name, value in values.items())[:400],
        )

    @property
    def ranking(self) -> Split:
        """The split that ranks candidates."""
        return "validation" if self.examples.get("validation") else "train"

    def truth(self, values: Values) -> float:
        """The mean score over the ranking split, without noise."""
        scores = [self.judge(values, each.data).score for each in self.examples[self.ranking]]
        return math.fsum(scores) / len(scores)


def _one_example() -> dict[Split, Sequence[Example]]:
    return {"train": (Example("only", None),)}


def _numeric(name: str, components: Sequence[Component], start: Values, score: Callable[[Values], float]) -> Landscape:
    def judge(values: Values, data: Any) -> Judgement:
        found = score(values)
        return Judgement(found, f"the loss is {-found:.6g}")

    return Landscape(name, components, start, _one_example(), judge, 0.0)


def sphere(seed: int = 0, dimensions: int = 4) -> Landscape:
    """Numbers from -5 to 5 whose mean squared distance from hidden ones is the loss."""
    source = random.Random(f"sphere/{seed}")
    names = [f"x{place}" for place in range(dimensions)]
    hidden = {name: source.uniform(-4, 4) for name in names}
    return _numeric(
        "sphere",
        [Component(name, "float", low=-5, high=5) for name in names],
        dict.fromkeys(names, 0.0),
        lambda values: -math.fsum((values[name] - hidden[name]) ** 2 for name in names) / dimensions,
    )


def valley(seed: int = 0) -> Landscape:
    """Rosenbrock's bent valley in two numbers, turned at random; the loss is the logarithm of 1 + its value."""
    source = random.Random(f"valley/{seed}")
    across, along = source.choice([-1, 1]), source.uniform(0.5, 1.5)

    def score(values: Values) -> float:
        x, y = across * values["x"], values["y"]
        return -math.log1p((along - x) ** 2 + 20 * (y - x * x) ** 2)

    components = [Component("x", "float", low=-3, high=3), Component("y", "float", low=-2, high=6)]
    return _numeric("valley", components, {"x": -across * 2.0, "y": 0.0}, score)


def lattice(seed: int = 0) -> Landscape:
    """Whole numbers from 1 to 1,024 whose mean distance from hidden ones, in powers of two, is the loss."""
    source = random.Random(f"lattice/{seed}")
    names = ["depth", "width", "rounds"]
    hidden = {name: round(2 ** source.uniform(1, 9)) for name in names}
    return _numeric(
        "lattice",
        [Component(name, "integer", low=1, high=1024, log=True) for name in names],
        dict.fromkeys(names, 1),
        lambda values: -math.fsum(abs(math.log2(values[name] / hidden[name])) for name in names) / 3,
    )


def mixture(seed: int = 0) -> Landscape:
    """A rate over five magnitudes, a whole number, one of five methods and a switch; the rate's best value depends on
    the method.
    """
    source = random.Random(f"mixture/{seed}")
    methods = ("adam", "bfgs", "cg", "newton", "sgd")
    worth = dict(zip(methods, source.sample([0.0, 0.4, 0.8, 1.2, 1.6], 5), strict=True))
    rates = {method: source.uniform(-4.5, -0.5) for method in methods}
    size, warm = source.randint(2, 20), source.random() < 0.5

    def score(values: Values) -> float:
        method = values["method"]
        loss = worth[method] + abs(math.log10(values["rate"]) - rates[method]) / 2
        return -(loss + abs(values["size"] - size) / 20 + (values["warm"] != warm) * 0.5)

    components = [
        Component("rate", "float", low=1e-5, high=1.0, log=True),
        Component("size", "integer", low=1, high=24),
        Component("method", "choice", choices=methods),
        Component("warm", "boolean"),
    ]
    return _numeric("mixture", components, {"rate": 1.0, "size": 1, "method": methods[0], "warm": False}, score)


_SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru")


def _vocabulary(count: int) -> tuple[str, ...]:
    pairs = [first + second for first in _SYLLABLES for second in _SYLLABLES]
    longer = [first + second for first in pairs for second in _SYLLABLES]
    return tuple([*pairs, *longer][:count])


def _split(data: Sequence[Any]) -> dict[Split, Sequence[Example]]:
    """Every other one to learn from, and as many to choose by."""
    made = [Example(f"example {place}", each) for place, each in enumerate(data)]
    return {"train": tuple(made[::2]), "validation": tuple(made[1::2])}


def _share(text: str, wanted: Sequence[str]) -> Judgement:
    """The share of the wanted words that a text has; the first missing one is named."""
    present = set(text.split())
    missing = [word for word in wanted if word not in present]
    words = f"missing: {missing[0]}" if missing else "nothing is missing"
    return Judgement(1 - len(missing) / len(wanted), words)


def words(seed: int = 0, *, examples: int = 24, kinds: int = 6, each: int = 4, known: int = 80) -> Landscape:
    """A text that wants the right words. Examples are of several kinds, each with words of its own, and the text has
    room for all of them and little more: who learns from one kind alone does not get far. With more known words,
    chance finds fewer.
    """
    source = random.Random(f"words/{seed}")
    vocabulary = _vocabulary(known)
    chosen = source.sample(vocabulary, kinds * each)
    wanted = [tuple(chosen[kind * each : (kind + 1) * each]) for kind in range(kinds)]
    data = [wanted[place // 2 % kinds] for place in range(examples)]
    return Landscape(
        "words",
        [Component("prompt", "text")],
        {"prompt": "answer"},
        _split(data),
        lambda values, data: _share(values["prompt"], data),
        1.0,
        vocabulary,
        room=kinds * each + 4,
    )


def deceptive(seed: int = 0, *, examples: int = 20, each: int = 6) -> Landscape:
    """A text where the first steps of what pays most at the end pay least on average.

    Most examples reward `each` plain words in proportion, up to 0.6; or `each` deep words, up to 1, by the square of
    their share. The text has room for one kind alone. A few examples (of five, one) reward deep words in proportion
    from the first and plain words not at all: a search that keeps who is best on any one example finds its way.
    """
    source = random.Random(f"deceptive/{seed}")
    vocabulary = _vocabulary(60)
    chosen = source.sample(vocabulary, 2 * each)
    plain, deep = chosen[:each], chosen[each:]

    def judge(values: Values, sees_deep: bool) -> Judgement:
        found_plain, found_deep = _share(values["prompt"], plain), _share(values["prompt"], deep)
        if sees_deep:
            return found_deep
        score = max(0.6 * found_plain.score, found_deep.score**2)
        return Judgement(score, found_plain.words if found_plain.score < 1 else "could be better")

    return Landscape(
        "deceptive",
        [Component("prompt", "text")],
        {"prompt": "answer"},
        _split([place // 2 % 5 == 0 for place in range(examples)]),
        judge,
        1.0,
        vocabulary,
        room=each + 2,
    )


def pair(seed: int = 0, *, examples: int = 16, each: int = 6) -> Landscape:
    """Two texts, each of which half of the examples look at: two candidates that are good at one half each merge into
    one that is good at both.
    """
    source = random.Random(f"pair/{seed}")
    vocabulary = _vocabulary(60)
    chosen = source.sample(vocabulary, 2 * each)
    wanted = {"plan": tuple(chosen[:each]), "answer": tuple(chosen[each:])}
    names = [("plan", "answer")[place // 2 % 2] for place in range(examples)]

    def judge(values: Values, name: str) -> Judgement:
        found = _share(values[name], wanted[name])
        return replace(found, words=f"{name}: {found.words}")

    components = [Component("plan", "text"), Component("answer", "text")]
    start = {"plan": "think", "answer": "write"}
    return Landscape("pair", components, start, _split(names), judge, 1.0, vocabulary, room=each + 4)


_CODE = """\
def priority(job):
    # evolve: begin
    due = 0
    work = 0
    setup = 0
    weight = 0
    # evolve: end
    return due * job.due + work * job.work + setup * job.setup + weight * job.weight
"""


def code(seed: int = 0) -> Landscape:
    """Python source with four whole numbers from -9 to 9 to get right, each looked at by some of the examples; it is
    parsed and never run. What does not parse, or lacks a number, scores -20.
    """
    source = random.Random(f"code/{seed}")
    hidden = {name: source.randint(-9, 9) for name in ("due", "work", "setup", "weight")}

    def judge(values: Values, name: str) -> Judgement:
        found = _assigned(values["code"])
        if name not in found:
            return Judgement(-20.0, f"no number is assigned to {name}")
        gap = hidden[name] - found[name]
        return Judgement(-abs(gap), f"{name} is too {'low' if gap > 0 else 'high'}" if gap else "all is well")

    data = [list(hidden)[place // 2 % 4] for place in range(8)]
    return Landscape("code", [Component("code", "code")], {"code": _CODE}, _split(data), judge, 0.0)


def _assigned(text: str) -> dict[str, int]:
    """Whole numbers that are assigned to names anywhere in a program."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return {}
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            try:
                value = ast.literal_eval(node.value)
            except ValueError:
                continue
            if type(value) is int:
                found[node.targets[0].id] = value
    return found


def noisy(landscape: Landscape, deviation: float = 0.1, seed: int = 0) -> Landscape:
    """A landscape whose evaluations have noise; its `truth` has none."""
    return replace(landscape, name=f"noisy {landscape.name}", deviation=deviation, noise_seed=seed)


ALL: Mapping[str, Callable[[int], Landscape]] = {
    "sphere": sphere,
    "valley": valley,
    "lattice": lattice,
    "mixture": mixture,
    "words": words,
    "noisy words": lambda seed: noisy(words(seed, known=400), 0.1, seed),
    "deceptive": deceptive,
    "pair": pair,
    "code": code,
}
"""Each by its name, made from a seed."""
