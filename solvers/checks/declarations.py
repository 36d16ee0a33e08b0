"""Whether each name is declared once and can be computed, and whether variables' bounds leave them room."""

import math
from collections.abc import Iterator, Mapping

from steepest.solvers.checks.scopes import sites, visits
from steepest.solvers.checks.symbols import Declared, Symbols, declared_elements, title
from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.formulation import Parameter, Set, Variable
from steepest.solvers.language.expressions import CONSTANTS


def check_declarations(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add what is wrong with declarations, whatever expressions make of them."""
    _check_duplicates(symbols, diagnostics)
    _check_cycles(symbols, diagnostics)
    for variable in symbols.formulation.variables:
        _check_bounds(variable, symbols, diagnostics)
    if not symbols.formulation.variables:
        repair = "declare under `variables:` what is to be decided"
        diagnostics.add("error", "no-variables", "there is nothing to decide: no variable is declared", repair=repair)


def _check_duplicates(symbols: Symbols, diagnostics: Diagnostics) -> None:
    formulation = symbols.formulation
    first: dict[str, str] = {}
    for element in [*declared_elements(formulation), *formulation.constraints]:
        where = title(element, formulation)
        if element.name in first:
            message = f"the name `{element.name}` is taken already: {first[element.name]}"
            repair = "give one of the two another name"
            diagnostics.add("error", "duplicate-name", message, element=where, place=element.place, repair=repair)
        elif element.name in CONSTANTS and element.name in symbols.elements:
            message = f"`{element.name}` is a constant of the language and needs no declaration"
            diagnostics.add(
                "warning",
                "hides-constant",
                message,
                element=where,
                place=element.place,
                repair="rename it or leave it out",
            )
        first.setdefault(element.name, where)


# Cycles of definitions


def _check_cycles(symbols: Symbols, diagnostics: Diagnostics) -> None:
    for cycle in _cycles(_uses(symbols)):
        element = symbols.elements[cycle[0]]
        chain = " -> ".join(f"`{name}`" for name in (*cycle, cycle[0]))
        diagnostics.add(
            "error",
            "cycle",
            f"`{cycle[0]}` is defined by itself: {chain}",
            element=title(element, symbols.formulation),
            place=element.place,
            repair=_cycle_repair(element),
        )


def _cycle_repair(element: Declared) -> str:
    if isinstance(element, Set | Parameter):
        return "give one of them data of its own"
    return "what depends on its own value in another period is a variable with a constraint that links the two"


def _uses(symbols: Symbols) -> dict[str, dict[str, None]]:
    """For each set, parameter and named expression the names of others that its definition mentions."""
    uses: dict[str, dict[str, None]] = {
        name: {} for name, element in symbols.elements.items() if not isinstance(element, Variable)
    }
    for site in sites(symbols):
        name = getattr(site.owner, "name", None)
        if name not in uses or symbols.elements[name] is not site.owner or name in symbols.bound:
            continue
        for visit in visits(site, symbols):
            if visit.mentions in uses:
                uses[name][visit.mentions] = None
    return uses


def _cycles(uses: Mapping[str, Mapping[str, None]]) -> Iterator[tuple[str, ...]]:
    """One cycle for each way back that a depth-first search meets; iterative, so that a long chain is no limit."""
    done: set[str] = set()
    for start in uses:
        if start in done:
            continue
        path, on_path = [start], {start}
        branches = [iter(uses[start])]
        while path:
            follower = next(branches[-1], None)
            if follower is None:
                branches.pop()
                on_path.discard(path[-1])
                done.add(path.pop())
            elif follower in on_path:
                yield tuple(path[path.index(follower) :])
            elif follower not in done:
                path.append(follower)
                on_path.add(follower)
                branches.append(iter(uses[follower]))


# Bounds


def _check_bounds(variable: Variable, symbols: Symbols, diagnostics: Diagnostics) -> None:
    names = variable.index.names if variable.index is not None else ()
    lower, upper = (
        symbols.constant_number(bound, names) if bound is not None else None
        for bound in (variable.lower, variable.upper)
    )

    def error(code: str, message: str, repair: str) -> None:
        where = f"variable {variable.name}"
        diagnostics.add("error", code, message, element=where, place=variable.place, repair=repair)

    if variable.domain == "semicontinuous" and variable.upper is None:
        message = f"`{variable.name}` is 0 or between its bounds, and has no upper one"
        error("no-upper-bound", message, f"declare it as `{variable.name}: semicontinuous in a..b`")
    if variable.domain == "binary" and any(bound is not None and not 0 <= bound <= 1 for bound in (lower, upper)):
        message = f"`{variable.name}` is binary, but its bounds are {_interval(lower, upper)}"
        error("binary-bounds", message, "declare it as `integer`, or leave the bounds out")
    elif lower is not None and upper is not None and _is_empty(lower, upper, variable.domain):
        message = f"no value of `{variable.name}` lies within its bounds {_interval(lower, upper)}"
        error("empty-bounds", message, "swap or correct the bounds")


def _is_empty(lower: float, upper: float, domain: str) -> bool:
    if not (math.isfinite(lower) and math.isfinite(upper)):
        return False  # told as a number that is not finite
    if domain == "integer":
        return math.ceil(lower) > math.floor(upper)
    return lower > upper


def _interval(lower: float | None, upper: float | None) -> str:
    low, high = ("" if bound is None else f"{bound:g}" for bound in (lower, upper))
    return f"{low}..{high}"
