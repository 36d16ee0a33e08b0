"""What LaTeX draws of an expression, form by form."""

import re
from collections.abc import Iterator

from steepest.solvers.export.latex import to_latex
from steepest.solvers.formulation import Formulation, Objective, Parameter
from steepest.solvers.language.expressions import Expression
from tests.solvers.export.mathematics import SCALARS
from tests.solvers.export.reader import Item

_TOKEN = re.compile(
    r"\s*(\\(?:left|right)(?:\\\||.)|\\(?:begin|end)\{cases\}|\\(?:text|textit|mathit|operatorname)\{(?:\\.|[^{}])*\}"
    r"|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|.)"
)
_SIGNS = {
    r"\le": "<=", r"\ge": ">=", "=": "==", r"\ne": "!=", "<": "<", ">": ">", r"\in": "in", r"\notin": "not in",
    r"\cup": "|", r"\cap": "&", "+": "+", "-": "-", r"\land": "and", r"\lor": "or", r"\implies": "implies", ":": ":",
    ",": ",", r"\,": "thin", r"\cdot": "*", r"\lnot": "not", r"\dots": "dots",
}  # fmt: skip
_CLOSING = {r"\left(": (r"\right)", "("), r"\left|": (r"\right|", "|"), r"\left\|": (r"\right\|", "norm"),
            r"\{": (r"\}", "{"), "(": (")", "("), "{": ("}", "")}  # fmt: skip


def drawn(expression: Expression) -> tuple[Item, ...]:
    """The items of an expression."""
    return tuple(_items(iter([*_TOKEN.findall(written(expression)), ""]), "")[0])


def written(expression: Expression) -> str:
    """The expression as an objective's row has it."""
    scalars = [Parameter(name=name, value=1) for name in SCALARS if name != "pi"]
    objective = Objective(sense="minimize", expression=expression)
    text = to_latex(Formulation(parameters=scalars, objectives=[objective]))
    return text.splitlines()[1].removeprefix("\\min\\quad & ")


def _items(tokens: Iterator[str], *ends: str) -> tuple[list[Item], str]:
    """The items up to one of the ends, and which one it is."""
    found: list[Item] = []
    for token in tokens:
        if token in ends:
            return found, token
        if token in ("_", "^"):
            base = found.pop()
            found.append(_scripted(base, token, _script(tokens)))
        else:
            found.append(_item(token, tokens))
    raise AssertionError(f"no end such as {ends}")


def _script(tokens: Iterator[str]) -> tuple[Item, ...]:
    token = next(tokens)
    return tuple(_items(tokens, "}")[0]) if token == "{" else (_item(token, tokens),)


def _scripted(base: Item, token: str, script: tuple[Item, ...]) -> Item:
    if base.text == "norm":
        assert script == (Item("number", "2"),)
        return base
    if token == "_" and base.kind == "function":
        return Item("big", base.text, (script,))
    # Braces around a base are there to be a base of several signs.
    inside = base.parts[0] if (base.kind, base.text) == ("group", "") else (base,)
    return Item("below" if token == "_" else "power", "", (inside, script))


def _item(token: str, tokens: Iterator[str]) -> Item:
    if token in _CLOSING:
        end, kind = _CLOSING[token]
        return Item("group", kind, (tuple(_items(tokens, end)[0]),))
    if token in _SIGNS:
        return Item("sign", _SIGNS[token])
    if token == r"\begin{cases}":
        return _cases(tokens)
    if token == r"\frac":
        return Item("fraction", "", (_script(tokens), _script(tokens)))
    if token == r"\sqrt":
        return Item("root", "", (_script(tokens),))
    command, _, inside = token.partition("{")
    if command in (r"\mathit", r"\textit"):
        return Item("name", re.sub(r"\\(.)", r"\1", inside[:-1]))
    if token[0] == "\\" and token != r"\pi":
        return Item("function", inside[:-1] if command == r"\operatorname" else token[1:])
    return Item("number" if token[0].isdecimal() else "name", token.removeprefix("\\"))


def _cases(tokens: Iterator[str]) -> Item:
    then, _ = _items(tokens, "&")
    assert next(tokens) == r"\text{if }"
    test, _ = _items(tokens, "\\\\")
    otherwise, _ = _items(tokens, "&")
    assert (next(tokens), next(tokens)) == (r"\text{otherwise}", r"\end{cases}")
    return Item("cases", "", (tuple(then), tuple(test), tuple(otherwise)))
