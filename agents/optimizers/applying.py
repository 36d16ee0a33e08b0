"""Learned values written back into the source that they came from, and nothing else of it changed.

A value's place is the literal that a trainable node is made of, found in the text alone: no code of the user's runs. A
place counts only if what stands there is what the search began with, so a source that was edited since then is never
overwritten; what has no such place is told, with the value, for a person to put in.
"""

import ast
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from inspect import cleandoc
from textwrap import dedent
from typing import Any

from steepest.agents.optimizers.search.values import Values
from steepest.errors import InputError
from steepest.traces.failures import TraceError
from steepest.traces.modules.definitions import Piece
from steepest.traces.modules.layout import Edit, edited, function_in_place
from steepest.traces.modules.literals import literal
from steepest.traces.modules.margins import margin_of
from steepest.traces.modules.sites import Definition

__all__ = ["Applied", "Unplaced", "applied"]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A value that a person has to put in."""

    name: str
    """Of the component."""
    reason: str
    value: Any


@dataclass(frozen=True, slots=True)
class Applied:
    """A source with values in it."""

    source: str
    placed: tuple[str, ...]
    """Components whose new value is in it."""
    unplaced: tuple[Unplaced, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Site:
    """Where a value stands."""

    part: ast.expr | Definition
    value: Any
    """As JSON says it; of a function its syntax."""
    names: frozenset[str]
    """What the parameter may be called: its own name, and the attribute or variable that it is given to."""
    line: int


_COMPUTED: Any = object()
"""In place of a value that is no literal."""


def applied(source: str, before: Values, after: Values, code: Collection[str] = ()) -> Applied:
    """Put values into a source.

    Args:
        source: Of a Python file.
        before: The values that the source makes: those that the search began with.
        after: Those that it shall make, by the same names.
        code: The names of the components that are functions' source.

    Raises:
        InputError: The source is no Python.
    """
    is_windows = "\r\n" in source and "\n" not in source.replace("\r\n", "")
    text = source.replace("\r\n", "\n") if is_windows else source
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    applying = _Applying(Piece(text.removeprefix(mark), {}), before, after, frozenset(code))
    made = mark + applying.carried_out()
    unplaced = tuple(Unplaced(name, reason, after[name]) for name, reason in applying.reasons.items())
    placed = tuple(name for name in applying.changed if name not in applying.reasons)
    return Applied(made.replace("\n", "\r\n") if is_windows else made, placed, unplaced)


class _Applying:
    """The places of values in a source, and why some have none."""

    def __init__(self, piece: Piece, before: Values, after: Values, code: frozenset[str]) -> None:
        self.piece = piece
        self.before = before
        self.after = after
        self.code = code
        self.reasons: dict[str, str] = {}
        self.changed = [name for name, value in after.items() if not _same(value, before.get(name))]
        try:
            tree = ast.parse(piece.source)
        except (SyntaxError, ValueError) as error:
            raise InputError(f"the source is no Python: {error}") from error
        self._values = list(_value_sites(tree))
        self._functions = list(_function_sites(tree))

    def carried_out(self) -> str:
        """The source with what could be placed."""
        chosen = {name: site for name in self.before if (site := self._site(name)) is not None}
        sharing: dict[int, list[str]] = {}
        for name, site in chosen.items():
            sharing.setdefault(id(site.part), []).append(name)
        edits = []
        for names in sharing.values():
            moved = [name for name in names if name in self.changed]
            if len(moved) == len(names) and all(_same(self.after[each], self.after[names[0]]) for each in names):
                edits += self._edits(moved[0], moved, chosen[names[0]])
            else:
                words = f"line {chosen[names[0]].line} makes {', '.join(names)}, which differ now"
                self.reasons.update(dict.fromkeys(moved, words))
        made = edited(edits).get(id(self.piece), self.piece.source)
        ast.parse(made)
        return made

    def _site(self, name: str) -> _Site | None:
        """Where a component stands, if only one place can be it."""
        sites = self._functions if name in self.code else self._values
        wanted = _syntax(self.before[name]) if name in self.code else self.before[name]
        equal = [each for each in sites if each.value is not _COMPUTED and _same(each.value, wanted)]
        named = [each for each in equal if _is_called(name, each.names)]
        found = named or ([] if self._has_twin(name) else equal)
        if len(found) == 1:
            return found[0]
        if name in self.changed and not self._is_there(name, sites):
            self.reasons[name] = self._why(name, sites, found)
        return None

    def _is_there(self, name: str, sites: Iterable[_Site]) -> bool:
        """Whether the new value stands in the component's one place already."""
        wanted = _syntax(self.after[name]) if name in self.code else self.after[name]
        own = [each for each in sites if _is_called(name, each.names)]
        return len(own) == 1 and own[0].value is not _COMPUTED and _same(own[0].value, wanted)

    def _has_twin(self, name: str) -> bool:
        """Whether another component begins with the same value, so that the value alone tells nothing."""
        return any(_same(value, self.before[name]) for other, value in self.before.items() if other != name)

    def _why(self, name: str, sites: Iterable[_Site], found: Collection[_Site]) -> str:
        if found:
            lines = ", ".join(str(each.line) for each in found)
            return f"lines {lines} all make such a value; it can't be told which of them is meant"
        for site in sites:
            if _is_called(name, site.names):
                other = (
                    "computes its value" if site.value is _COMPUTED else "has another value than the search began with"
                )
                return f"line {site.line} {other}"
        return "no trainable value with which the search began stands in it as a literal"

    def _edits(self, name: str, names: list[str], site: _Site) -> list[Edit]:
        try:
            if isinstance(site.part, Definition):
                return [self._function(name, site.part)]
            return [Edit.of(self.piece, site.part, self._written(self.after[name], site.part))]
        except (TraceError, InputError, SyntaxError, StopIteration) as error:
            self.reasons.update(dict.fromkeys(names, str(error) or "its code has no function of this name"))
            return []

    def _function(self, name: str, part: Definition) -> Edit:
        imports: list[str] = []
        edit = function_in_place(self.piece, part, self.after[name], imports)
        if imports:
            raise InputError(f"it needs {imports[0]} at the top of the file")
        return edit

    def _written(self, value: Any, part: ast.expr) -> str:
        """A value in the form of what it replaces: a member of an enumeration, a tuple, a text in three quotes."""
        if isinstance(part, ast.Attribute):
            return f"{ast.unparse(part.value)}.{value}"
        if isinstance(part, ast.Tuple) and isinstance(value, list):
            value = tuple(value)
        margin = margin_of(self.piece.source, part.lineno)
        standing = ast.get_source_segment(self.piece.source, part) or ""
        if isinstance(value, str) and standing[:3] in ('"""', "'''") and (written := _in_three_quotes(value, standing)):
            return written
        return literal(value, margin)


def _in_three_quotes(value: str, standing: str) -> str | None:
    r"""A text in the quotes of another, if it can be read as it is; a first line end after a `\` stays so."""
    quotes = standing[:3]
    begin = "\\\n" if standing[3:5] == "\\\n" else ""
    escaped = value.replace("\\", "\\\\").replace(quotes, "\\" + "\\".join(quotes))
    if escaped.endswith(quotes[0]):
        escaped = f"{escaped[:-1]}\\{quotes[0]}"
    written = f"{quotes}{begin}{escaped}{quotes}"
    is_plain = all(each == "\n" or each.isprintable() for each in value)
    return written if is_plain and ast.literal_eval(written) == value else None


def _value_sites(tree: ast.Module) -> Iterator[_Site]:
    """The first arguments of calls with `trainable=True`; where that is a constant's name, the constant if nothing else
    uses it.
    """
    constants = _constants(tree)
    given = dict(_given(tree))
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not _is_trainable(call):
            continue
        named = {each.arg: each.value for each in call.keywords if each.arg}
        first = call.args[0] if call.args else named.get("value")
        if first is None or isinstance(first, ast.Starred):
            continue
        label = call.args[1] if len(call.args) > 1 else named.get("name")
        names = {label.value} if isinstance(label, ast.Constant) and isinstance(label.value, str) else set()
        meant, is_used_once = constants.get(first.id, (first, False)) if isinstance(first, ast.Name) else (first, True)
        part = meant if is_used_once else first
        yield _Site(part, _evaluated(meant), frozenset(names | given.get(id(call), set())), part.lineno)


def _is_trainable(call: ast.Call) -> bool:
    return any(
        each.arg == "trainable" and isinstance(each.value, ast.Constant) and each.value.value is True
        for each in call.keywords
    )


def _constants(tree: ast.Module) -> dict[str, tuple[ast.expr, bool]]:
    """Values of a module's names that are bound only once, and whether they are used only once."""
    bound: dict[str, ast.expr] = {}
    for statement in tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                bound[name] = value
    names = [each for each in ast.walk(tree) if isinstance(each, ast.Name)]
    uses = Counter(each.id for each in names if isinstance(each.ctx, ast.Load))
    bindings = Counter(each.id for each in names if not isinstance(each.ctx, ast.Load))
    bindings.update(each.arg for each in ast.walk(tree) if isinstance(each, ast.arg))
    return {name: (value, uses[name] == 1) for name, value in bound.items() if bindings[name] == 1}


def _given(tree: ast.Module) -> Iterator[tuple[int, set[str]]]:
    """For the calls in what is assigned, by their ids, what they may be called: `prompt`, `steps[0]`."""
    for statement in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, (ast.AnnAssign, ast.NamedExpr)):
            targets = [statement.target]
        value = getattr(statement, "value", None)
        for target in targets:
            if isinstance(value, ast.expr):
                yield from _within(_target_name(target), value)


def _target_name(target: ast.expr) -> str:
    return target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""


def _within(path: str, value: ast.expr) -> Iterator[tuple[int, set[str]]]:
    match value:
        case ast.Call():
            yield id(value), {path} - {""}
            for keyword in value.keywords:  # a dataclass's `default_factory=lambda: node(...)`
                if isinstance(keyword.value, ast.Lambda):
                    yield from _within(path, keyword.value.body)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            for place, part in enumerate(parts):
                yield from _within(f"{path}[{place}]", part)
        case ast.Dict():
            for key, part in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield from _within(f"{path}[{key.value!r}]", part)


def _function_sites(tree: ast.Module) -> Iterator[_Site]:
    for part in ast.walk(tree):
        if isinstance(part, Definition):
            yield _Site(
                part, _dumped(part), frozenset({part.name, f"{part.name}.code", f"{part.name}_code"}), part.lineno
            )


def _syntax(source: Any) -> Any:
    """The syntax of the last function in a code parameter's value, without its decorators."""
    try:
        functions = [each for each in ast.parse(source).body if isinstance(each, Definition)]
    except (SyntaxError, ValueError, TypeError):
        return None
    return _dumped(functions[-1]) if functions else None


def _dumped(function: Definition) -> str:
    return ast.dump(type(function)(**{**dict(ast.iter_fields(function)), "decorator_list": []}))


def _is_called(component: str, names: Iterable[str]) -> bool:
    """Whether one of the names is the component's, or the end of its path."""
    return any(component == each or component.endswith(f".{each}") for each in names)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same in JSON, where 1 and 1.0 and True are three."""
    written = partial(json.dumps, sort_keys=True, default=repr)
    return written(one) == written(other)


def _evaluated(part: ast.expr) -> Any:
    """What an expression is, as JSON says it, if that can be told without running anything of the user's."""
    if isinstance(part, ast.Attribute) and isinstance(part.value, (ast.Name, ast.Attribute)):
        return part.attr  # a member of an enumeration, if it is equal to what is sought
    try:
        return _text_of(part) if isinstance(part, (ast.Call, ast.BinOp)) else _plain(ast.literal_eval(part))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _COMPUTED


_CLEANED = {"dedent": dedent, "cleandoc": cleandoc}
_STRIPPED = {"strip": str.strip, "lstrip": str.lstrip, "rstrip": str.rstrip}


def _text_of(part: ast.expr) -> Any:
    """A text made of literals by `+`, `dedent`, `cleandoc` or `strip`."""
    match part:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, other = _text_of(left), _text_of(right)
            return one + other if isinstance(one, str) and isinstance(other, str) else _COMPUTED
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[inner], keywords=[]) if name in _CLEANED:
            text = _text_of(inner)
            return _CLEANED[name](text) if isinstance(text, str) else _COMPUTED
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[], keywords=[]) if name in _STRIPPED:
            text = _text_of(inner)
            return _STRIPPED[name](text) if isinstance(text, str) else _COMPUTED
        case ast.Constant(value=str() as text):
            return text
    return _plain(ast.literal_eval(part))


def _plain(value: Any) -> Any:
    """A literal's value as JSON has it: tuples are lists; what JSON lacks is no value here."""
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _plain(each) for key, each in value.items()}
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise ValueError(f"{value!r} is nothing that JSON has")
