"""A formulation in the forms that other programs and people read: a Pyomo script, LP text, LaTeX."""

import io

from steepest.solvers.backends.pyomo_model import Model, PyomoModel
from steepest.solvers.data.instance_data import Data
from steepest.solvers.diagnostics import problem
from steepest.solvers.export.latex import to_latex
from steepest.solvers.export.pyomo_script import to_pyomo_script
from steepest.solvers.formulation import Formulation
from steepest.solvers.scalar.interpreter import ScalarInstance

__all__ = ["to_latex", "to_lp", "to_pyomo_script"]


def to_lp(formulation: Formulation, data: Data) -> str:
    """Write the instance as LP text, with the names of the formulation where they stay apart in it.

    LP names have no spaces or brackets: `ship[a, b]` is `ship(a_b)`. If two labels become one by that, columns and rows
    are numbered, and comments say which is which.

    Raises:
        FormulationError: The data do not fit, or a term is beyond linear and quadratic.
    """
    from pyomo.common.errors import InvalidExpressionError

    model = PyomoModel(ScalarInstance(formulation, data)).model
    try:
        return _written(model)
    except InvalidExpressionError as error:
        raise problem("unsupported", f"an LP file has no place for this: {error}") from error


def _written(model: Model) -> str:
    from pyomo.repn.plugins.lp_writer import LPWriter

    text = io.StringIO()
    try:
        LPWriter().write(model, text, symbolic_solver_labels=True)
    except RuntimeError as error:
        if "Duplicate symbol" not in str(error):
            raise
        text = io.StringIO()
        symbols = LPWriter().write(model, text, symbolic_solver_labels=False).symbol_map.bySymbol
        legend = (f"\\ {symbol} is {_printable(part.name)}\n" for symbol, part in sorted(symbols.items()))
        return "".join(legend) + text.getvalue()
    return text.getvalue()


def _printable(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())
