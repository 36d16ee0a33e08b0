"""Whether index names are bound to something that fits them, and to nothing that they hide."""

from steepest.solvers.checks.findings import shown
from steepest.solvers.checks.scopes import Scope, bind, sites, visits
from steepest.solvers.checks.symbols import Symbols, declared_elements, title
from steepest.solvers.diagnostics import Diagnostics, Place, Severity
from steepest.solvers.language.expressions import Generator, Name, Reduction, SetComprehension
from steepest.solvers.language.spelling import spell_label, spell_pattern


def check_generators(symbols: Symbols, diagnostics: Diagnostics) -> None:
    """Add what is wrong with the index names of heads and comprehensions."""
    formulation = symbols.formulation
    for element in [*declared_elements(formulation), *formulation.constraints]:
        if element.index is not None:
            generators = _Generators(symbols, diagnostics, title(element, formulation), element.place)
            generators.check(element.index.generators, Scope())
    for site in sites(symbols):
        for visit in visits(site, symbols):
            if isinstance(visit.node, Reduction | SetComprehension):
                generators = _Generators(symbols, diagnostics, site.element, visit.place)
                generators.check(visit.node.generators, visit.scope)


class _Generators:
    """The generators of one head or comprehension."""

    def __init__(self, symbols: Symbols, diagnostics: Diagnostics, element: str, place: Place | None) -> None:
        self.symbols = symbols
        self.diagnostics = diagnostics
        self.element = element
        self.place = place

    def check(self, generators: tuple[Generator, ...], scope: Scope) -> None:
        for generator in generators:
            self.check_width(generator, scope)
            selecting = self.selecting(generator, scope)
            seen: set[str] = set()
            for name in generator.names:
                if name in scope.names or name in seen:
                    self.rebound(generator, name)
                else:
                    self.check_hiding(generator, name, selecting)
                seen.add(name)
            scope = bind(scope, generator, self.symbols)

    def check_width(self, generator: Generator, scope: Scope) -> None:
        width = self.symbols.width(generator.source, scope.widths)
        if not isinstance(generator.pattern, tuple) or width is None or width == len(generator.pattern):
            return
        source, pattern = shown(generator.source), spell_pattern(generator.pattern)
        elements = "labels alone" if width == 1 else f"tuples of {width} labels"
        repair = None
        if width == 1:
            repair = "write " + ", ".join(f"`{name} in {source}`" for name in generator.pattern)
        self.add("error", "wrong-arity", f"`{pattern} in {source}`: the elements of {source} are {elements}", repair)

    def rebound(self, generator: Generator, name: str) -> None:
        source, other = shown(generator.source), f"{name}2"
        if isinstance(generator.pattern, tuple):
            pattern = spell_pattern(tuple(other if each == name else each for each in generator.pattern))
            repair = f"for those elements that have this `{name}` write `{pattern} in {source} if {other} == {name}`"
        else:
            repair = f"give it another name, such as `{other}`"
        spelled = spell_pattern(generator.pattern or "")
        self.add("error", "index-rebound", f"`{spelled} in {source}` binds `{name}`, which is in use already", repair)

    def check_hiding(self, generator: Generator, name: str, selecting: frozenset[str]) -> None:
        source, spelled = shown(generator.source), spell_pattern(generator.pattern or "")
        element = self.symbols.elements.get(name)
        if name in selecting and isinstance(generator.pattern, tuple):
            other = f"{name}2"
            pattern = spell_pattern(tuple(other if each == name else each for each in generator.pattern))
            meant = name if element is not None else spell_label(name)
            self.add(
                "error",
                "index-is-label",
                f"`{spelled} in {source}` binds a new index `{name}`; it does not select the elements with {meant}",
                f"to select them write `{pattern} in {source} if {other} == {meant}`; otherwise rename the index",
            )
        elif element is not None:
            hidden = title(element, self.symbols.formulation)
            repair = f"give the index another name, such as `{name[:1].lower()}2`"
            self.add(
                "warning", "index-shadows", f"the index `{name}` of `{spelled} in {source}` hides {hidden}", repair
            )

    def selecting(self, generator: Generator, scope: Scope) -> frozenset[str]:
        """The names of a tuple that are labels at their place, where others of the same tuple are not.

        `for (source, j) in Line` with a label `source` was meant as a filter; `(s, t)` where both are labels was not.
        """
        known = self.symbols.known_set(generator.source, scope.names)
        if known is None or not isinstance(generator.pattern, tuple):
            return frozenset()
        labels = ((name, self.symbols.constant(Name(name)) or name) for name in generator.pattern)
        found = frozenset(name for place, (name, label) in enumerate(labels) if label in known.column(place))
        return found if len(found) < len(generator.pattern) else frozenset()

    def add(self, severity: Severity, code: str, message: str, repair: str | None) -> None:
        self.diagnostics.add(severity, code, message, element=self.element, place=self.place, repair=repair)
