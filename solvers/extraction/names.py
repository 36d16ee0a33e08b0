"""The names of a model's variables and constraints, as Pyomo gives them, with the container's looked up once."""

from collections.abc import Iterator
from typing import Any


def named_members(model: Any, kind: Any, *, active: bool | None = None) -> Iterator[tuple[Any, str]]:
    """Every component of a kind once, with its name.

    Args:
        model: Pyomo's.
        kind: Of the components: `Var`, `Constraint`.
        active: Whether to take only those that are active.
    """
    from pyomo.core.base.component_namer import index_repr

    seen: set[int] = set()
    for container in model.component_objects(kind, active=active):
        prefix = container.name
        is_view, is_indexed = container.is_reference(), container.is_indexed()
        for index, member in container.items():
            if id(member) in seen or (active and not member.active):
                continue
            seen.add(id(member))
            if is_view:
                yield member, member.name
            elif is_indexed:
                yield member, f"{prefix}[{index}]" if index.__class__ is int else prefix + index_repr(index)
            else:
                yield member, prefix
