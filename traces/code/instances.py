"""What proposed source sees of the object whose method it is, where the object itself can't follow it.

In the sandbox `self` is a stand-in with copies of those attributes that the source reads. So a source may read
`self.gain` wherever the object has such a value; what else can be done with an object is refused before it is tried.
"""

import ast
import inspect
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from steepest.traces.code.proposals import refusal
from steepest.traces.code.sources import Definition

_CHANGING = frozenset(
    {"append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update"}
)
"""Methods that change what JSON can hold in place."""
_WAYS_OUT = (
    "the object stays in the program, and the code of {function} runs on its own, in the sandbox, with copies of the "
    "attributes that it reads as `{instance}.name`"
)
_TRUST = "(to run proposed code in the program itself, a person sets trust=True)"


def attributes_read(tree: ast.Module, source: str, function: str, owner: type) -> dict[str, int]:
    """The attributes of its object that a method reads, each with the line of the first use.

    Args:
        tree: The source parsed.
        source: Defines the method.
        function: Its name.
        owner: The class that it is a method of.

    Raises:
        RejectedValueError: It does more with the object than to read attributes; the message says what to do instead.
    """
    definition = next(each for each in tree.body if isinstance(each, Definition) and each.name == function)
    positional = [*definition.args.posonlyargs, *definition.args.args]
    if not positional:
        return {}
    instance = positional[0].arg
    parts = list(_parts(definition, instance))
    found = [each for each in parts if isinstance(each, ast.Attribute) and _is_name(each.value, instance)]
    first = min(_beyond_reading(parts, found, instance, owner), default=None)
    if first is not None:
        line, words = first
        raise refusal(f"{words}; {_WAYS_OUT.format(function=function, instance=instance)} {_TRUST}", source, line)
    lines: dict[str, int] = {}
    for each in sorted(found, key=lambda each: (each.lineno, each.col_offset)):
        lines.setdefault(each.attr, each.lineno)
    return lines


def _beyond_reading(
    parts: list[ast.AST], found: list[ast.Attribute], instance: str, owner: type
) -> Iterator[tuple[int, str]]:
    """What a source does with its object but read attributes: line, and what is wrong about it."""
    read = {id(each.value) for each in found}
    called = {id(each.func) for each in parts if isinstance(each, ast.Call)}
    for each in parts:
        match each:
            case ast.Name(id=name) if name == instance and id(each) not in read:
                yield each.lineno, f"`{instance}` itself can't be used: take the attributes out of it, one by one"
            case ast.Name(id="super"):
                yield each.lineno, "super() finds nothing: write out what the method of the base class does"
            case ast.Attribute() | ast.Subscript() if _changes(each, instance, called):
                words = f"what `{ast.unparse(each)[:80]}` changes would be lost: work on a copy and return what is new"
                yield each.lineno, words
    for attribute in found:
        name = attribute.attr
        if name.startswith("__"):
            yield attribute.lineno, f"`{instance}.{name}` is private: do without it"
        elif id(attribute) in called or _is_method(owner, name):
            yield attribute.lineno, f"`{instance}.{name}` is a method: write what it does as a function of the code"


def _parts(definition: Definition, name: str) -> Iterator[ast.AST]:
    """All in a function's body but inner functions in which the name is a parameter and so something else."""
    parts: list[ast.AST] = list(definition.body)
    while parts:
        part = parts.pop()
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and _takes(part.args, name):
            defaults = [*part.args.defaults, *(each for each in part.args.kw_defaults if each is not None)]
            parts += [*defaults, *getattr(part, "decorator_list", ())]  # which stand outside of it
            continue
        yield part
        parts.extend(ast.iter_child_nodes(part))


def _takes(arguments: ast.arguments, name: str) -> bool:
    rest = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest)
    return any(each.arg == name for each in every)


def _changes(part: ast.Attribute | ast.Subscript, instance: str, called: set[int]) -> bool:
    """Whether this sets a part of an object, or calls a method of an attribute's value that changes it."""
    is_changing = isinstance(part, ast.Attribute) and part.attr in _CHANGING and id(part) in called
    if isinstance(part.ctx, ast.Load) and not (is_changing and not _is_name(part.value, instance)):
        return False
    root: ast.AST = part
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    return _is_name(root, instance)


def _is_name(part: ast.AST, name: str) -> bool:
    return isinstance(part, ast.Name) and part.id == name


def _is_method(owner: type, name: str) -> bool:
    from steepest.traces.bundle import Bundle

    found: Any = inspect.getattr_static(owner, name, None)
    return isinstance(found, (FunctionType, classmethod, staticmethod, Bundle))
