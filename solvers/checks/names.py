"""Whether every name stands for something and carries as many indices as it takes."""

import re
from collections.abc import Iterator

from steepest.solvers.checks.findings import declared_as, error_at, nearest, shown
from steepest.solvers.checks.scopes import Visit, sites, visits
from steepest.solvers.checks.symbols import Declared, Symbols, title
from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.formulation import Objective
from steepest.solvers.language.expressions import (
    CONSTANTS,
    GLOBAL_CONSTRAINTS,
    Arithmetic,
    Call,
    Generator,
    Index,
    LabelRef,
    Name,
    Negation,
    Reduction,
    SetComprehension,
    Sum,
    walk,
)
from steepest.solvers.language.spelling import spell, spell_label, spell_pattern


def check_names(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add what is wrong with names and their indices."""
    names = _Names(symbols, diagnostics)
    for site in sites(symbols):
        for visit in visits(site, symbols):
            names.check(visit)


class _Names:
    """The names of a formulation, and which findings explain others away."""

    def __init__(self, symbols: Symbols, diagnostics: Diagnostics) -> None:
        self.symbols = symbols
        self.diagnostics = diagnostics
        self.explained: set[int] = set()
        """Nodes, by identity, that a finding about a node above them covers."""

    def check(self, visit: Visit) -> None:
        if id(visit.node) in self.explained:
            return
        match visit.node:
            case Name(name):
                self.check_name(visit, name)
            case Index(name):
                self.check_index(visit, name)
            case LabelRef(value) if visit.position == "source":
                self.unknown_set(visit, value)
            case Sum() | Arithmetic() | Negation() if visit.position == "index":
                self.check_hyphens(visit)

    def is_known(self, visit: Visit, name: str) -> bool:
        return name in visit.scope.names or name in self.symbols.elements or name in CONSTANTS

    # Names alone

    def check_name(self, visit: Visit, name: str) -> None:
        if name in visit.scope.names:
            return
        element = self.symbols.elements.get(name)
        if element is not None and element.index is not None:
            self.without_index(visit, element)
        elif not self.is_known(visit, name):
            self.unknown(visit, name)

    def without_index(self, visit: Visit, element: Declared) -> None:
        if isinstance(visit.parent, Call) and visit.parent.function in GLOBAL_CONSTRAINTS:
            return
        clauses = _example_clauses(element)
        example = f"{element.name}[{', '.join(pattern.strip('()') for pattern, _ in clauses)}]"
        if isinstance(visit.parent, Call) and visit.parent.function in ("sum", "min", "max"):
            loops = " ".join(f"for {pattern} in {source}" for pattern, source in clauses)
            example = f"{visit.parent.function}({example} {loops})"
        error_at(
            visit,
            self.diagnostics,
            "missing-index",
            f"`{element.name}` stands without an index, but it is {declared_as(element)}",
            f"write `{example}`",
        )

    def unknown(self, visit: Visit, name: str) -> None:
        if visit.position == "source":
            self.unknown_set(visit, name)
        elif name in visit.scope.later:
            self.error(
                visit,
                "index-order",
                f"the index `{name}` is used before it is bound",
                f"bind `{name}` in an earlier generator",
            )
        elif name in self.symbols.words.bound:
            self.error(visit, "free-index", f"the index `{name}` is not bound here", self.binding(visit, name))
        else:
            self.error(visit, "unknown-name", f"nothing is called `{name}`", self.suggestion(visit, name))

    def suggestion(self, visit: Visit, name: str) -> str | None:
        known = [*visit.scope.names, *self.symbols.elements, *CONSTANTS]
        if close := nearest(name, known):
            return f"did you mean `{close}`?"
        if label := nearest(name, self.symbols.words.labels):
            return f"did you mean the label {spell_label(label)}? quote it"
        return f"declare `{name}` as a parameter, variable or named expression, or quote it if it is a label"

    def binding(self, visit: Visit, name: str) -> str:
        clause = f"{name} in {dict(_index_sources(self.symbols)).get(name, '...')}"
        if isinstance(visit.site.owner, Objective):
            return f"sum over it: `sum(... for {clause})`"
        return f"add `{clause}` to the head of {visit.site.element}, or `for {clause}` to the sum around it"

    def unknown_set(self, visit: Visit, name: str) -> None:
        follower = self.pattern_follower(visit)
        if follower is not None:
            return self.split_pattern(visit, name, follower)
        sets = [element.name for element in self.symbols.formulation.sets]
        close = nearest(name, sets)
        repair = f"did you mean `{close}`?" if close else f"declare `{name}` under `sets:`"
        self.error(visit, "unknown-set", f"there is no set `{name}`", repair)

    def pattern_follower(self, visit: Visit) -> Generator | None:
        """The `j in A` behind the `i` of a head such as `[i, j in A]`."""
        owner = visit.site.owner
        if not visit.site.is_head or visit.node is not visit.site.expression or isinstance(owner, Objective):
            return None
        generators = iter(owner.index.generators if owner.index is not None else ())
        for generator in generators:
            if generator.source is visit.node:
                break
        return next((each for each in generators if isinstance(each.pattern, str)), None)

    def split_pattern(self, visit: Visit, name: str, follower: Generator) -> None:
        other, source = follower.pattern, shown(follower.source)
        pairs, product = f"({name}, {other}) in {source}", f"{name} in {source}, {other} in {source}"
        repair = f"write `{pairs}` if {source} contains pairs, or `{product}`"
        self.error(visit, "head-pattern", f"in the head, the index `{name}` has no set of its own", repair)

    # Names with indices

    def check_index(self, visit: Visit, name: str) -> None:
        element = self.symbols.elements.get(name)
        if element is None:
            return self.unknown_indexed(visit, name)
        if element.index is None:
            kind = title(element, self.symbols.formulation)
            repair = f"write `{name}`, or give it an index where it is declared"
            return self.error(
                visit, "not-indexed", f"`{shown(visit.node)}`: the {kind} `{name}` takes no index", repair
            )
        self.check_arity(visit, element)

    def unknown_indexed(self, visit: Visit, name: str) -> None:
        if name in visit.scope.names:
            return self.error(visit, "not-indexed", f"`{shown(visit.node)}`: the index `{name}` takes no index itself")
        close = nearest(name, self.symbols.elements)
        repair = f"did you mean `{close}`?" if close else f"declare `{name}`"
        self.error(visit, "unknown-name", f"nothing is called `{name}`, in `{shown(visit.node)}`", repair)

    def check_arity(self, visit: Visit, element: Declared) -> None:
        node = visit.node
        if not isinstance(node, Index):
            return
        widths = [self.symbols.member_width(index, visit.scope.widths) for index in node.indices]
        wanted = self.symbols.arity(element.index)
        if wanted is None or None in widths:
            return
        given = sum(width for width in widths if width is not None)
        if given != wanted:
            message = f"`{shown(node)}` has {_indices(given)}, but `{element.name}` takes {wanted}"
            self.error(visit, "wrong-arity", message, f"it is declared as {declared_as(element)}")

    def check_hyphens(self, visit: Visit) -> None:
        """`make[four-color]` is a subtraction of two names that nobody declared."""
        leaves = [leaf for leaf in walk(visit.node) if isinstance(leaf, Name | LabelRef | Index)]
        unknown = [leaf for leaf in leaves if isinstance(leaf, Name) and not self.is_known(visit, leaf.name)]
        words = [leaf for leaf in leaves if isinstance(leaf, LabelRef)]
        if len(unknown) + len(words) < len(leaves) or not leaves:
            return
        text = _compact(spell(visit.node))
        label = next((each for each in sorted(self.symbols.words.labels) if _compact(each) == text), None)
        free = any(leaf.name in self.symbols.words.bound for leaf in unknown)
        if label is None and (len(unknown) < 2 or len(unknown) < len(leaves) or free):
            return
        self.explained.update(id(each) for each in walk(visit.node))
        written = label or shown(visit.node).replace(" ", "")
        message = f"`{shown(visit.node)}` reads as arithmetic with unknown names, not as a label"
        self.error(visit, "label-needs-quotes", message, f"quote the label: {spell_label(written)}")

    def error(self, visit: Visit, code: str, message: str, repair: str | None = None) -> None:
        error_at(visit, self.diagnostics, code, message, repair)


def _compact(text: str) -> str:
    return re.sub(r'[\s"]', "", text)


def _indices(count: int) -> str:
    return f"{count} index" if count == 1 else f"{count} indices"


def _example_clauses(element: Declared) -> list[tuple[str, str]]:
    """An index name for each generator of a head, and its set, for repairs."""
    found: list[tuple[str, str]] = []
    for generator in element.index.generators if element.index is not None else ():
        source = shown(generator.source)
        invented = source[:1].lower() if source[:1].isalpha() else "i"
        while any(invented == pattern for pattern, _ in found):
            invented += "2"
        found.append((spell_pattern(generator.pattern) if generator.pattern is not None else invented, source))
    return found


def _index_sources(symbols: Symbols) -> Iterator[tuple[str, str]]:
    """Index names with the set that one of them ranges over, for repairs."""
    for site in reversed(list(sites(symbols))):
        for name, index in site.scope.names.items():
            if index.place is None:
                yield name, shown(index.source)
        for visit in visits(site, symbols):
            if isinstance(visit.node, Reduction | SetComprehension):
                for generator in visit.node.generators:
                    if isinstance(generator.pattern, str):
                        yield generator.pattern, shown(generator.source)
