"""Every strategy by name, and which one a search takes that is told none."""

import importlib
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches

from steepest.agents.optimizers.numeric.space import space_of
from steepest.agents.optimizers.search.protocols import Strategy
from steepest.agents.optimizers.search.values import Component
from steepest.errors import InputError

__all__ = ["STRATEGIES", "Entry", "asks_a_model", "own_copy", "strategy_named"]

_SPACES = frozenset({"tpe", "random", "llambo"})
"""Those that search numbers and choices alone."""
_NUMERIC = frozenset({"integer", "float", "boolean", "choice"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A strategy as the catalogue tells of it."""

    home: str
    """The module in `strategies`, and the class."""
    words: str
    asks: bool = True
    """Whether it needs a language model."""


STRATEGIES: dict[str, Entry] = {
    "pareto": Entry("pareto:Pareto", "reflect on a minibatch, keep what is best on any example, merge (GEPA)"),
    "minibatch": Entry("minibatch:Minibatch", "improve the best by one reflected proposal at a time"),
    "optoprime": Entry("traced:optoprime_search", "improve the best by the traced graph as one prompt (Trace)"),
    "textgrad": Entry("traced:textgrad_search", "improve the best by feedback node by node (TextGrad)"),
    "best-of-n": Entry("best_of_n:BestOfN", "several proposals for the best, the best of them is kept"),
    "beam": Entry("beam:Beam", "several of the best go on side by side"),
    "ucb": Entry("ucb:PrioritySearch", "go on from whom it is most promising to know better"),
    "opro": Entry("opro:Opro", "propose from the history of solutions and scores (OPRO)"),
    "simba": Entry("simba:Simba", "rules from the runs of an example that differ most (SIMBA)"),
    "protegi": Entry("protegi:ProTeGi", "a beam of edits by criticism, screened by a bandit (ProTeGi)"),
    "etgpo": Entry("etgpo:ErrorTaxonomy", "guidance for the most frequent kinds of failure (ETGPO)"),
    "islands": Entry("islands:Islands", "evolve code by diffs on islands of MAP-Elites grids (AlphaEvolve)"),
    "llambo": Entry("llambo:Llambo", "Bayesian optimization of numbers by a language model (LLAMBO)"),
    "pbt": Entry("pbt:PopulationBased", "a population whose settings are perturbed and copied (PBT)"),
    "tpe": Entry("tpe:Tpe", "Optuna's TPE over numbers and choices", asks=False),
    "random": Entry("random_search:RandomSearch", "draw numbers and choices at random", asks=False),
}


OTHER_NAMES = {
    "gepa": "pareto",
    "trace": "optoprime",
    "opto": "optoprime",
    "alphaevolve": "islands",
    "openevolve": "islands",
    "map-elites": "islands",
    "optuna": "tpe",
    "mipro": "tpe",
    "priority": "ucb",
}
"""What else people call them, for the message."""


def strategy_named(strategy: str | Strategy, components: Sequence[Component], *, has_model: bool) -> Strategy:
    """A strategy by its name; one of the user's own is itself.

    Args:
        strategy: Its name, or "auto": TPE for numbers and choices without a model, islands for code, else Pareto.
        components: What is to be optimized.
        has_model: Whether a language model was given.

    Raises:
        InputError: There is none of this name.
    """
    if not isinstance(strategy, str):
        if isinstance(strategy, type) or not hasattr(strategy, "step"):
            raise InputError(f"the strategy has to be a name or an object, such as Pareto(), and this is {strategy!r}")
        return strategy
    name = _suited(components, has_model=has_model) if strategy == "auto" else strategy
    if name not in STRATEGIES:
        known = OTHER_NAMES.get(name.lower())
        likely = [known] if known else get_close_matches(name, STRATEGIES, 1)
        meant = f"; is it {likely[0]}?" if likely else f": there are auto, {', '.join(STRATEGIES)}"
        raise InputError(f"there is no strategy {name!r}{meant}")
    module, _, kind = STRATEGIES[name].home.partition(":")
    if name in _SPACES and components:
        space_of(components)  # says what it can't search, before anything is paid for
    made: Strategy = getattr(importlib.import_module(f"steepest.agents.optimizers.strategies.{module}"), kind)()
    return made


def own_copy(strategy: Strategy) -> Strategy:
    """A strategy for one search: what it learns there is not carried into the next one.

    Raises:
        InputError: It holds something that can't be copied.
    """
    try:
        return deepcopy(strategy)
    except Exception as error:  # whatever a __deepcopy__ of the user's raises
        raise InputError(
            f"the strategy {type(strategy).__name__} can't be copied, and each search needs one of its own: {error}; "
            "give the class of what may be shared (a client, a lock) a __deepcopy__ that returns self"
        ) from error


def asks_a_model(strategy: Strategy) -> bool:
    """Whether a strategy needs a language model; one of the user's own is taken to need one if it says so (`asks`)."""
    entry = STRATEGIES.get(strategy.name)
    return bool(getattr(strategy, "asks", False)) if entry is None else entry.asks


def _suited(components: Sequence[Component], *, has_model: bool) -> str:
    kinds = {each.kind for each in components}
    if kinds <= _NUMERIC:
        return "llambo" if has_model else "tpe"
    return "islands" if kinds == {"code"} else "pareto"
