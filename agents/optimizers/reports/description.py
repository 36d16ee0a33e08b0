"""What a run's folder says of a search, as a report needs it: what is unknown is left out, never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from steepest.agents.optimizers.objectives import objectives_words
from steepest.agents.optimizers.sealed import SealedTest

__all__ = ["Description", "description_of"]


@dataclass(frozen=True, slots=True)
class Description:
    """What is being optimized, how, and what it came to."""

    title: str
    goal: str
    strategy: str
    """Its name, without its settings."""
    kinds: Mapping[str, str]
    """Of the components."""
    descriptions: Mapping[str, str]
    constraints: Mapping[str, str]
    seed_values: Mapping[str, Any]
    facts: Mapping[str, str] = field(default_factory=dict)
    """Whatever else there is to know, in words."""
    reason: str = ""
    """Why the search ended, if it did."""
    objectives: str = ""
    """Their means of the seed and of the best, in words, where there are several."""
    test: SealedTest | None = None


def description_of(run: Mapping[str, Any], result: Mapping[str, Any] | None = None) -> Description:
    """Read the documents of a run.

    Args:
        run: That of `run.json`.
        result: That of `result.json`; None of a search that has not ended.
    """
    components = run.get("components") or ()
    result = result or {}
    test = result.get("test")
    return Description(
        title=str(run.get("workflow") or "a workflow"),
        goal=str(run.get("goal") or ""),
        strategy=_strategy_name(str(run.get("strategy") or "")),
        kinds=_told_by_name(components, "kind"),
        descriptions=_told_by_name(components, "description"),
        constraints=_told_by_name(components, "constraint"),
        seed_values=run.get("seed_values") or {},
        facts=_facts(run),
        reason=str(result.get("reason") or ""),
        objectives=objectives_words(result.get("objectives") or {}),
        test=SealedTest(**{each.name: test[each.name] for each in fields(SealedTest) if each.name in test})
        if test
        else None,
    )


def _strategy_name(told: str) -> str:
    """The class in `Pareto(...)` or in `<steepest....tpe.Tpe object>`."""
    return told.strip("<>").partition("(")[0].partition(" ")[0].rpartition(".")[2]


def _told_by_name(components: Any, key: str) -> dict[str, str]:
    return {each["name"]: str(each.get(key) or "") for each in components}


_FACTS = {
    "sizes": "examples",
    "guide": "guide",
    "models": "models",
    "strategy": "strategy with its settings",
    "seed": "random seed",
    "steepest": "version of steepest",
}


def _facts(run: Mapping[str, Any]) -> dict[str, str]:
    return {words: told for name, words in _FACTS.items() if (told := _told(run.get(name)))}


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_told(each)} {name}" for name, each in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_told, value))
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
