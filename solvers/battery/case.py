"""A case before the battery: the formulation, what is known of its numbers, and a tally of what each test found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from steepest.solvers.battery.effects import UNCLEAR, Effect, effect
from steepest.solvers.battery.lexicon import Assertion, limit_named, limit_said, money_named
from steepest.solvers.battery.probes import Probes, Reached, raised, values_of
from steepest.solvers.battery.report import Asserted, Basis, BatteryResult, Finding, Outcome, TestName
from steepest.solvers.definitions import names_in, needed_definitions
from steepest.solvers.formulation import Constraint, Element, Formulation, Objective, Parameter, Variable
from steepest.solvers.vectorized.scatter import Numbers

_STEP = 1.5
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
class Case:
    """What every test of the battery looks at."""

    probes: Probes
    base: Reached
    """The optimum that is tested."""
    asserted: Asserted

    @property
    def formulation(self) -> Formulation:
        """The formulation that is tested."""
        return self.probes.formulation

    @property
    def objective(self) -> Objective:
        """Its one objective."""
        return self.formulation.objectives[0]

    @cached_property
    def needed(self) -> frozenset[str]:
        """The sets, parameters and named expressions that anything depends on."""
        return frozenset(needed_definitions(self.formulation))

    @cached_property
    def facts(self) -> list[Fact]:
        """The parameters that hold numbers which something depends on."""
        return [fact for each in self.formulation.parameters if (fact := self._fact(each)) is not None]

    def _fact(self, parameter: Parameter) -> Fact | None:
        values = values_of(self.probes.data, parameter.name)
        if values is None or not len(values) or parameter.name not in self.needed:
            return None
        return Fact(parameter, values, self._effect(parameter.name), self.limit(parameter), self.money(parameter))

    def _effect(self, name: str) -> Effect:
        data = raised(self.probes.data, name, _STEP)
        model = self.probes.compiled(data) if data is not None else None
        return effect(self.probes.model, model) if model is not None else UNCLEAR

    def limit(self, parameter: Parameter) -> Assertion | None:
        """What kind of limit a parameter is said to be."""
        given = self.asserted.roles.get(parameter.name)
        if given is not None:
            return Assertion(given, "as it was said", is_quoted=True) if "limit" in given else None
        values = values_of(self.probes.data, parameter.name)
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
        values = values_of(self.probes.data, parameter.name)
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

    @cached_property
    def objective_words(self) -> list[str]:
        """Names and units of what the objective is made of, that of named expressions too."""
        elements: dict[str, Parameter | Variable] = {each.name: each for each in self.formulation.parameters}
        elements |= {each.name: each for each in self.formulation.variables}
        lets = {each.name: each for each in self.formulation.lets}
        found, open_ = {self.objective.unit or ""}, list(names_in(self.objective))
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

    @cached_property
    def costs(self) -> Numbers:
        """What each column adds to the objective, counted so that less is better."""
        return self.probes.model.cost * (1.0 if self.probes.model.sense == "minimize" else -1.0)

    @cached_property
    def has_plain_objective(self) -> bool:
        """Whether the objective is linear, and no column adds to it with another sign than its coefficient's."""
        model = self.probes.model
        used = model.cost != 0
        return model.hessian is None and bool((model.lower[used] >= 0).all()) and bool(used.any())

    @cached_property
    def is_pure_cost(self) -> bool:
        """Whether the objective is a sum of costs of nonnegative decisions, to be made small."""
        model = self.probes.model
        return model.sense == "minimize" and self.has_plain_objective and bool((model.cost >= 0).all())


@dataclass
class Tally:
    """What one test found out."""

    test: TestName
    findings: list[Finding] = field(default_factory=list)
    checks: int = 0
    doubt: str = ""
    """Why something could not be decided."""
    reason: str = ""
    """Why it does not apply, where it was never carried out."""

    def found(
        self,
        elements: Sequence[Element | str],
        *,
        basis: Basis,
        changed: str,
        happened: str,
        must_hold: str,
        confirmed: bool = True,
    ) -> None:
        """Add a finding about elements, with the words that they come from."""
        names = tuple(each if isinstance(each, str) else getattr(each, "name", "objective") for each in elements)
        quotes = dict.fromkeys(quote for each in elements if isinstance(each, Element) for quote in each.quotes)
        self.findings.append(
            Finding(
                test=self.test,
                basis=basis,
                elements=names,
                quotes=tuple(quotes),
                changed=changed,
                happened=happened,
                must_hold=must_hold,
                confirmed=confirmed,
            )
        )

    def result(self) -> BatteryResult:
        """The outcome of the test."""
        outcome: Outcome = "worth_a_look" if self.findings else "passed"
        if any(each.basis == "arrays" for each in self.findings):
            outcome = "failed"
        if not self.findings and not self.checks:
            outcome = "undecided" if self.doubt else "not_applicable"
        reason = "" if self.findings else self.doubt or (self.reason if not self.checks else "")
        return BatteryResult(test=self.test, outcome=outcome, reason=reason, checks=self.checks)


def is_zero_feasible(case: Case) -> bool:
    """Whether doing nothing is allowed."""
    model = case.probes.model
    rows = (model.row_lower <= 0).all() and (model.row_upper >= 0).all()
    columns = ((model.lower <= 0) & (model.upper >= 0)) | (model.types == 2)
    return bool(rows and np.all(columns))
