"""Python names for the names of a formulation, each its own and none that Python or Pyomo has already."""

import builtins
import keyword
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

_SCRIPT_NAMES = frozenset(
    {"m", "pyo", "SolverFactory", "checked", "each", "options", "reached", "results", "solver", "step", "variable"}
)
"""What an exported script calls its own things."""


def unique_names(names: Iterable[str], is_taken: Callable[[str], bool]) -> dict[str, str]:
    """A free name for each name, none twice; names that are free stay as they are, others get a `_` behind them."""
    wanted = {name: python_name(name) for name in dict.fromkeys(names)}
    kept = {name: name for name, each in wanted.items() if each == name and not is_taken(name)}
    used = set(kept)
    for name, free in wanted.items():
        if name in kept:
            continue
        while free in used or is_taken(free):
            free += "_"
        used.add(free)
        kept[name] = free
    return kept


def python_name(name: str) -> str:
    """The name as Python itself would read it: normalized, and without signs that Python has not in names."""
    text = unicodedata.normalize("NFKC", name)
    text = "".join(sign if f"a{sign}".isidentifier() else "_" for sign in text)
    return text if text.isidentifier() else f"_{text}"


def is_taken_in_python(name: str) -> bool:
    """Whether Python or an exported script uses a name itself."""
    return keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name) or name in _SCRIPT_NAMES


def is_taken_in_pyomo(name: str) -> bool:
    """Whether a Pyomo model has an attribute of the name."""
    return name in _model_attributes()


def is_taken(name: str) -> bool:
    """Whether a name can't be given to a part of an exported script."""
    return is_taken_in_python(name) or is_taken_in_pyomo(name)


@cache
def _model_attributes() -> frozenset[str]:
    import pyomo.environ as pyo

    return frozenset(dir(pyo.ConcreteModel()))
