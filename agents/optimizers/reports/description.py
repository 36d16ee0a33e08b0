"""What `run.json` says of a search, as a report needs it: what is unknown is left out, never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Description", "TestFigure", "description_of"]


@dataclass(frozen=True, slots=True)
class TestFigure:
    """Seed and best on the sealed split, example by example."""

    __test__ = False  # no test of pytest's

    examples: int
    seed: float
    best: float
    low: float | None
    high: float | None
    """Of the mean difference's 95 % interval."""


@dataclass(frozen=True, slots=True)
class Description:
    """What is being optimized, and how."""

    title: str
    goal: str
    strategy: str
    kinds: Mapping[str, str]
    """Of the components."""
    descriptions: Mapping[str, str]
    places: Mapping[str, str]
    """Where components stand in the source."""
    seed_values: Mapping[str, Any]
    limits: Mapping[str, Any]
    """Those that there are."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Whatever else there is to know, in words."""
    test: TestFigure | None = None


def description_of(run: Mapping[str, Any]) -> Description:
    """Read the document of a run's `run.json`."""
    components = run.get("components") or ()
    strategy = run.get("strategy") or {}
    return Description(
        title=str(run.get("workflow") or "a workflow"),
        goal=str(run.get("goal") or ""),
        strategy=str(strategy.get("name", "") if isinstance(strategy, Mapping) else strategy),
        kinds={each["name"]: str(each.get("kind", "json")) for each in components},
        descriptions={each["name"]: str(each.get("description") or "") for each in components},
        places={each["name"]: str(each.get("place") or "") for each in components},
        seed_values=run.get("seed_values") or {},
        limits={name: value for name, value in (run.get("limits") or {}).items() if value is not None},
        facts=_facts(run),
        test=_test(run.get("test")),
    )


def _facts(run: Mapping[str, Any]) -> dict[str, str]:
    names = {
        "data": "examples",
        "guide": "guide",
        "models": "models",
        "engine": "engine",
        "seed": "random seed",
        "begun": "begun",
        "versions": "versions",
    }
    return {words: told for name, words in names.items() if (told := _told(run.get(name)))}


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_told(each)}" for name, each in value.items() if each is not None)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_told, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value)


def _test(figures: Any) -> TestFigure | None:
    if not isinstance(figures, Mapping) or not figures.get("examples"):
        return None
    return TestFigure(
        int(figures["examples"]),
        float(figures["seed"]),
        float(figures["best"]),
        figures.get("low"),
        figures.get("high"),
    )
