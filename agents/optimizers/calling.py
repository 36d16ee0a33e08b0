"""How a workflow is called with an example: by the names of its parameters where the example has them."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from steepest.errors import InputError
from steepest.traces.modules.members import is_module
from steepest.traces.previews import preview

__all__ = ["arguments_of", "call_plan"]

CallPlan = Callable[[Any], tuple[tuple[Any, ...], dict[str, Any]]]
"""Takes an example's data, gives positional and named arguments."""


def call_plan(workflow: Callable[..., Any]) -> CallPlan:
    """How to call a workflow with examples.

    An example that is a mapping and has all that the workflow requires is passed by names, and what the workflow does
    not take (the answer, say) is left out. Any other example is passed as the one argument.
    """
    try:
        called = getattr(workflow, "forward", workflow) if is_module(workflow) else workflow
        parameters = list(inspect.signature(called).parameters.values())
    except (TypeError, ValueError):  # a builtin does not tell
        return lambda data: ((data,), {})
    named = [each for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)]
    required = {each.name for each in named if each.default is each.empty}
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters)
    if not parameters:
        return lambda data: ((), {})
    return lambda data: arguments_of(data, [each.name for each in named], required, takes_any=takes_any)


def arguments_of(
    data: Any, names: list[str], required: set[str], *, takes_any: bool = False
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Positional and named arguments for one example.

    Raises:
        InputError: The workflow requires more than one argument, and the example does not have them by name.
    """
    if isinstance(data, Mapping) and required <= data.keys() and (required or data.keys() & set(names)):
        return (), {name: value for name, value in data.items() if takes_any or name in names}
    if data is None and required:
        raise InputError(f"the workflow takes {', '.join(sorted(required))}, and there are no examples: pass data")
    if len(required) > 1:
        missing = ", ".join(sorted(required - data.keys() if isinstance(data, Mapping) else required))
        raise InputError(
            f"the workflow requires {', '.join(sorted(required))}, and the example {preview(data, 80)} has no "
            f"{missing}: give examples as mappings with these keys, or a workflow that takes the example whole"
        )
    return (data,), {}
