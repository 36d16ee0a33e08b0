"""`export_source`: what was learned, as Python source that runs without it having to be learned again.

The class's own source is kept as it was written, with the present values in the calls of `node` that made the
parameters and the learned code in the place of the functions. What the class needs from its module comes along
(`definitions`). A parameter that no single place in the source makes, one of many from a loop say, is set at the end of
`__init__`.
"""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steepest.traces.bundle import BoundBundle, Bundle
from steepest.traces.failures import TraceError
from steepest.traces.graph import Node
from steepest.traces.modules.definitions import Piece, definitions_of
from steepest.traces.modules.encoding import types_within
from steepest.traces.modules.files import write_text
from steepest.traces.modules.layout import Edit, edited, file_of, function_in_place, setting_edit
from steepest.traces.modules.literals import literal
from steepest.traces.modules.margins import margin_of
from steepest.traces.modules.members import is_module, members_of
from steepest.traces.modules.sites import Definition, Place, Site, places_in
from steepest.traces.parameters import state_of


def export_source(module: object, path: str | Path) -> None:
    """Write a module's class with what the module has learned as a Python file.

    The file needs steepest only if the class does, and makes modules with the same arguments as the class. Learned code
    becomes code of the file, which runs outside of the sandbox, as the head of the file says: read it before you run
    it.

    Args:
        module: An instance of a `Module` or of a class under `model`.
        path: The file; it is replaced as a whole.

    Raises:
        TraceError: Something can't be carried over; the message says what, and what to do.
        InputError: The file can't be written.
    """
    write_text(path, exported_source(module))


def exported_source(module: object) -> str:
    """What `export_source` writes.

    Raises:
        TraceError: As there.
    """
    if not is_module(module):
        raise TraceError(f"only modules are exported, not a {type(module).__name__}: put @model above its class")
    kind = type(module)
    pieces = definitions_of(kind).pieces
    learned = [each for name, root in _roots(module, pieces) for each in _parameters(name, root)]
    names = _class_names(kind, learned)
    definitions = definitions_of(kind, names.values())
    places = list(places_in(definitions.pieces))
    in_place, apart = _settled(learned, places, names)
    edits = [_edit(site, parameter, names, definitions.imports) for site, parameter in in_place]
    settings = [(each, _setting(each, names)) for each in sorted(apart, key=lambda each: each.node.order)]
    own = [text for each, text in settings if each.root == _SELF]
    if own:
        edits.append(setting_edit(*_place_of(kind, places), kind, own))
    if settings:
        definitions.imports.append("from steepest.traces.parameters import update as set_parameter")
    after = [text for each, text in settings if each.root != _SELF]
    has_learned_code = any(each.original is not None and each.is_changed for each in learned)
    return file_of(kind, definitions, edited(edits), after, has_learned_code=has_learned_code)


_SELF = "self"


@dataclass(frozen=True, slots=True, eq=False)
class _Parameter:
    """A parameter of the module, or of what its class uses."""

    root: str
    """`self`, or the name of a module's that leads to it."""
    path: str
    owner: object
    place: str
    """Its path from the owner, or the name of a module's with the path from there."""
    node: Node[Any]
    original: str | None
    """Of code, what the user wrote."""

    @property
    def is_changed(self) -> bool:
        """Whether it is not what the source makes it."""
        if self.original is not None:
            return bool(self.node._value != self.original)
        return any(each.outcome == "committed" for each in state_of(self.node).history)


def _roots(module: object, pieces: Iterable[Piece]) -> Iterator[tuple[str, object]]:
    """The module, and the values that its class finds under names of its Python module."""
    yield _SELF, module
    for piece in pieces:
        for statement in ast.parse(piece.source).body if piece.line else ():
            targets = getattr(statement, "targets", [getattr(statement, "target", None)])
            names = [each.id for each in targets if isinstance(each, ast.Name)]
            for name in [statement.name] if isinstance(statement, Definition) else names:
                yield name, piece.namespace.get(name)


def _parameters(root: str, value: object) -> Iterator[_Parameter]:
    for member in members_of(value):
        if root == _SELF:
            path, place = member.path, member.place
        else:
            path = _joined(root, member.path)
            place = path if member.owner is None else member.place
        if isinstance(member.value, Node) and member.value.trainable is not None:
            yield _Parameter(root, path, member.owner, place, member.value, None)
        elif (code := _code(member.value)) is not None:
            yield _Parameter(root, path, member.owner, place, code.node, code.original.source)


def _code(value: object) -> Any:
    if isinstance(value, BoundBundle):
        return value.__func__.code_of(value.__self__)
    return value.code if isinstance(value, Bundle) else None


def _joined(root: str, path: str) -> str:
    return root + path if path.startswith("[") or not path else f"{root}.{path}"


def _class_names(kind: type, parameters: Iterable[_Parameter]) -> dict[type, str]:
    """The names, in the class's module, of the enumerations and dataclasses that learned values are made of."""
    types = {each for parameter in parameters for each in types_within(parameter.node._value).values()}
    namespace = vars(sys.modules[kind.__module__])
    return {value: name for name, value in namespace.items() if isinstance(value, type) and value in types}


def _settled(
    parameters: Iterable[_Parameter], places: list[tuple[object, Place]], names: Mapping[type, str]
) -> tuple[list[tuple[Site, _Parameter]], list[_Parameter]]:
    """The changed parameters whose value can stand where they are made, with the site; and the others."""
    groups: dict[int, tuple[Site, list[_Parameter]]] = {}
    in_place, apart = [], []
    for parameter in parameters:
        site = _site(parameter, places)
        if site is not None:
            groups.setdefault(id(site), (site, []))[1].append(parameter)
        elif parameter.is_changed:
            apart.append(parameter)
    for site, made in groups.values():
        changed = [each for each in made if each.is_changed]
        if changed and len(changed) == len(made) and len({_written(each, "", names) for each in made}) == 1:
            in_place.append((site, made[0]))
        else:
            apart.extend(changed)
    return in_place, apart


def _site(parameter: _Parameter, places: Iterable[tuple[object, Place]]) -> Site | None:
    """Where the source makes a parameter, if it is in one of the pieces and only that can be it."""
    kinds: Iterable[object] = (None,) if parameter.owner is None else type(parameter.owner).__mro__
    for kind in kinds:
        for owner, place in places:
            site = place.sites.get(parameter.place) if owner is kind else None
            if site is not None and isinstance(site.part, Definition) == (parameter.original is not None):
                return site
    return None


def _place_of(kind: type, places: Iterable[tuple[object, Place]]) -> tuple[Piece, ast.ClassDef]:
    for owner, place in places:
        if owner is kind and place.definition is not None:
            return place.piece, place.definition
    raise TraceError(
        f"{kind.__qualname__} can't be exported: define it at the top of a file, and not inside of a class"
    )


def _written(parameter: _Parameter, indent: str, names: Mapping[type, str]) -> str:
    try:
        return literal(parameter.node._value, indent, names)
    except TraceError as error:
        raise TraceError(f"the parameter {parameter.path} can't be exported: {error}") from error


def _edit(site: Site, parameter: _Parameter, names: Mapping[type, str], imports: list[str]) -> Edit:
    if isinstance(site.part, Definition):
        return function_in_place(site.piece, site.part, parameter.node._value, imports)
    margin = margin_of(site.piece.source, site.part.lineno)
    return Edit.of(site.piece, site.part, _written(parameter, margin, names))


def _setting(parameter: _Parameter, names: Mapping[type, str]) -> str:
    """The statement that sets a parameter, as it stands without indentation."""
    target = parameter.path if parameter.root != _SELF else _joined(_SELF, parameter.path)
    if not _is_reachable(target):
        raise TraceError(
            f"the parameter {parameter.path} can't be exported: it is in a set or under a key that can't be written; "
            "keep it in an attribute, a list or a dict"
        )
    target += ".parameters[0]" if parameter.original is not None else ""
    return f"set_parameter({target}, {_written(parameter, '', names)})"


def _is_reachable(path: str) -> bool:
    try:
        parts = list(ast.walk(ast.parse(path, mode="eval").body))
    except SyntaxError:
        return False
    return not any(isinstance(part, (ast.Call, ast.Set)) for part in parts)
