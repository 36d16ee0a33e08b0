"""Names in a module's source: which statements bind them or change what they are bound to, and which ones are used."""

import ast
import symtable
from collections.abc import Iterator

_NESTED = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, *_NESTED)


def bindings_of(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    """For each name of a module the statements that bind it or change what it is bound to."""
    found: dict[str, list[ast.stmt]] = {}
    made: set[str] = set()
    effects: dict[str, set[str]] = {}
    described: list[str] = []
    for statement in tree.body:
        if isinstance(statement, ast.If) and any(_is_name(each, "__name__") for each in ast.walk(statement.test)):
            continue  # what runs only in the module itself
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            effects[statement.name] = {name for part in ast.walk(statement) for name in _changed(part)}
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        names = set(described if is_text else bound_names(statement))
        changed = {name for part in _within(statement) for name in _changed(part)}
        changed |= {name for function in _called(statement) for name in effects.get(function, ())}
        for name in names | (changed & made):
            found.setdefault(name, []).append(statement)
        made = made - names if isinstance(statement, (ast.Import, ast.ImportFrom)) else made | names
        described = sorted(names) if isinstance(statement, (ast.Assign, ast.AnnAssign)) else []
    return found


def _called(statement: ast.stmt) -> Iterator[str]:
    """The functions that a statement calls as decorators or alone, as those do that register something."""
    for decorator in getattr(statement, "decorator_list", []):
        yield from _root(decorator)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        yield from _root(statement.value)


def _within(statement: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement that run with it, in its own scope."""
    yield statement
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, _SCOPES):
            yield from _within(child)


def bound_names(statement: ast.AST) -> Iterator[str]:
    """The names that a statement binds in its own scope."""
    if isinstance(statement, _NESTED):
        return
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
            return
        case ast.Import() | ast.ImportFrom():
            yield from ((each.asname or each.name.partition(".")[0]) for each in statement.names if each.name != "*")
        case ast.Name(ctx=ast.Store()):
            yield statement.id
        case ast.ExceptHandler(name=str(name)):
            yield name
    for child in ast.iter_child_nodes(statement):
        yield from bound_names(child)


def _changed(part: ast.AST) -> Iterator[str]:
    """The names of what a part of a statement changes in place: `TABLE["a"] = 1`, `TABLE.update(b=2)`."""
    match part:
        case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
            yield from _root(part)
        case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
            yield from _root(method)


def _root(expression: ast.expr) -> Iterator[str]:
    while isinstance(expression, (ast.Attribute, ast.Subscript, ast.Call)):
        expression = expression.func if isinstance(expression, ast.Call) else expression.value
    if isinstance(expression, ast.Name):
        yield expression.id


def _is_name(part: ast.AST, name: str) -> bool:
    return isinstance(part, ast.Name) and part.id == name


def names_in(source: str) -> set[str]:
    """The names that a source takes from the module it stands in, and those that it binds there."""
    names = set()
    tables = [symtable.symtable(source, "<export>", "exec")]
    while tables:
        table = tables.pop()
        tables.extend(table.get_children())
        names |= {each.get_name() for each in table.get_symbols() if table.get_type() == "module" or each.is_global()}
    return names
