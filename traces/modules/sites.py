"""Where in source parameters are made: the calls of `node` and the functions whose code is trained, by their paths."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from steepest.traces.modules.definitions import Piece
from steepest.traces.parameters import node

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A place in a piece of source that makes a parameter."""

    piece: Piece
    part: ast.expr | Definition
    """The expression of the first value, or the function."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A class, or a module's own names, in a piece of source, with the sites in it by their paths from the owner."""

    piece: Piece
    definition: ast.ClassDef | None
    sites: Mapping[str, Site]


def places_in(pieces: Iterable[Piece]) -> Iterator[tuple[object, Place]]:
    """The classes that pieces define, each with its place; and None with that of each statement beside them."""
    for piece in pieces:
        tree = ast.parse(piece.source)
        for part in ast.walk(tree):
            kind = _object_of(part, piece) if isinstance(part, ast.ClassDef) else None
            if isinstance(part, ast.ClassDef) and isinstance(kind, type):
                yield kind, Place(piece, part, _once(_of_class(part, piece)))
        yield None, Place(piece, None, _once(_of_module(tree, piece)))


def _object_of(definition: ast.ClassDef, piece: Piece) -> object:
    found = piece.namespace.get(definition.name)
    return found if getattr(found, "__qualname__", "").rpartition(".")[2] == definition.name else None


def _once(sites: Iterable[tuple[str, Site]]) -> dict[str, Site]:
    """The sites whose paths say which they are: those of which there is only one."""
    found: dict[str, list[Site]] = {}
    for path, site in sites:
        found.setdefault(path, []).append(site)
    return {path: same[0] for path, same in found.items() if len(same) == 1}


def _of_module(tree: ast.Module, piece: Piece) -> Iterator[tuple[str, Site]]:
    for statement in tree.body:
        if isinstance(statement, Definition):
            yield statement.name, Site(piece, statement)
        yield from _of_assignment(statement, None, piece)


def _of_class(definition: ast.ClassDef, piece: Piece) -> Iterator[tuple[str, Site]]:
    for statement in definition.body:
        yield from _of_assignment(statement, None, piece)
        if not isinstance(statement, Definition):
            continue
        yield statement.name, Site(piece, statement)
        first = [*statement.args.posonlyargs, *statement.args.args][:1]
        if first:
            for part in _straight(statement.body):
                yield from _of_assignment(part, first[0].arg, piece)


def _straight(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a function that run at most once a call."""
    for statement in statements:
        yield statement
        if isinstance(statement, (ast.If, ast.With, ast.AsyncWith, ast.Try)):
            for name in ("body", "orelse", "finalbody"):
                yield from _straight(getattr(statement, name, []))


def _of_assignment(statement: ast.stmt, instance: str | None, piece: Piece) -> Iterator[tuple[str, Site]]:
    """The sites in the value that a name, or an attribute of an instance, is given."""
    match statement:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            pairs = list(zip(targets, values, strict=False))
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
            pairs = [(target, value)]
        case _:
            return
    for target, value in pairs:
        match target:
            case ast.Name(id=name) if instance is None:
                yield from _of_value(name, value, piece)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner == instance:
                yield from _of_value(name, value, piece)


def _of_value(path: str, value: ast.expr, piece: Piece) -> Iterator[tuple[str, Site]]:
    match value:
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            if not any(isinstance(part, ast.Starred) for part in parts):
                for place, part in enumerate(parts):
                    yield from _of_value(f"{path}[{place}]", part, piece)
        case ast.Dict():
            for key, part in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield from _of_value(f"{path}[{key.value!r}]", part, piece)
        case ast.Call():
            yield from _of_call(path, value, piece)


def _of_call(path: str, call: ast.Call, piece: Piece) -> Iterator[tuple[str, Site]]:
    named = {each.arg: each.value for each in call.keywords if each.arg}
    match named.get("default_factory"):
        case ast.Lambda(body=body):  # of a dataclass's field
            yield from _of_value(path, body, piece)
            return
    if "trainable" in named and _meaning(call.func, piece) is node:
        first = call.args[0] if call.args else named.get("value")
        if first is not None and not isinstance(first, ast.Starred):
            yield path, Site(piece, first)


def _meaning(expression: ast.expr, piece: Piece) -> Any:
    """What a name, or a name in a module, stands for."""
    match expression:
        case ast.Name(id=name):
            return piece.namespace.get(name)
        case ast.Attribute(value=inner, attr=name):
            home = _meaning(inner, piece)
            return getattr(home, name, None) if isinstance(home, ModuleType) else None
    return None
