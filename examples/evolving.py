"""The command line that the examples share which evolve a rule, as code, against the optimum of a solver."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import steepest
from examples.rule_writer import rule_writer
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.specs import open_model

__all__ = ["Evolution", "evolve"]


class Learning(Protocol):
    """Evolves the rule."""

    def __call__(
        self, model: ChatModel, metric_calls: int, *, seed: int = 0, out: Path | None = None
    ) -> "steepest.Optimized":
        """What was found; the rule is the best one from then on."""


@dataclass(frozen=True)
class Evolution:
    """An example of that kind."""

    about: str
    """Its help."""
    learn: Learning
    metric_calls: int
    """Usual ones."""
    optima: Callable[[], Iterable[tuple[str, Any, Any]]]
    """For each instance its name, the optimum that a solver finds now, and the stored one."""
    apply: Callable[[], Any]
    """Apply the rule, as it is now, to the instance of the picture."""
    picture: Callable[[Any, Any, "steepest.Optimized"], str]
    """An SVG of what it gave before and after."""


def evolve(evolution: Evolution) -> None:
    """Learn, tell, draw; or prove the stored optima again."""
    options = _options(evolution)
    if options.prove:
        _prove(evolution)
        return
    before = evolution.apply()
    model = open_model(options.model) if options.model else rule_writer(options.seed)
    found = evolution.learn(model, options.metric_calls, seed=options.seed, out=options.out)
    print(found)
    (source,) = found.values.values()
    print(source.partition("# EVOLVE-BLOCK-START")[2].partition("# EVOLVE-BLOCK-END")[0])
    if options.picture:
        options.picture.write_text(evolution.picture(before, evolution.apply(), found), encoding="utf-8")


def _options(evolution: Evolution) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=evolution.about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="who proposes; a function that writes rules by chance unless given")
    parser.add_argument("--metric-calls", type=int, default=evolution.metric_calls, help="runs on an example, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a folder for the run; the same command goes on there")
    parser.add_argument("--picture", type=Path, help="an SVG of an instance before and after")
    parser.add_argument("--prove", action="store_true", help="prove the stored optima again, and do nothing else")
    return parser.parse_args()


def _prove(evolution: Evolution) -> None:
    for name, found, stored in evolution.optima():
        print(f"{name}: {found}, stored {stored}")
        if found != stored:
            raise SystemExit("the stored one is wrong")
