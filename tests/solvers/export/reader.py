"""What written mathematics is worth, as somebody reads it who knows the conventions and nothing of who wrote it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.solvers.export.mathematics import (
    COMPARISONS,
    PRIME,
    SCALARS,
    Scope,
    Worth,
    added,
    combined,
    compared,
    joined,
    named,
    number,
    scrambled,
    size,
)


@dataclass(frozen=True)
class Item:
    """A sign, or a form with what is inside it; signs have the names that they have in the language."""

    kind: str
    text: str = ""
    parts: tuple[tuple["Item", ...], ...] = ()


class Reader:
    """Reads a line of items; whatever could be read in two ways fails."""

    def __init__(self, items: Sequence[Item], scope: Scope, at: int = 0) -> None:
        self.items, self.scope, self.at = items, scope, at

    def whole(self) -> Worth:
        found = self.condition()
        assert self.at == len(self.items), f"can't be read from {self.items[self.at]} on"
        return found

    def sign(self, *names: str) -> str:
        """The sign that comes next, if it is one of these."""
        item = self.items[self.at] if self.at < len(self.items) else Item("end")
        if item.kind != "sign" or item.text not in names:
            return ""
        self.at += 1
        return item.text

    def condition(self) -> Worth:
        operands, signs = [self.denied()], []
        while sign := self.sign("and", "or", "implies"):
            signs.append(sign)
            operands.append(self.denied())
        assert len(set(signs)) <= 1, f"no order among {signs}"
        assert signs.count("implies") <= 1, "no order among implications"
        return joined(signs[0], operands) if signs else operands[0]

    def denied(self) -> Worth:
        return not self.factor() if self.sign("not") else self.comparison()

    def comparison(self) -> Worth:
        operands, signs = [self.union()], []
        while sign := self.sign(*COMPARISONS):
            signs.append(sign)
            operands.append(self.union())
        return compared(operands, signs) if signs else operands[0]

    def union(self) -> Worth:
        begin, found = self.at, self.sum()
        is_sum = any(each.text in ("+", "-") and each.kind == "sign" for each in self.items[begin : self.at])
        signs = []
        while sign := self.sign("|", "&"):
            signs.append(sign)
            found = combined(sign, found, self.product())
        assert len({*signs, *(["+"] if is_sum else [])}) <= 1, "no order among unions, intersections and differences"
        return found

    def sum(self) -> Worth:
        found = added(0, self.product(), -1) if self.sign("-") else self.product()
        while sign := self.sign("+", "-"):
            found = added(found, self.product(), 1 if sign == "+" else -1)
        return found

    def product(self) -> Worth:
        found = self.factor()
        while sign := self.sign("*", "thin"):
            pair = self.items[self.at - 2 : self.at]
            assert sign == "*" or not (pair[0].kind == "number" and self.begins_with_digit(self.items[self.at]))
            found = combined("*", found, self.factor())
        return found

    def begins_with_digit(self, item: Item) -> bool:
        """With a number before it, it would read as one number with it."""
        if item.kind == "fraction" and len(item.parts[0]) > 1:
            return False
        inside = item.kind in ("power", "fraction") or (item.kind, item.text) == ("group", "")
        return self.begins_with_digit(item.parts[0][0]) if inside else item.kind == "number"

    def factor(self) -> Worth:
        item = self.items[self.at]
        self.at += 1
        match item:
            case Item("number", text):
                return number(text)
            case Item("name", name):
                return named(name, self.scope)
            case Item("below", parts=((Item("name", name),), indices)):
                digits = indices[0].text if len(indices) == 1 else ""
                known = f"{name}{digits}" in (*SCALARS, *self.scope)
                return named(f"{name}{digits}", self.scope) if known else scrambled(name, self.listed(indices))
            case Item("fraction", parts=(above, below)):
                return combined("/", self.inside(above), self.inside(below))
            case Item("power", parts=(base, exponent)):
                return combined("**", self.base(base), self.inside(exponent))
            case Item("root", parts=(inside,)):
                return scrambled("sqrt", [self.inside(inside)])
            case Item("function", name):
                return scrambled(name, self.arguments())
            case Item("cases", parts=(then, test, otherwise)):
                return self.inside(then) if self.inside(test) else self.inside(otherwise)
            case Item("big", name, (under,)):
                return self.total(under) if name == "sum" else self.reduction(name, under)
        return self.bracketed(item)

    def bracketed(self, item: Item) -> Worth:
        assert item.kind == "group", f"no value begins with {item}"
        [inside] = item.parts
        match item.text:
            case "|":
                return size(self.inside(inside))
            case "norm":
                return scrambled("norm2", self.listed(inside))
            case "{":
                return self.set(inside)
        return self.inside(inside)

    def inside(self, items: Sequence[Item], scope: Scope | None = None) -> Worth:
        return Reader(items, self.scope if scope is None else scope).whole()

    def listed(self, items: Sequence[Item]) -> list[Worth]:
        return [self.inside(each) for each in split(items, ",")]

    def arguments(self) -> list[Worth]:
        item = self.items[self.at]
        self.at += 1
        assert (item.kind, item.text) == ("group", "("), f"{item} in the place of arguments"
        return self.listed(item.parts[0])

    def base(self, items: Sequence[Item]) -> Worth:
        """What an exponent stands on is the sign right before it, or a function with its parentheses."""
        first, *rest = items
        is_applied = first.kind == "function" or (first.kind == "big" and first.text != "sum")
        assert len(rest) == is_applied, f"an exponent of {items}"
        assert first.kind not in ("fraction", "power", "cases"), f"an exponent of a {first.kind}"
        return self.inside(items)

    def set(self, items: Sequence[Item]) -> Worth:
        if not items:
            return frozenset()
        element, *rest = split(items, ":", 1)
        if rest:
            found = [self.inside(element, scope) for scope in self.scopes(split(rest[0], ","), self.scope)]
            return frozenset(found)  # type: ignore[arg-type]
        parts = split(items, ",")
        if (Item("sign", "dots"),) in parts:
            first, _, last = parts
            return frozenset(range(self.inside(first), self.inside(last) + 1))  # type: ignore[arg-type, operator]
        return frozenset(self.inside(each) for each in parts)  # type: ignore[misc]

    def total(self, under: Sequence[Item]) -> int:
        """A sum takes in the product behind it."""
        begin, parts = self.at, split(under, ",")
        indices = {name_of(split(part, "in", 1)[0]): 1 for part in parts}
        extent = Reader(self.items, {**self.scope, **indices}, begin)
        extent.product()
        self.at = extent.at
        scopes = self.scopes(parts, self.scope)
        return sum(Reader(self.items, scope, begin).product() for scope in scopes) % PRIME  # type: ignore[misc]

    def reduction(self, name: str, under: Sequence[Item]) -> int:
        item = self.items[self.at]
        self.at += 1
        assert (item.kind, item.text) == ("group", "("), f"{item} in the place of values"
        scopes = self.scopes(split(under, ","), self.scope)
        return scrambled(name, [self.inside(item.parts[0], scope) for scope in scopes])

    def scopes(self, parts: Sequence[Sequence[Item]], scope: Scope) -> Iterator[Scope]:
        if not parts:
            yield scope
            return
        pattern, rest = split(parts[0], "in", 1)
        source, *condition = split(rest, ":", 1)
        labels = self.inside(source, scope)
        assert isinstance(labels, frozenset)
        for label in sorted(labels):
            inner = {**scope, name_of(pattern): label}
            if not condition or self.inside(condition[0], inner):
                yield from self.scopes(parts[1:], inner)


def name_of(items: Sequence[Item]) -> str:
    """An index name; LaTeX has its digits as an index."""
    return "".join(item.text + "".join(name_of(part) for part in item.parts) for item in items)


def split(items: Sequence[Item], sign: str, most: int = -1) -> list[tuple[Item, ...]]:
    """The items between signs of a kind; thin spaces beside a comma are only there to be looked at."""
    found: list[list[Item]] = [[]]
    for item in items:
        if item == Item("sign", sign) and most != len(found) - 1:
            found.append([])
        elif item != Item("sign", "thin") or found[-1]:
            found[-1].append(item)
    return [tuple(each) for each in found]
