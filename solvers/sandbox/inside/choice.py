"""Which of a script's models is meant."""

from collections.abc import Mapping
from typing import Any

from steepest.solvers.extraction.refusals import ModelRefusedError


def chosen_model(names: Mapping[str, Any], last_solved: Any) -> Any:
    """The concrete model that a script is about.

    The global `model`; without one the model last given to a solver; without that the only concrete model, or the
    only abstract one, among the globals. An abstract model is constructed if it needs no data.

    Args:
        names: The script's globals.
        last_solved: The model that it last gave to a solver, if any.

    Raises:
        ModelRefusedError: There is none, or more than one.
    """
    from pyomo.environ import AbstractModel, ConcreteModel

    named = names.get("model")
    if isinstance(named, ConcreteModel):
        return named
    if last_solved is not None:
        return last_solved
    if isinstance(named, AbstractModel):
        return _instance("model", named)
    for kind in (ConcreteModel, AbstractModel):
        found = {id(value): (name, value) for name, value in names.items() if isinstance(value, kind)}
        if len(found) == 1:
            ((name, value),) = found.values()
            return value if kind is ConcreteModel else _instance(name, value)
        if found:
            listed = ", ".join(f"`{name}`" for name, _ in found.values())
            raise ModelRefusedError(f"the script has several models ({listed}): call the one to be solved `model`")
    raise ModelRefusedError(
        "the script leaves no Pyomo model: assign a `ConcreteModel` to the global name `model`, "
        "or give one to a solver's `solve`"
    )


def _instance(name: str, model: Any) -> Any:
    """An abstract model constructed without data; what goes wrong in it is the script's own exception."""
    try:
        return model.create_instance()
    except (ValueError, KeyError, RuntimeError) as error:
        raise ModelRefusedError(
            f"the abstract model `{name}` can't be constructed without data: {error}. "
            "Use a `ConcreteModel`, or call `create_instance(data)` and give the instance to a solver"
        ) from error
