"""That source which runs in this process does nothing while it is loaded, which happens as soon as it is proposed.

Imports, definitions and constants are made at that time, and nothing else: what a constant, a default, an annotation
or a decorator would run is refused. What runs when the function is called is another matter (`loading`).
"""

import ast
from collections.abc import Iterator

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
    own = {each.name for each in ast.walk(tree) if isinstance(each, _Function | ast.ClassDef)}
    known = {_signature(each) for each in ast.parse(original).body if isinstance(each, _Function)}
    body = [each for each in tree.body if not (isinstance(each, _Function) and _signature(each) in known)]
    found = min(_in_body(body, own), default=None)
    if found is not None:
        line, words = found
        raise refusal(
            f"{words} would run when the code is loaded, which happens in the program itself: there may be imports, "
            "functions, classes, and constants written out in numbers and texts; compute the rest inside of a function",
            source,
            line,
        )


def _in_body(body: list[ast.stmt], own: set[str]) -> Iterator[_Finding]:
    """What would run in the statements of a module or of a class."""
    for each in body:
        match each:
            case ast.Import() | ast.ImportFrom() | ast.Pass():
                continue
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _in_function(each, own)
            case ast.ClassDef():
                yield from _in_class(each, own)
            case ast.Assign() | ast.AnnAssign():
                yield from _in_assignment(each)
            case ast.Expr(value=ast.Constant()):
                continue
            case _ if isinstance(each, getattr(ast, "TypeAlias", ())):  # computed when it is asked for
                continue
            case _:
                yield each.lineno, "this"


def _in_assignment(statement: ast.Assign | ast.AnnAssign) -> Iterator[_Finding]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        if not all(isinstance(part, ast.Name) for part in parts):
            yield target.lineno, f"`{_text(target)} = ...`"
    if isinstance(statement, ast.AnnAssign):
        yield from _in_annotation(statement.annotation)
    yield from _in_value(statement.value)


def _in_function(definition: _Function, own: set[str]) -> Iterator[_Finding]:
    if definition.name in _HOOKS:
        yield definition.lineno, f"the method {definition.name}"
    arguments = definition.args
    for decorator in definition.decorator_list:
        yield from _in_decorator(decorator, own)
    for default in (*arguments.defaults, *arguments.kw_defaults):
        yield from _in_value(default)
    rest = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest):
        yield from _in_annotation(each.annotation)
    yield from _in_annotation(definition.returns)


def _in_class(definition: ast.ClassDef, own: set[str]) -> Iterator[_Finding]:
    for decorator in definition.decorator_list:
        yield from _in_decorator(decorator, own)
    for base in definition.bases:
        yield from _in_annotation(base)
    for keyword in definition.keywords:
        yield keyword.value.lineno, f"`{keyword.arg or '**'}=...` of a class"
    yield from _in_body(definition.body, own)


def _in_decorator(decorator: ast.expr, own: set[str]) -> Iterator[_Finding]:
    """What a decorator runs, unless it is one of Python's own that only wraps."""
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = _text(function)
    module, _, last = name.rpartition(".")
    known = {each for names in _DECORATORS.values() for each in names} if not module else _DECORATORS.get(module, set())
    is_setter = isinstance(function, ast.Attribute) and last in ("setter", "deleter", "getter")
    if not (last in known or is_setter or name in _BUILT_IN_DECORATORS) or name.partition(".")[0] in own - {module}:
        yield decorator.lineno, f"the decorator `{name}`"
    for value in _arguments(decorator):
        yield from _in_value(value)


def _in_value(value: ast.expr | None) -> Iterator[_Finding]:
    """What a constant runs: names, literals and counting with numbers run nothing."""
    if value is None:
        return
    if isinstance(value, ast.Lambda):
        for default in (*value.args.defaults, *value.args.kw_defaults):
            yield from _in_value(default)
    elif isinstance(value, ast.BinOp) and isinstance(value.op, _COUNTING) and _is_number(value):
        return
    elif isinstance(value, ast.Call) and _text(value.func) in _TYPES_OF_CONSTANTS:
        for each in _arguments(value):
            if any(isinstance(part, ast.Name) for part in ast.walk(each)):
                yield each.lineno, f"`{_text(value)}`"
            yield from _in_value(each)
    elif isinstance(value, _PLAIN):
        for child in ast.iter_child_nodes(value):
            if isinstance(child, ast.expr):
                yield from _in_value(child)
    else:
        yield value.lineno, f"`{_text(value)}`"


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
