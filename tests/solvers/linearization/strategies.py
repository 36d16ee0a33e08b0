"""Small models of the classes that exact linearization takes, as texts: each has few whole points to try."""

import re

from hypothesis import strategies as st

from steepest.solvers.formulation import Formulation

HEAD = """
sets:
  T = 1..2
parameters:
  worth[T] = {{1: {a}, 2: {b}}}
variables:
  x[T]: {domain} in {low}..{high}
  y[T]: binary
  s: integer in -1..1
let:
  spread = max(x[t] for t in T) - min(x[t] for t in T)
  bill[t in T] = worth[t] * x[t] - s
{objective}
"""


class Writer:
    """Draws the parts of a model's text."""

    def __init__(self, draw: st.DrawFn, domain: str = "integer") -> None:
        self.draw = draw
        self.domain = domain

    def pick(self, *choices: str) -> str:
        """One of several texts."""
        return self.draw(st.sampled_from(choices))

    def number(self, low: int = -4, high: int = 5) -> int:
        """A small whole number."""
        return self.draw(st.integers(low, high))

    def term(self, index: str) -> str:
        """A linear term at an index."""
        return self.pick(
            f"x[{index}]",
            f"worth[{index}] * x[{index}]",
            f"({self.number()} * x[{index}] - s)",
            f"(x[{index}] - worth[{index}] * y[{index}])",
            "s",
            f"bill[{index}]",
            f"0.5 * x[{index}]",
        )

    def bent(self, index: str) -> str:
        """A term that needs linearization."""
        one, two = self.term(index), self.term(index)
        return self.pick(
            f"abs({one} - {self.number()})",
            f"max({one}, {two}, {self.number()})",
            f"min({one}, {two})",
            f"abs(min({one}, 1) - max({two}, s))",
            f"y[{index}] * {one}",
            f"x[{index}] * s",
            f"x[{index}]**2" if self.domain == "integer" else f"x[{index}] * s**2",
            f"s**3 * y[{index}]",
            f"y[{index}] * y[1] * {one}",
            f"max({one} * y[{index}] - m for m in T)",
            "spread",
            f"(abs({one}) if worth[{index}] > 0 else {two})",
        )

    def total(self) -> str:
        """A sum of terms, some of which need linearization."""
        parts = [f"sum({self.pick(self.bent('k'), self.term('k'))} for k in T)", self.bent("2"), self.term("1")]
        kept = self.draw(st.lists(st.sampled_from(parts), min_size=1, max_size=2, unique=True))
        return " - ".join(kept) if self.draw(st.booleans()) else " + ".join(kept)

    def comparison(self, index: str) -> str:
        """A comparison between a term and a number, strict ones among them."""
        sign = self.pick("<=", ">=", "==", "!=", "<", ">")
        return self.pick(
            f"{self.term(index)} {sign} {self.number()}",
            f"{self.term(index)} {sign} {self.term(index)}",
            f"y[{index}] {self.pick('==', '>=', '<=', '!=')} {self.pick('0', '1')}",
            f"{self.bent(index)} {sign} {self.number()}",
            f"0 <= {self.term(index)} <= {self.number()}",
            f"worth[{index}] {sign} {self.number()}",
            f"y[{index}]",
        )

    def condition(self, index: str, depth: int = 2) -> str:
        """A condition, of conditions while there is depth left."""
        if depth == 0:
            return self.comparison(index)
        one, two = (f"({self.condition(index, depth - 1)})" for _ in range(2))
        return self.pick(
            self.comparison(index),
            f"not {one}",
            f"{one} and {two}",
            f"{one} or {two}",
            f"implies({one}, {two})",
            f"either({one}, {two}, y[{index}] == 1)",
            f"exactly({self.number(0, 3)}, {one}, {two}, y[{index}] == 1)",
            f"at_least({self.number(0, 3)}, {one}, {two})",
            f"at_most({self.number(0, 2)}, {one}, {two}, {self.comparison(index)})",
            f"exactly({self.number(0, 3)}, {self.comparison('k')} for k in T)",
            f"at_most({self.number(0, 2)}, {self.comparison('k')} for k in T if k != {index})",
            f"either({self.comparison('k')} for k in T if worth[k] > 0)",
        )

    def formulation(self, *constraints: str) -> Formulation:
        """A model with the given constraints."""
        bodies = [re.fullmatch(r"(\w+)(?:\[(.*?)\])?: (.*)", each, re.DOTALL) for each in constraints]
        read = Formulation.from_text(
            HEAD.format(
                domain=self.domain,
                a=self.number(),
                b=self.number(),
                low=self.pick("0", "-1"),
                high=self.pick("1", "1", "2"),
                objective=f"{self.pick('minimize', 'maximize')}: {self.total()}",
            )
        )
        # not through the text, which refuses a strict comparison in what has to hold
        return Formulation.model_validate(
            read.model_dump(mode="json", exclude={"constraints"})
            | {"constraints": [{"name": each[1], "index": each[2], "body": each[3]} for each in bodies if each]}
        )


@st.composite
def bent_formulations(draw: st.DrawFn) -> Formulation:
    """abs, min, max, products and powers in objective and constraints."""
    write = Writer(draw)
    return write.formulation(
        f"a: {write.total()} {write.pick('<=', '>=', '==')} {write.number()}",
        f"b[t in T]: {write.bent('t')} {write.pick('<=', '>=')} {write.term('t')} + {write.number(0, 9)}",
        f"c: {write.number() - 6} <= {write.bent('1')} <= {write.number() + 8}",
    )


@st.composite
def logical_formulations(draw: st.DrawFn) -> Formulation:
    """Conditions of conditions as constraints."""
    write = Writer(draw)
    head, ends = write.pick("implies({}, {})", "either({}, {})"), [write.condition("t", 1) for _ in range(2)]
    wide = f"not ({write.condition('2')})"
    return write.formulation(
        f"a[t in T]: {head.format(*ends)}",
        f"b: {wide}",
        f"c[t in T]: at_least({write.number(0, 2)}, {write.comparison('t')}, {write.comparison('t')})",
    )


@st.composite
def real_formulations(draw: st.DrawFn) -> Formulation:
    """As both of the above, with real values among the variables."""
    write = Writer(draw, "real")
    return write.formulation(
        f"a: {write.total()} {write.pick('<=', '>=')} {write.number()}",
        f"b[t in T]: implies({write.condition('t', 1)}, {write.comparison('t')})",
        f"c: {write.number() - 6} <= {write.bent('1')} <= {write.number() + 8}",
    )


@st.composite
def global_formulations(draw: st.DrawFn) -> Formulation:
    """Global constraints and piecewise linear functions over whole numbers."""
    write = Writer(draw)
    duration = f"{{1: {write.number(0, 3)}, 2: {write.number(1, 2)}, 3: {write.number(1, 2)}}}"
    need = f"{{1: {write.number(0, 2)}, 2: {write.number(1, 2)}, 3: {write.number(0, 3)}}}"
    corners = ", ".join(f"({x}, {write.number()})" for x in (-1, 0, 1, 3))
    high = write.pick("2", "3")
    level = f"(at[k], level[k]) for k in K if k != {write.pick('1', '2', '3')}"
    constraints = [
        f"a: all_different({write.pick('x[t]', 'x[t] + t', '2 * x[t] - t', 't - x[t]')} for t in T)",
        f"b: no_overlap(x[t], {write.pick('long[t]', '1', 'long[t] * y')} for t in T)",
        f"c: cumulative({write.pick('3', '2', '2 + y')}, x[t], {write.pick('long[t]', '2')}, need[t] for t in T)",
        f"d[t in T]: piecewise(x[t], {corners}) {write.pick('<=', '>=', '==')} {write.number()}",
        f"e: all_different(x[1], x[2] {write.pick('+ 1', '- y', '')}, {write.pick('x[3]', '2', 'x[1] + y')})",
        f"f: sum(x[t] for t in T) {write.pick('<=', '>=')} {write.number(0, 7)}",
        f"g: piecewise(x[1] - y, {level}) <= x[2] + {write.number(0, 3)}",
    ]
    kept = draw(st.lists(st.sampled_from(constraints), min_size=1, max_size=3, unique=True))
    levels = ", ".join(f"{k}: {write.number()}" for k in range(1, 5))
    objective = (
        f"sum({write.number()} * x[t] for t in T) + {write.pick('y', f'piecewise(x[2], {corners})', 'x[1] * y')}"
    )
    return Formulation.from_text(f"""
sets:
  T = 1..3
  K = 1..4
parameters:
  long[T] = {duration}
  need[T] = {need}
  at[K] = [-2, 0, 2, 9]
  level[K] = {{{levels}}}
variables:
  x[T]: integer in 0..{high}
  y: binary
{write.pick("minimize", "maximize")}: {objective}
constraints:
  {(chr(10) + "  ").join(kept)}
""")


@st.composite
def circuits(draw: st.DrawFn) -> Formulation:
    """One circuit through the nodes of a small graph, perhaps one for each of two days."""
    write = Writer(draw)
    arcs = [(i, j) for i in range(1, 5) for j in range(1, 5) if i != j or draw(st.booleans())]
    kept = draw(st.lists(st.sampled_from(arcs), min_size=4, max_size=9, unique=True))
    return Formulation.from_text(f"""
sets:
  Arc = {{{", ".join(map(str, kept))}}}
parameters:
  far[(i, j) in Arc] = {write.pick("i * j", "abs(i - 2 * j)", "i - j")}
variables:
  go[Arc]: binary
{write.pick("minimize", "maximize")}: sum(far[i, j] * go[i, j] for (i, j) in Arc)
constraints:
  tour: circuit(go[i, j] for (i, j) in Arc{write.pick("", " if i + j > 3")})
""")
