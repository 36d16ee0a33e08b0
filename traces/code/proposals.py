"""Whether proposed source can take a function's place: it parses, defines that function, and runs nothing by itself.

What it may import and call is judged by whatever runs it; here stand the rules that its place in the program makes.
The words of a refusal are for the model that wrote the source: line, reason, what to write instead.
"""

import ast
import builtins
import symtable
from collections.abc import Iterator
from dataclasses import dataclass

from steepest.traces.code.sources import Definition
from steepest.traces.parameters import RejectedValueError
from steepest.traces.previews import cut

_FENCES = ("```", "~~~")
_BESIDE: tuple[type[ast.stmt], ...] = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AnnAssign,
    *((ast.TypeAlias,) if hasattr(ast, "TypeAlias") else ()),
)
"""What may stand beside the function."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Shape:
    """What callers rely on of a function."""

    name: str
    parameters: tuple[str, ...]
    """As in a signature, a default as `=...`: `("a", "/", "b=...", "*", "c")`."""
    is_async: bool
    is_generator: bool

    @property
    def positional(self) -> tuple[str, ...]:
        """Names of the parameters that arguments without a name go to."""
        ends = [place for place, each in enumerate(self.parameters) if each.startswith("*")]
        before = self.parameters[: ends[0]] if ends else self.parameters
        return tuple(each.removesuffix("=...") for each in before if each != "/")

    @property
    def positional_only(self) -> tuple[str, ...]:
        """Of them the names that no argument can be given by."""
        return self.positional[: self.parameters.index("/")] if "/" in self.parameters else ()

    def __str__(self) -> str:
        head = "async def" if self.is_async else "def"
        return f"{head} {self.name}({', '.join(self.parameters)})"


def shape_of(definition: Definition) -> Shape:
    """The shape of a function."""
    is_async = isinstance(definition, ast.AsyncFunctionDef)
    return Shape(definition.name, tuple(_parameters(definition.args)), is_async, _yields(definition))


def checked(proposal: object, wanted: Shape) -> tuple[str, ast.Module]:
    """Source that can take the place of a function, and its tree.

    Args:
        proposal: What was proposed.
        wanted: The shape of the function.

    Raises:
        RejectedValueError: It can't; the message says which line, why, and what to write.
    """
    if not isinstance(proposal, str):
        raise RejectedValueError(f"the code of {wanted.name} is a text, not a {type(proposal).__name__}")
    source = str(proposal).replace("\r\n", "\n").strip("\n").rstrip()
    if source.lstrip().startswith(_FENCES):
        raise RejectedValueError("line 1: the code stands inside of ``` fences: give the code alone, without them")
    tree = _parsed(source, wanted)
    _require_nothing_runs(tree, source, wanted)
    definition = _the_definition(tree, source, wanted)
    if definition.decorator_list:
        line = definition.decorator_list[0].lineno
        raise refusal(f"{wanted.name} is decorated where it is used: leave the decorators off", source, line)
    _require_shape(definition, source, wanted)
    return source, tree


def refusal(words: str, source: str, line: int | None) -> RejectedValueError:
    """The error for a line of proposed source."""
    lines = source.split("\n")
    if line is None or not 0 < line <= len(lines):
        return RejectedValueError(words)
    return RejectedValueError(f"line {line}: {words}\n    {cut(lines[line - 1].strip(), 200)}")


def undefined_names(source: str) -> dict[str, int]:
    """The names that a source uses, and neither defines nor finds in Python, each with the line of its first use.

    Raises:
        RejectedValueError: It does not compile.
    """
    try:
        compile(source, "<proposal>", "exec", dont_inherit=True)
        table = symtable.symtable(source, "<proposal>", "exec")
    except (SyntaxError, RecursionError, MemoryError) as error:
        if not isinstance(error, SyntaxError):
            raise RejectedValueError("the code is nested too deeply: take it apart") from error
        raise _syntax_refusal(error, source) from error
    own = {each.get_name() for each in table.get_symbols() if _is_bound(each)}
    own |= {each.get_name() for scope in _inner(table) for each in scope.get_symbols() if _is_written_globally(each)}
    used = {each.get_name() for each in table.get_symbols()}
    used |= {each.get_name() for scope in _inner(table) for each in scope.get_symbols() if each.is_global()}
    unknown = {name for name in used - own if not hasattr(builtins, name) and not _is_dunder(name)}
    return {name: _first_use(name, source) for name in sorted(unknown)}


def unread_parameters(tree: ast.Module, name: str) -> frozenset[str]:
    """The parameters of a function that its code does not read, so that it does not matter what they are."""
    definition = next(each for each in tree.body if isinstance(each, Definition) and each.name == name)
    body = [part for statement in definition.body for part in ast.walk(statement)]
    read = {part.id for part in body if isinstance(part, ast.Name)}
    if read & {"super", "locals", "vars", "dir"}:
        return frozenset()
    arguments = definition.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    return frozenset(each.arg for each in every) - read


def _parsed(source: str, wanted: Shape) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise _syntax_refusal(error, source) from error
    except (RecursionError, MemoryError) as error:
        raise RejectedValueError(f"the code of {wanted.name} is nested too deeply: take it apart") from error
    except ValueError as error:  # a null character, half of a surrogate pair
        raise RejectedValueError(f"the code of {wanted.name} is not a text of Python: {error}") from error


def _syntax_refusal(error: SyntaxError, source: str) -> RejectedValueError:
    return refusal(f"it is no Python, SyntaxError: {error.msg}", source, error.lineno)


def _require_nothing_runs(tree: ast.Module, source: str, wanted: Shape) -> None:
    """Beside the function there are only definitions."""
    for each in tree.body:
        is_text = isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
        if not isinstance(each, _BESIDE) and not is_text:
            raise refusal(
                f"this would run when the code is loaded: beside {wanted.name} there may be imports, constants, helper "
                "functions and classes, and nothing else",
                source,
                each.lineno,
            )
        if isinstance(each, ast.ImportFrom) and any(name.name == "*" for name in each.names):
            raise refusal("import the names that are used instead of `*`", source, each.lineno)


def _the_definition(tree: ast.Module, source: str, wanted: Shape) -> Definition:
    found = [each for each in tree.body if isinstance(each, Definition)]
    named = [each for each in found if each.name == wanted.name]
    if len(named) > 1:
        raise refusal(f"{wanted.name} is defined twice: keep one of them", source, named[1].lineno)
    if named:
        return named[0]
    if not found:
        raise RejectedValueError(f"the code defines no function: it has to define `{wanted}`")
    names = ", ".join(each.name for each in found)
    words = f"the function has to keep its name, {wanted.name}: the code defines {names} and no {wanted.name}"
    raise refusal(words, source, found[0].lineno)


def _require_shape(definition: Definition, source: str, wanted: Shape) -> None:
    shape = shape_of(definition)
    if (shape.parameters, shape.is_async) != (wanted.parameters, wanted.is_async):
        raise refusal(
            f"callers rely on the signature: it has to stay `{wanted}`, and is `{shape}`", source, definition.lineno
        )
    if wanted.is_generator != shape.is_generator:
        words = "has to yield its results" if wanted.is_generator else "has to return its result and not to yield"
        raise refusal(f"{wanted.name} {words}: its callers rely on that", source, definition.lineno)


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    positional = [*arguments.posonlyargs, *arguments.args]
    without_default = len(positional) - len(arguments.defaults)
    for place, each in enumerate(positional):
        yield each.arg if place < without_default else f"{each.arg}=..."
        if place == len(arguments.posonlyargs) - 1:
            yield "/"
    if arguments.vararg is not None:
        yield f"*{arguments.vararg.arg}"
    elif arguments.kwonlyargs:
        yield "*"
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield each.arg if default is None else f"{each.arg}=..."
    if arguments.kwarg is not None:
        yield f"**{arguments.kwarg.arg}"


def _yields(definition: Definition) -> bool:
    """Whether a function is a generator; functions inside of it are their own matter."""
    parts: list[ast.AST] = list(definition.body)
    while parts:
        part = parts.pop()
        if isinstance(part, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(part, _SCOPES):
            parts.extend(ast.iter_child_nodes(part))
    return False


def _inner(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _inner(child)


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _is_written_globally(symbol: symtable.Symbol) -> bool:
    return symbol.is_declared_global() and symbol.is_assigned()


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _first_use(name: str, source: str) -> int:
    uses = [each.lineno for each in ast.walk(ast.parse(source)) if isinstance(each, ast.Name) and each.id == name]
    return min(uses, default=1)
