"""What is wrong with a formulation that reads well, told before any data are bound and any solver is called.

Every check is sound: what it calls an error can't be compiled to what was meant, whatever data come. Where the answer
depends on data, it is left to the binding and the compilers, which have them.
"""

from collections.abc import Collection

from steepest.solvers.checks.bounds import check_unboundedness
from steepest.solvers.checks.cells import check_cells
from steepest.solvers.checks.constraints import check_constraints, check_objectives
from steepest.solvers.checks.declarations import check_declarations
from steepest.solvers.checks.degree import Reason, classify
from steepest.solvers.checks.findings import distinct
from steepest.solvers.checks.generators import check_generators
from steepest.solvers.checks.given_data import check_data
from steepest.solvers.checks.kind_use import check_kinds
from steepest.solvers.checks.label_use import check_labels
from steepest.solvers.checks.names import check_names
from steepest.solvers.checks.style import check_style
from steepest.solvers.checks.symbols import Symbols
from steepest.solvers.checks.units import check_units
from steepest.solvers.definitions import deepest_chain
from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.formulation import Formulation

_CHECKS = (
    check_names,
    check_generators,
    check_labels,
    check_kinds,
    check_declarations,
    check_data,
    check_cells,
    check_constraints,
    check_objectives,
)

_BEYOND_LINEAR: dict[Reason, str] = {
    "product-of-variables": "a product of variables",
    "power-of-variable": "a power of a variable",
    "division-by-variable": "a division by a variable",
    "nonlinear-function": "a nonlinear function of variables",
    "needs-linearization": "piecewise linear in variables",
    "cone": "a norm of variables",
    "logic": "logic over variables",
    "global-constraint": "a global constraint",
}


_MADE_LINEAR: frozenset[Reason] = frozenset({"needs-linearization", "logic", "global-constraint"})

MAX_CHAIN = 100
"""Definitions that may stand on one another: every reading of a formulation follows them."""


def check_formulation(formulation: Formulation, bound: Collection[str] = ()) -> Diagnostics:
    """Everything that can be said against a formulation as it stands.

    Names and scopes come first, then kinds and indices, declarations and data, units, the degree (notes on what makes
    the problem more than linear), and style.

    Args:
        formulation: What to check; it is not changed.
        bound: Names of sets and parameters whose data come from the user's tables. Their inline data, missing ones
            too, do not count.
    """
    symbols, found = Symbols(formulation, bound), Diagnostics()
    depth, name = deepest_chain(formulation)
    if depth > MAX_CHAIN:
        message = (
            f"`{name}` stands on {depth:,} definitions, one upon the other; {MAX_CHAIN} are the most that are followed"
        )
        found.add("error", "too-deep", message, repair="define such a chain once, over an ordered set with a lag")
        return found
    for check in _CHECKS:
        check(symbols, found)
    if not found.errors:  # names that stand for what they should
        check_units(symbols, found)
        _note_degree(formulation, found)
    check_unboundedness(symbols, found)
    check_style(symbols, found)
    return distinct(found)


def _note_degree(formulation: Formulation, diagnostics: Diagnostics) -> None:
    problem = classify(formulation)
    for term in problem.offending:
        message = f"`{term.text}` is {_BEYOND_LINEAR[term.reason]}, which makes the problem one of class {problem.name}"
        if term.reason in _MADE_LINEAR:
            message = (
                f"`{term.text}` is {_BEYOND_LINEAR[term.reason]}: bounds on its variables let it be written linearly"
            )
        diagnostics.add("note", term.reason, message, element=term.element)
