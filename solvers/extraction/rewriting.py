"""Disjunctions and logical constraints as linear constraints over binary variables, in a copy of the model.

A script may go on with a model that it has had solved, so its own is never changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from steepest.solvers.extraction.refusals import ModelRefusedError


@dataclass(frozen=True, eq=False)
class Rewritten:
    """A model without logic, and what its components are to the script."""

    model: Any
    """The script's own where it has no logic, otherwise a copy."""
    originals: dict[int, Any] | None = None
    """The script's component by the `id` of the copy's; None where there is no copy."""
    booleans: list[tuple[Any, Any]] = field(default_factory=list)
    """The script's Boolean variables that go by a binary variable of its own choice, each with that of `model`."""

    def original(self, component: Any) -> Any:
        """The script's own component, which for a binary variable may be a Boolean one; None for one that was added."""
        if self.originals is None:
            return component
        own = self.originals.get(id(component))
        return component if own is None and not self._holds(component) else own

    def _holds(self, component: Any) -> bool:
        block = component.parent_block()
        while block is not None and block is not self.model:
            block = block.parent_block()
        return block is not None


def without_logic(model: Any) -> Rewritten:
    """A model with the same solutions that has neither disjunctions nor logical constraints, by Pyomo's own means.

    Raises:
        ModelRefusedError: A disjunction needs bounds that its variables have not.
    """
    from pyomo.environ import LogicalConstraint, TransformationFactory
    from pyomo.gdp import Disjunct, Disjunction, GDP_Error

    if not any(_has(model, kind) for kind in (Disjunction, Disjunct, LogicalConstraint)):
        return Rewritten(model)
    rewritten = _copied(model)
    try:
        # Not `core.logical_to_linear`, which needs sympy.
        TransformationFactory("contrib.logical_to_disjunctive").apply_to(rewritten.model)
        TransformationFactory("gdp.bigm").apply_to(rewritten.model)
    except GDP_Error as error:
        raise ModelRefusedError(
            f"a disjunction can't be rewritten with big-M constraints: {error}; give its variables bounds"
        ) from error
    return rewritten


def _has(model: Any, kind: Any) -> bool:
    return next(model.component_data_objects(kind, active=True, descend_into=True), None) is not None


def _copied(model: Any) -> Rewritten:
    from pyomo.gdp.disjunct import AutoLinkedBinaryVar

    copy = model.clone()
    originals = {id(copied): own for copied, own in zip(_members(copy), _members(model), strict=True)}
    chosen = []
    for boolean, is_new in _with_binaries(copy):
        binary, own = boolean.get_associated_binary(), originals[id(boolean)]
        if is_new or isinstance(binary, AutoLinkedBinaryVar):
            originals[id(binary)] = own
        else:
            chosen.append((own, binary))
    return Rewritten(copy, originals, chosen)


def _members(model: Any) -> Iterator[Any]:
    """What a solve has something to say about, in an order that a copy shares."""
    from pyomo.environ import Block, BooleanVar, Constraint, Var
    from pyomo.gdp import Disjunct

    for kind in (Var, BooleanVar, Constraint):
        yield from model.component_data_objects(kind, descend_into=(Block, Disjunct))


def _with_binaries(model: Any) -> Iterator[tuple[Any, bool]]:
    """All Boolean variables, each with a binary one that it goes by, and whether it had none before.

    Pyomo would give one only to those that occur in a logical constraint.
    """
    from pyomo.common.modeling import unique_component_name
    from pyomo.environ import Binary, Block, BooleanVar, VarList
    from pyomo.gdp import Disjunct

    binaries = VarList(domain=Binary)
    model.add_component(unique_component_name(model, "binaries"), binaries)
    for boolean in model.component_data_objects(BooleanVar, descend_into=(Block, Disjunct)):
        is_new = boolean.get_associated_binary() is None
        if is_new:
            binary = binaries.add()
            boolean.associate_binary_var(binary)
            if boolean.fixed:
                binary.fix(None if boolean.value is None else int(boolean.value))
        yield boolean, is_new
