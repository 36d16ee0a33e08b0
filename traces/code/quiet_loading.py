"""That source which runs in this process does nothing while it is loaded, which happens as soon as it is proposed.

Imports, definitions and constants are made at that time, and nothing else: what a constant, a default, an annotation
or a decorator would run is refused. What runs when the function is called is another matter (`loading`).
"""

import ast
from collections.abc import Iterator
from typing import TypeGuard

from steepest.traces.code.proposals import refusal

_PLAIN = (
    ast.Constant,
    ast.Name,
    ast.Tuple,
    ast.List,
    ast.Set,
    ast.Dict,
    ast.Starred,
    ast.expr_context,
    ast.unaryop,
    ast.UnaryOp,
    ast.Attribute,
)
_COUNTING = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.BitOr)
_TYPES_OF_CONSTANTS = frozenset({"float", "frozenset", "set", "dict", "list", "tuple", "bytes", "complex"})
_DECORATORS = {
    "functools": {"lru_cache", "cache", "cached_property", "total_ordering"},
    "dataclasses": {"dataclass"},
    "contextlib": {"contextmanager", "asynccontextmanager"},
}
_BUILT_IN_DECORATORS = frozenset({"staticmethod", "classmethod", "property"})
_HOOKS = frozenset({"__init_subclass__", "__class_getitem__", "__set_name__", "__prepare__", "__mro_entries__"})
"""Methods that Python calls while a class or an annotation is made."""
_NAMED_BY_PYTHON = frozenset({"__slots__", "__match_args__", "__hash__", "__all__", "__doc__", "__version__"})
"""Names of Python's own that may be set: nothing calls them while a class is made."""
_ENUMS = frozenset({"enum", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum", "EnumMeta", "EnumType"})
_TOLD_OF_MEMBERS = frozenset({"__str__", "__repr__", "__format__"})
"""Methods of Python's own that an enumeration may have; others run when its members are made."""
_Finding = tuple[int, str]
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def require_quiet(tree: ast.Module, source: str, original: str = "") -> None:
    """See that nothing runs when source is loaded.

    Args:
        tree: The source parsed.
        source: The text.
        original: What the user wrote; a signature that stands there is the user's own, whatever it runs.

    Raises:
        RejectedValueError: Something would; the message says what, and what to write instead.
    """
    own = set(_rebound(tree))
    known = {_signature(each) for each in ast.parse(original).body if isinstance(each, _Function)}
    body = [each for each in tree.body if not (_is_signed(each, own) and _signature(each) in known)]
    found = min((*_in_body(body, own), *_in_enumerations(tree)), default=None)
    if found is not None:
        line, words = found
        raise refusal(
            f"{words} would run when the code is loaded, which happens in the program itself: there may be imports, "
            "functions, classes, and constants written out in numbers and texts; compute the rest inside of a function",
            source,
            line,
        )


def _rebound(tree: ast.Module) -> Iterator[str]:
    """The names that a source gives a meaning of its own, wherever in it; not those that it imports from their home."""
    for each in ast.walk(tree):
        match each:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Import(names=aliases):
                yield from (alias.asname for alias in aliases if alias.asname)
            case ast.ImportFrom(module=module, names=aliases):
                home = _DECORATORS.get(module or "", set())
                yield from (alias.asname or alias.name for alias in aliases if alias.asname or alias.name not in home)


def _is_signed(statement: ast.stmt, own: set[str]) -> TypeGuard[_Function]:
    """Whether a statement is a function whose defaults, annotations and decorators mean what they do in the program."""
    if not isinstance(statement, _Function):
        return False
    body = {id(part) for each in statement.body for part in ast.walk(each)}
    outside = (each for each in ast.walk(statement) if id(each) not in body)
    return own.isdisjoint(each.id for each in outside if isinstance(each, ast.Name))


def _in_body(body: list[ast.stmt], own: set[str]) -> Iterator[_Finding]:
    """What would run in the statements of a module or of a class."""
    properties: set[str] = set()
    """Of these statements, so far."""
    for each in body:
        match each:
            case ast.Import() | ast.ImportFrom() | ast.Pass():
                properties.clear()
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _in_function(each, own, properties)
                is_one = any(_is_of_property(decorator, own, properties) for decorator in each.decorator_list)
                properties = properties | {each.name} if is_one else properties - {each.name}
            case ast.ClassDef():
                yield from _in_class(each, own)
                properties.discard(each.name)
            case ast.Assign() | ast.AnnAssign():
                yield from _in_assignment(each, own)
                properties.clear()
            case ast.Expr(value=ast.Constant()):
                continue
            case _ if isinstance(each, getattr(ast, "TypeAlias", ())):  # computed when it is asked for
                continue
            case _:
                yield each.lineno, "this"


def _in_assignment(statement: ast.Assign | ast.AnnAssign, own: set[str]) -> Iterator[_Finding]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        if not all(isinstance(part, ast.Name) and _is_settable(part.id) for part in parts):
            yield target.lineno, f"`{_text(target)} = ...`"
    if isinstance(statement, ast.AnnAssign):
        yield from _in_annotation(statement.annotation)
    yield from _in_value(statement.value, own)


def _is_settable(name: str) -> bool:
    return not name.startswith("__") or name in _NAMED_BY_PYTHON


def _in_function(definition: _Function, own: set[str], properties: set[str]) -> Iterator[_Finding]:
    if definition.name in _HOOKS:
        yield definition.lineno, f"the method {definition.name}"
    arguments = definition.args
    for decorator in definition.decorator_list:
        if not _is_of_property(decorator, own, properties):
            yield from _in_decorator(decorator, own)
    for default in (*arguments.defaults, *arguments.kw_defaults):
        yield from _in_value(default, own)
    rest = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest):
        yield from _in_annotation(each.annotation)
    yield from _in_annotation(definition.returns)


def _in_class(definition: ast.ClassDef, own: set[str]) -> Iterator[_Finding]:
    if definition.name in _HOOKS:
        yield definition.lineno, f"the class {definition.name}"
    for decorator in definition.decorator_list:
        yield from _in_decorator(decorator, own)
    for base in definition.bases:
        yield from _in_annotation(base)
    for keyword in definition.keywords:
        yield keyword.value.lineno, f"`{keyword.arg or '**'}=...` of a class"
    yield from _in_body(definition.body, own)


def _is_of_property(decorator: ast.expr, own: set[str], properties: set[str]) -> bool:
    """Whether a decorator makes a property, or is the setter of one of these."""
    match decorator:
        case ast.Name(id="property"):
            return "property" not in own
        case ast.Attribute(value=ast.Name(id=name), attr="setter" | "deleter" | "getter"):
            return name in properties
    return False


def _in_decorator(decorator: ast.expr, own: set[str]) -> Iterator[_Finding]:
    """What a decorator runs, unless it is one of Python's own that only wraps."""
    name = _text(decorator.func if isinstance(decorator, ast.Call) else decorator)
    module, _, last = name.rpartition(".")
    known = {each for names in _DECORATORS.values() for each in names} if not module else _DECORATORS.get(module, set())
    if not (last in known or name in _BUILT_IN_DECORATORS) or name.partition(".")[0] in own:
        yield decorator.lineno, f"the decorator `{name}`"
    for value in _arguments(decorator):
        yield from _in_value(value, own)


def _in_value(value: ast.expr | None, own: set[str]) -> Iterator[_Finding]:
    """What a constant runs: names, literals and counting with numbers run nothing."""
    if value is None:
        return
    if isinstance(value, ast.Lambda):
        for default in (*value.args.defaults, *value.args.kw_defaults):
            yield from _in_value(default, own)
    elif isinstance(value, ast.BinOp) and isinstance(value.op, _COUNTING) and _is_number(value):
        return
    elif isinstance(value, ast.Call) and _text(value.func) in _TYPES_OF_CONSTANTS - own:
        for each in _arguments(value):
            if any(isinstance(part, ast.Name) for part in ast.walk(each)):
                yield each.lineno, f"`{_text(value)}`"
            yield from _in_value(each, own)
    elif isinstance(value, _PLAIN):
        for child in ast.iter_child_nodes(value):
            if isinstance(child, ast.expr):
                yield from _in_value(child, own)
    else:
        yield value.lineno, f"`{_text(value)}`"


def _in_enumerations(tree: ast.Module) -> Iterator[_Finding]:
    """What enumerations run, which are made by calling what their classes and the bases of these define."""
    parts = list(ast.walk(tree))
    imported = (alias for each in parts if isinstance(each, ast.Import | ast.ImportFrom) for alias in each.names)
    named = {each.attr if isinstance(each, ast.Attribute) else each.id for each in parts if _is_named(each)}
    modules = {each.module for each in parts if isinstance(each, ast.ImportFrom)}
    if _ENUMS.isdisjoint({alias.name for alias in imported} | named | modules):
        return
    for each in parts:
        for member in each.body if isinstance(each, ast.ClassDef) else ():
            if isinstance(member, _Function | ast.ClassDef) and _is_asked_by_members(member):
                yield member.lineno, f"`{member.name}` of a class, beside an enumeration,"


def _is_named(part: ast.AST) -> TypeGuard[ast.Name | ast.Attribute]:
    return isinstance(part, ast.Name | ast.Attribute)


def _is_asked_by_members(member: _Function | ast.ClassDef) -> bool:
    name = member.name
    is_special = name == "_generate_next_value_" or (name.startswith("__") and name not in _TOLD_OF_MEMBERS)
    return is_special or not {_text(each) for each in member.decorator_list} <= {"staticmethod", "classmethod"}


def _in_annotation(annotation: ast.expr | None) -> Iterator[_Finding]:
    """What an annotation or a base class runs: names with `[...]` and `|` run nothing of the source's own."""
    for part in ast.walk(annotation) if annotation is not None else ():
        is_named = isinstance(part, (*_PLAIN, ast.Subscript, ast.operator))
        if not is_named and not (isinstance(part, ast.BinOp) and isinstance(part.op, ast.BitOr)):
            yield getattr(part, "lineno", 0), f"`{_text(part)}`"


def _signature(definition: _Function) -> tuple[str, ...]:
    returns = ast.unparse(definition.returns) if definition.returns is not None else ""
    return (definition.name, ast.unparse(definition.args), returns, *map(ast.unparse, definition.decorator_list))


def _arguments(call: ast.expr) -> list[ast.expr]:
    return [*call.args, *(each.value for each in call.keywords)] if isinstance(call, ast.Call) else []


def _is_number(value: ast.expr) -> bool:
    """Whether a value is counted together from numbers that are written out, none of them large."""
    match value:
        case ast.Constant(value=int() | float() | complex() as number):
            return abs(number) < 1e12
        case ast.BinOp():
            return isinstance(value.op, _COUNTING) and _is_number(value.left) and _is_number(value.right)
        case ast.UnaryOp():
            return _is_number(value.operand)
    return False


def _text(part: ast.AST) -> str:
    return ast.unparse(part)[:80]
