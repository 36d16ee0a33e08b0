"""The forms of a model that `--show` prints and `--out` keeps: five-element text, Pyomo script, LP file, LaTeX."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steepest.solvers.data.instance_data import Tables
    from steepest.solvers.formulation import Formulation

FACES = ("formulation", "pyomo", "lp", "latex")


def face(name: str, formulation: "Formulation", tables: "Tables", folder: Path) -> str:
    """One of `FACES` of a formulation with its data.

    Raises:
        FormulationError: The formulation can't be brought into this form; the message says why.
        InputError: A table can't be read.
    """
    if name == "formulation":
        return formulation.to_text()
    from steepest.solvers.data.binding import bind
    from steepest.solvers.export.faces import to_latex, to_lp, to_pyomo_script

    if name == "latex":
        return to_latex(formulation)

    data = bind(formulation, tables, folder=folder)
    return to_pyomo_script(formulation, data) if name == "pyomo" else to_lp(formulation, data)
