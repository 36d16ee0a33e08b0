"""Small models of the classes beyond linear ones, as texts: quadratic, nonlinear, ratios, ranked, semicontinuous."""

from hypothesis import strategies as st

from steepest.solvers.formulation import Formulation

small = st.integers(-4, 5)


class Drawn:
    """Draws the parts of a model's text over two whole or real variables and a binary one."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def number(self, low: int = -4, high: int = 5) -> int:
        return self.draw(st.integers(low, high))

    def pick(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    @property
    def sense(self) -> str:
        return self.pick("minimize", "maximize")

    def linear(self) -> str:
        return f"{self.number()} * x - {self.number()} * y + {self.number()} * b"

    def curved(self) -> str:
        """A term that has no linear form, or has one only because its variables are whole."""
        return self.pick(
            "x * y",
            "x ** 2",
            "(x - y) ** 3",
            "x * y * b",
            "sqrt(x + 1)",
            "exp(-x / 2)",
            "log(y + 2)",
            "sin(x + y)",
            "cos(x)",
            "1 / (x + y + 5)",
            "x / (y + 3)",
            "sqrt((x - 1) ** 2 + y ** 2)",
            "2 ** x",
            "(y + 2) ** 1.5",
            "abs(x * y - 1)",
            "max(x ** 2, y + b)",
        )

    def constraint(self) -> str:
        """A comparison of any kind."""
        return self.pick(
            f"{self.linear()} {self.pick('<=', '>=')} {self.number()}",
            f"{self.curved()} {self.pick('<=', '>=')} {self.linear()} + {self.number(0, 9)}",
            f"{self.number(-9, 0)} <= {self.curved()} - y <= {self.number(1, 9)}",
            f"norm2(x, y - {self.number(0, 2)}) <= {self.number(1, 4)}",
            f"(x + {self.number(0, 3)}) / (y + 3) {self.pick('<=', '>=')} {self.number(0, 3)} / 2",
        )

    def formulation(self, objective: str, constraints: list[str], domain: str = "integer") -> Formulation:
        rows = "".join(f"  c{number}: {each}\n" for number, each in enumerate(constraints))
        return Formulation.from_text(f"""
variables:
  x: {domain} in {self.number(-1, 0)}..{self.number(2, 3)}
  y: {domain} in {self.number(-1, 1)}..{self.number(2, 4)}
  b: binary
{objective}
constraints:
{rows}""")


@st.composite
def whole_nonlinear_formulations(draw: st.DrawFn) -> Formulation:
    """Functions, powers, products and ratios of whole numbers."""
    write = Drawn(draw)
    constraints = [write.constraint() for _ in range(write.number(1, 3))]
    return write.formulation(f"{write.sense}: {write.curved()} + {write.number()} * {write.curved()}", constraints)


@st.composite
def ratio_formulations(draw: st.DrawFn) -> Formulation:
    """Ratios of linear sums, as the objective and in a constraint."""
    write = Drawn(draw)
    divisor = f"{write.number(0, 3)} * x + {write.number(0, 3)} * y + {write.number(0, 2)} * b + {write.number(4, 9)}"
    ratio = f"({write.linear()} + {write.number()}) / ({divisor})"
    rows = [f"{write.linear()} {write.pick('<=', '>=')} {write.number()}", f"{ratio} >= -{write.number(0, 3)} / 4"]
    return write.formulation(f"{write.sense}: {ratio}", rows)


@st.composite
def ranked_formulations(draw: st.DrawFn) -> Formulation:
    """Two objectives of different rank, linear or not."""
    write = Drawn(draw)
    first, second = write.pick(write.linear(), write.curved()), write.pick(write.linear(), write.curved())
    objectives = f"{write.sense}[1]: {first}\n{write.sense}[2]: {second}"
    return write.formulation(objectives, [f"{write.linear()} {write.pick('<=', '>=')} {write.number()}"])


@st.composite
def convex_formulations(draw: st.DrawFn) -> Formulation:
    """A convex quadratic objective over linear constraints of real numbers."""
    write = Drawn(draw)
    squares = [f"({write.number()} * x + {write.number()} * y - {write.number()} / 2) ** 2" for _ in range(2)]
    objective = f"minimize: {' + '.join(squares)} + {write.number()} * x - {write.number()} * y"
    rows = [f"{write.number()} * x + {write.number()} * y {write.pick('<=', '>=')} {write.number()}" for _ in range(2)]
    text = write.formulation(objective, rows, "real").to_text()
    return Formulation.from_text(text.replace("b: binary", "b: real in 0..1"))


@st.composite
def semicontinuous_pairs(draw: st.DrawFn) -> tuple[Formulation, Formulation]:
    """A model with semicontinuous decisions, and the same with a binary beside each of them."""
    write = Drawn(draw)
    bounds = [(write.number(1, 3), write.number(3, 6)) for _ in range(2)]
    objective = f"{write.sense}: {write.number()} * u - {write.number()} * v + {write.number()} * z"
    rows = [f"{write.number()} * u + {write.number()} * v + z {write.pick('<=', '>=')} {write.number()}"]
    rows.append(f"u - v {write.pick('<=', '>=')} {write.number()}")
    body = "".join(f"  c{number}: {each}\n" for number, each in enumerate(rows))
    names = ("u", "v")
    declared = [f"  {n}: semicontinuous in {low}..{high}\n" for n, (low, high) in zip(names, bounds, strict=True)]
    split = [f"  {n}: real in 0..{high}\n  on_{n}: binary\n" for n, (_, high) in zip(names, bounds, strict=True)]
    links = [
        f"  low_{n}: {n} >= {low} * on_{n}\n  high_{n}: {n} <= {high} * on_{n}\n"
        for n, (low, high) in zip(names, bounds, strict=True)
    ]
    z = "  z: integer in 0..3\n"
    first = f"variables:\n{''.join(declared)}{z}{objective}\nconstraints:\n{body}"
    second = f"variables:\n{''.join(split)}{z}{objective}\nconstraints:\n{body}{''.join(links)}"
    return Formulation.from_text(first), Formulation.from_text(second)
