"""Which nodes of texts a function reads by names of its own: globals, variables of functions around it, attributes.

A node of a text is a `str`, and code written in C (`"".join`, `json.dumps`, `re`) takes the text without asking the
node. So the names that a function may read are found in its code, once, and looked up at each call. An attribute counts
one level deep (`self.prompt`, `CONFIG.prompt`) if it is kept in the object itself: nothing of the user's runs.
"""

import builtins
import dis
import sys
from collections.abc import Callable, Container, Iterator, Sequence
from functools import partial
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any, NamedTuple

from steepest.traces.operators import TextMethods

_MOST_LAYERS = 50
_GLOBAL = ("LOAD_GLOBAL", "LOAD_NAME")
_OUTER = ("LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF")
_ATTRIBUTE = ("LOAD_ATTR", "LOAD_METHOD")


class NamesRead(NamedTuple):
    """What a function reads by name; attributes of arguments by the argument's place."""

    globals: tuple[tuple[dict[str, Any], str, tuple[str, ...]], ...]
    cells: tuple[tuple[CellType, tuple[str, ...]], ...]
    arguments: tuple[tuple[int, tuple[str, ...]], ...]
    defaults: tuple[tuple[int, str, Any], ...]
    """Nodes of texts that are what an argument is unless given."""

    def texts(self, values: Sequence[Any], named: Container[str]) -> list[Any]:
        """The nodes of texts that the names stand for at present.

        Args:
            values: Of the positional arguments.
            named: The names of the others.
        """
        found: list[Any] = []
        for names, name, attributes in self.globals:
            _look(names.get(name), attributes, found)
        for cell, attributes in self.cells:
            try:
                _look(cell.cell_contents, attributes, found)
            except ValueError:  # nothing in it yet
                continue
        for place, attributes in self.arguments:
            if place < len(values):
                _look_into(values[place], attributes, found)
        for place, name, text in self.defaults:
            if place >= len(values) and name not in named:
                found.append(text)
        return found


def names_read(function: Callable[..., Any]) -> NamesRead:
    """What a function reads by name, and what decorators made with `functools.wraps` around it read."""
    parts = [_of_function(each, takes_all=takes_all) for each, takes_all in _layers(function)]
    return NamesRead(
        tuple(each for part in parts for each in part.globals),
        tuple(each for part in parts for each in part.cells),
        tuple(each for part in parts for each in part.arguments),
        tuple(each for part in parts for each in part.defaults),
    )


def _layers(function: Any) -> Iterator[tuple[FunctionType, bool]]:
    """The functions of Python's that a call goes through, and whether the arguments of the call come to it in order."""
    takes_all = True
    for _ in range(_MOST_LAYERS):
        if isinstance(function, FunctionType):
            yield function, takes_all
        takes_all = takes_all and not isinstance(function, (partial, MethodType))
        if isinstance(function, partial):
            function = function.func
        elif isinstance(function, MethodType):
            function = function.__func__
        elif (function := getattr(function, "__wrapped__", None)) is None:
            return


def _of_function(function: FunctionType, *, takes_all: bool) -> NamesRead:
    code = function.__code__
    loaded: dict[tuple[str, str], set[str]] = {}
    for kind, name, attribute in _loads(code, {*code.co_freevars, *code.co_cellvars}):
        loaded.setdefault((kind, name), set()).update({attribute} - {""})
    surroundings = function.__globals__
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    given = code.co_varnames[: code.co_argcount] if takes_all else ()
    places = {name: place for place, name in enumerate(given)}
    return NamesRead(
        tuple(
            (surroundings, name, tuple(sorted(attributes)))
            for (kind, name), attributes in loaded.items()
            if kind == "global" and (name in surroundings or not hasattr(builtins, name))
        ),
        tuple((cells[n], tuple(sorted(attributes))) for (kind, n), attributes in loaded.items() if n in cells),
        tuple(
            (places[name], tuple(sorted(attributes)))
            for (kind, name), attributes in loaded.items()
            if kind != "global" and name in places and attributes
        ),
        tuple(_text_defaults(function)) if takes_all else (),
    )


def _text_defaults(function: FunctionType) -> Iterator[tuple[int, str, Any]]:
    code, defaults = function.__code__, function.__defaults__ or ()
    for place, value in enumerate(defaults, code.co_argcount - len(defaults)):
        if isinstance(value, TextMethods):
            yield place, code.co_varnames[place], value
    for name, value in (function.__kwdefaults__ or {}).items():
        if isinstance(value, TextMethods):
            yield sys.maxsize, name, value


def _loads(code: CodeType, shared: Container[str]) -> Iterator[tuple[str, str, str]]:
    """Kind, name and attribute (or none) of what code loads; of functions inside of it, what is not their own.

    Args:
        code: Of a function.
        shared: Its variables that functions inside of it may load.
    """
    kind = name = ""
    for each in dis.get_instructions(code):
        if each.opname in _ATTRIBUTE and name:
            yield kind, name, each.argval
        kind, name = _loaded(each)
        if name:
            yield kind, name, ""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            inner = _loads(constant, constant.co_freevars)
            yield from (load for load in inner if load[0] == "global" or (load[0] == "outer" and load[1] in shared))


def _loaded(instruction: dis.Instruction) -> tuple[str, str]:
    value = instruction.argval
    if instruction.opname in _GLOBAL:
        return "global", value
    if instruction.opname in _OUTER:
        return "outer", value
    if "LOAD_FAST" in instruction.opname:  # of one variable, or of two at once
        return "local", value[-1] if isinstance(value, tuple) else value
    return "", ""


def _look(value: Any, attributes: tuple[str, ...], found: list[Any]) -> None:
    if isinstance(value, TextMethods):
        found.append(value)
    elif attributes:
        _look_into(value, attributes, found)


def _look_into(value: Any, attributes: tuple[str, ...], found: list[Any]) -> None:
    if not type(value).__dictoffset__:
        return
    own = object.__getattribute__(value, "__dict__")
    for attribute in attributes:
        if isinstance(kept := own.get(attribute), TextMethods):
            found.append(kept)
