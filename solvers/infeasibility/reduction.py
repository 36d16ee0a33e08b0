"""A formulation cut down to some of what it asks for: elements, or rows of them, and nothing to optimize."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from steepest.solvers.changes.singling import Family, cell, family_at, only_rows
from steepest.solvers.data.instance_data import Data
from steepest.solvers.formulation import Constraint, Formulation, Variable
from steepest.solvers.infeasibility.records import RequirementKind
from steepest.solvers.infeasibility.requirements import Requirement
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Comparison,
    ComparisonOperator,
    Expression,
    Label,
    Name,
    Number,
    Sum,
)
from steepest.solvers.vectorized.instance import Instance

Kept = dict[tuple[RequirementKind, str], set[int]]
"""The rows of each element that are asked for."""

_SIGN: dict[RequirementKind, ComparisonOperator] = {"lower bound": ">=", "upper bound": "<="}
_WIDER = 10


@dataclass(frozen=True, eq=False)
class Elements:
    """All that a formulation asks for, by element and row, and the formulations that ask for less.

    Rows are numbered in the order of the index tuples; an element without an index has one.
    """

    formulation: Formulation
    data: Data

    @cached_property
    def _instance(self) -> Instance:
        return Instance(self.formulation, self.data)

    @cached_property
    def families(self) -> dict[str, Family]:
        """The indexed variables and constraints by name."""
        elements: list[Constraint | Variable] = [*self.formulation.variables, *self.formulation.constraints]
        return {each.name: family_at(self._instance, each.index) for each in elements if each.index is not None}

    def size(self, name: str) -> int:
        """How many rows an element has."""
        return len(self.families[name].cells) if name in self.families else 1

    def labels(self, name: str, row: int) -> dict[str, Label]:
        """The label that each index name has in a row."""
        if name not in self.families:
            return {}
        family = self.families[name]
        return dict(zip(family.head.names, family.cells[row], strict=True))

    def row(self, name: str, index: tuple[Label, ...]) -> int:
        """The number of the row with an index tuple."""
        return self.families[name].cells.index(index) if name in self.families else 0

    def comparison(self, kind: RequirementKind, name: str) -> Constraint:
        """A constraint, or a bound as one, at all of its rows."""
        if kind == "constraint":
            return next(each for each in self.formulation.constraints if each.name == name)
        variable = next(each for each in self.formulation.variables if each.name == name)
        bound = _bound(variable, kind)
        if bound is None:
            raise ValueError(f"{name} has no {kind}")
        family = self.families.get(name)
        decision = Name(name) if family is None else cell(name, family.head)
        body = Comparison((decision, bound), (_SIGN[kind],))
        index = None if family is None else family.head
        return Constraint(name=f"{kind} of {name}".replace(" ", "_"), index=index, body=body)

    def at_rows(self, constraint: Constraint, rows: Requirement) -> Constraint:
        """A constraint that `comparison` gave, at some of its rows."""
        if rows.name not in self.families or len(rows) == self.size(rows.name):
            return constraint
        family = self.families[rows.name]
        return constraint.model_copy(update={"index": only_rows(family.head, family.among(rows.at.tolist()))})

    def requirements(self) -> list[Requirement]:
        """Everything that is asked for, constraints first."""
        found = [self._requirement("constraint", each.name) for each in self.formulation.constraints]
        for variable in self.formulation.variables:
            is_binary = variable.domain == "binary"
            if variable.domain == "semicontinuous":  # its bounds belong to its domain
                continue
            if variable.upper is not None or is_binary:
                found.append(self._requirement("upper bound", variable.name))
            if variable.lower is not None or is_binary:
                found.append(self._requirement("lower bound", variable.name))
        whole = [each for each in self.formulation.variables if each.domain != "real"]
        found += [self._requirement("domain", each.name) for each in whole]
        return [each for each in found if len(each)]

    def reduced(self, requirements: Sequence[Requirement], *, is_wide: bool = False) -> Formulation:
        """The formulation with these requirements only, and without an objective.

        Args:
            requirements: What is asked for. A domain is asked for in all rows of its variable or in none.
            is_wide: Whether bounds that are not asked for are moved far out instead of left out.
        """
        kept = _rows_of(requirements)
        constraints = [self._kept_rows("constraint", each.name, kept) for each in self.formulation.constraints]
        partial = [(kind, each.name) for each in self.formulation.variables for kind in _SIGN]
        bounds = [self._kept_rows(*each, kept) for each in partial if not self._is_whole(kept, *each)]
        return self.formulation.model_copy(
            update={
                "objectives": [],
                "constraints": [each for each in (*constraints, *bounds) if each is not None],
                "variables": [self._reduced(each, kept, is_wide) for each in self.formulation.variables],
            }
        )

    def _requirement(self, kind: RequirementKind, name: str) -> Requirement:
        return Requirement(kind, name, np.arange(self.size(name)))

    def _is_whole(self, kept: Kept, kind: RequirementKind, name: str) -> bool:
        """Whether all rows of an element are asked for."""
        return len(kept.get((kind, name), ())) == self.size(name)

    def _kept_rows(self, kind: RequirementKind, name: str, kept: Kept) -> Constraint | None:
        """What is asked for of a constraint, or of a bound as one; a bound that is whole stays with its variable."""
        rows = kept.get((kind, name))
        if not rows:
            return None
        return self.at_rows(self.comparison(kind, name), Requirement(kind, name, np.array(sorted(rows))))

    def _reduced(self, variable: Variable, kept: Kept, is_wide: bool) -> Variable:
        has_domain = ("domain", variable.name) in kept
        if variable.domain == "semicontinuous":
            free = {"domain": "real", "lower": None, "upper": None}
            return variable if has_domain else variable.model_copy(update=free)
        has_lower = self._is_whole(kept, "lower bound", variable.name)
        has_upper = self._is_whole(kept, "upper bound", variable.name)
        if variable.domain == "binary" and has_domain and has_lower and has_upper:
            return variable
        lower, upper = _bound(variable, "lower bound"), _bound(variable, "upper bound")
        domain = ("integer" if variable.domain == "binary" else variable.domain) if has_domain else "real"
        bounds = {
            "lower": lower if has_lower else (_beyond(lower, upper, -1) if is_wide else None),
            "upper": upper if has_upper else (_beyond(upper, lower, 1) if is_wide else None),
        }
        return variable.model_copy(update={"domain": domain, **bounds})


def _rows_of(requirements: Iterable[Requirement]) -> Kept:
    kept: Kept = {}
    for each in requirements:
        kept.setdefault((each.kind, each.name), set()).update(each.at.tolist())
    return kept


def _bound(variable: Variable, kind: RequirementKind) -> Expression | None:
    is_binary = variable.domain == "binary"
    if kind == "lower bound":
        return Number(0) if is_binary and variable.lower is None else variable.lower
    return Number(1) if is_binary and variable.upper is None else variable.upper


def _beyond(bound: Expression | None, other: Expression | None, direction: int) -> Expression | None:
    """A bound moved outward by several times the sizes of both."""
    if bound is None:
        return None
    sizes = tuple(Call("abs", (each,)) for each in (bound, other) if each is not None)
    signs: list[Literal[1, -1]] = [1 for _ in range(1 + len(sizes))]
    reach = Sum((Number(1), *sizes), tuple(signs))
    return Sum((bound, Arithmetic("*", Number(_WIDER), reach)), (1, 1 if direction > 0 else -1))
