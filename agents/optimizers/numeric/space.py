"""The space that numbers, switches and choices are searched in."""

import json
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from steepest.agents.optimizers.search.values import Component, Value, Values
from steepest.errors import InputError

__all__ = ["Space", "bounds_of", "count_of", "drawn", "options_of", "place_of", "space_of", "within"]


@dataclass(frozen=True, slots=True)
class Space:
    """Components whose values can be listed, or lie between bounds."""

    components: tuple[Component, ...]

    def __contains__(self, values: Values) -> bool:
        """Whether each component has a value, and one within its bounds."""
        return all(each.name in values and _holds(each, values[each.name]) for each in self.components)

    def draw(self, source: random.Random) -> dict[str, Value]:
        """Values at random, evenly over what each component can have (over magnitudes where it says so)."""
        return {each.name: drawn(each, source) for each in self.components}

    def key(self, values: Values) -> str:
        """The same text for the same point."""
        return json.dumps([values[each.name] for each in self.components], sort_keys=True)

    @property
    def size(self) -> int | None:
        """How many points there are; None if there is no end of them."""
        counts = [count_of(each) for each in self.components]
        return math.prod(each for each in counts if each is not None) if None not in counts else None


def space_of(components: Iterable[Component]) -> Space:
    """The space of all these components.

    Raises:
        InputError: One of them has no bounds, or values that are neither numbers nor choices; or there is none.
    """
    checked = tuple(_checked(each) for each in components)
    if not checked:
        raise InputError("there is nothing to search: name at least one number, switch or choice")
    return Space(checked)


def drawn(component: Component, source: random.Random) -> Value:
    """A value at random."""
    if options := options_of(component):
        return source.choice(options)
    low, high = bounds_of(component)
    if component.kind == "integer" and not component.log:
        return source.randint(round(low), round(high))
    value = math.exp(source.uniform(math.log(low), math.log(high))) if component.log else source.uniform(low, high)
    return within(component, value)


def within(component: Component, value: float) -> Value:
    """The closest number that a component can have."""
    low, high = bounds_of(component)
    inside = min(max(value, low), high)
    return round(inside) if component.kind == "integer" else float(inside)


def options_of(component: Component) -> Sequence[Value]:
    """The values of a choice or a switch; none for a number."""
    return component.choices or ((False, True) if component.kind == "boolean" else ())


def place_of(options: Sequence[Value], value: Value) -> int | None:
    """Where a value stands among options, compared as JSON has them: 1 is not true."""
    wanted = json.dumps(value, sort_keys=True)
    return next((place for place, each in enumerate(options) if json.dumps(each, sort_keys=True) == wanted), None)


def bounds_of(component: Component) -> tuple[float, float]:
    """The lowest and the highest value of a number."""
    if component.low is None or component.high is None:
        raise _without_bounds(component)
    if component.kind == "integer":
        return math.ceil(component.low), math.floor(component.high)
    return component.low, component.high


def _checked(component: Component) -> Component:
    if options_of(component):
        return component
    if component.kind not in ("integer", "float"):
        what = "a choice without choices" if component.kind == "choice" else f"a component of kind {component.kind}"
        raise InputError(
            f"{component.name} is {what}, and this search is over numbers, switches and choices: "
            "name the components to search, or take a strategy that asks a language model"
        )
    low, high = bounds_of(component)
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise InputError(f"{component.name} has bounds {low:g} and {high:g}: they have to be finite and in order")
    if component.log and low <= 0:
        raise InputError(f"{component.name} is searched by magnitudes from {low:g}: its lower bound has to be above 0")
    return component


def _without_bounds(component: Component) -> InputError:
    lacks = "a lower and an upper bound" if component.low is None and component.high is None else "one of its bounds"
    return InputError(
        f"{component.name} is a number that lacks {lacks}, and a search needs both: give the parameter "
        "constraint=Between(low, high), from steepest.traces"
    )


def _holds(component: Component, value: Value) -> bool:
    if options := options_of(component):
        return place_of(options, value) is not None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    low, high = bounds_of(component)
    return low <= value <= high and (component.kind == "float" or isinstance(value, int))


def count_of(component: Component) -> int | None:
    """How many values a component can have; None if there is no end of them."""
    if options := options_of(component):
        return len(options)
    low, high = bounds_of(component)
    return round(high - low) + 1 if component.kind == "integer" else 1 if low == high else None
