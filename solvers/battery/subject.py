"""What the battery tests: a formulation, what its words say of its numbers, and how variations of it are solved."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from steepest.solvers.battery.effects import Effect
from steepest.solvers.battery.lexicon import Assertion, limit_named, limit_said, money_named
from steepest.solvers.battery.probes import SLACK, Reached, is_above, values_of
from steepest.solvers.battery.report import Asserted, Basis
from steepest.solvers.data.instance_data import Data
from steepest.solvers.definitions import names_in, needed_definitions
from steepest.solvers.formulation import Constraint, Formulation, Objective, Parameter, Sense, Variable
from steepest.solvers.vectorized.scatter import Numbers

STEP = 1.5
"""By what factor a number is raised to see what that does: far enough that no rounding hides it."""


@dataclass(frozen=True, eq=False)
class Fact:
    """What is known of a parameter that holds numbers."""

    parameter: Parameter
    values: Numbers
    effect: Effect
    """Of raising all of its numbers."""
    limit: Assertion | None
    """What words say of it as a limit."""
    money: Assertion | None
    """What its name says of it as a cost or reward."""

    @property
    def name(self) -> str:
        """The parameter's name."""
        return self.parameter.name


@dataclass
class Subject(ABC):
    """A formulation before the battery; what can be asked of it depends on what it is known by."""

    formulation: Formulation
    data: Data
    base: Reached
    """The optimum that is tested."""
    asserted: Asserted
    slack: ClassVar[float] = SLACK
    """Relative to the larger of two values: less is no difference."""

    # What a class of problems has its own way for

    @property
    @abstractmethod
    def sense(self) -> Sense:
        """Of the optimum that is tested."""

    @property
    @abstractmethod
    def objectives_that_grow(self) -> list[Objective]:
        """The objectives that are plain sums which grow with decisions of 0 or more."""

    @abstractmethod
    def effect_of(self, name: str) -> Effect:
        """What raising a parameter's numbers does, as far as that is certain."""

    @abstractmethod
    def counts_up(self, constraint: Constraint) -> bool:
        """Whether every coefficient of a constraint's rows is known to be positive."""

    @abstractmethod
    def with_data(self, data: Data | None) -> Reached | None:
        """What comes of other data; None where that is unknown."""

    @property
    @abstractmethod
    def has_fractions_to_allow(self) -> bool:
        """Whether there are whole numbers that can be left out."""

    @abstractmethod
    def relaxed(self) -> Reached | None:
        """What comes of it without whole numbers."""

    @abstractmethod
    def families(self) -> list[str]:
        """The constraints that can be left out, by name."""

    @abstractmethod
    def without(self, name: str) -> Reached | None:
        """What comes of it without a constraint."""

    @abstractmethod
    def multiplied(self, factor: float) -> Reached | None:
        """What comes of a multiple of the objective."""

    # What all have in common

    def is_worse(self, one: Reached, other: Reached) -> bool:
        """Whether the first is certainly worse than the second, in the sense of the objective."""
        higher, lower = (one, other) if self.sense == "minimize" else (other, one)
        return is_above(higher, lower, self.slack)

    def is_same(self, one: Reached, other: Reached) -> bool:
        """Whether two values differ by no more than the slack."""
        return not is_above(one, other, self.slack) and not is_above(other, one, self.slack)

    @property
    def objective(self) -> Objective:
        """The objective whose optimum is tested: the first."""
        return min(self.formulation.objectives, key=lambda each: each.priority or 1)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The sets, parameters and named expressions that anything depends on."""
        return frozenset(needed_definitions(self.formulation))

    @cached_property
    def facts(self) -> list[Fact]:
        """The parameters that hold numbers which something depends on."""
        return [fact for each in self.formulation.parameters if (fact := self._fact(each)) is not None]

    def _fact(self, parameter: Parameter) -> Fact | None:
        values = values_of(self.data, parameter.name)
        if values is None or not len(values) or parameter.name not in self.needed:
            return None
        return Fact(parameter, values, self.effect_of(parameter.name), self.limit(parameter), self.money(parameter))

    def limit(self, parameter: Parameter) -> Assertion | None:
        """What kind of limit a parameter is said to be."""
        given = self.asserted.roles.get(parameter.name)
        if given is not None:
            return Assertion(given, "as it was said", is_quoted=True) if "limit" in given else None
        values = values_of(self.data, parameter.name)
        numbers: Sequence[float] = values.tolist() if values is not None else ()
        own, of_users = parameter.quotes, [quote for each in self.users(parameter.name) for quote in each.quotes]
        said = limit_said(own, numbers) or limit_said(of_users, numbers)
        is_least_cost = bool(self.formulation.objectives) and self.objective.sense == "minimize"
        texts = [*own, *of_users, *(each.name for each in self.users(parameter.name))]
        named = limit_named(parameter.name, parameter.unit, texts, is_least_cost=is_least_cost)
        if said is None or named is None:
            return said or named
        return said if said.role == named.role else None

    def money(self, parameter: Parameter) -> Assertion | None:
        """Whether a parameter is said to be a cost or a reward; one that is said to be negative is neither."""
        given = self.asserted.roles.get(parameter.name)
        if given is not None:
            return None if "limit" in given else Assertion(given, "as it was said", is_quoted=True)
        values = values_of(self.data, parameter.name)
        if values is None or (values < 0).any() or not values.any():
            return None
        return money_named(parameter.name, parameter.quotes)

    def basis_of(self, name: str) -> Basis:
        """What speaks for the role of a parameter: the caller, or words alone."""
        return "arrays" if name in self.asserted.roles else "words"

    def users(self, name: str) -> list[Constraint | Variable]:
        """The constraints and variables that mention a parameter themselves."""
        elements: list[Constraint | Variable] = [*self.formulation.constraints, *self.formulation.variables]
        return [each for each in elements if name in names_in(each)]

    def words_of(self, objective: Objective) -> list[str]:
        """Names and units of what an objective is made of, that of named expressions too."""
        elements: dict[str, Parameter | Variable] = {each.name: each for each in self.formulation.parameters}
        elements |= {each.name: each for each in self.formulation.variables}
        lets = {each.name: each for each in self.formulation.lets}
        found, open_ = {objective.unit or ""}, list(names_in(objective))
        while open_:
            name = open_.pop()
            if name in found:
                continue
            found.add(name)
            if name in elements:
                found.add(elements[name].unit or "")
            if name in lets:
                open_ += names_in(lets[name])
        return sorted(found)
