"""Small models as plain data: written as text, transformed, mutated, and read off point by point."""

import itertools
from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import strategies as st

from steepest.solvers.formulation import Formulation

Coefficients = tuple[int, ...]


@dataclass(frozen=True)
class Row:
    coefficients: Coefficients
    sign: str
    limit: Fraction

    def holds(self, point: tuple[int, ...]) -> bool:
        total = sum(a * x for a, x in zip(self.coefficients, point, strict=True))
        return {"<=": total <= self.limit, ">=": total >= self.limit, "==": total == self.limit}[self.sign]


@dataclass(frozen=True)
class SmallModel:
    sense: str
    cost: Coefficients
    bounds: tuple[tuple[int, int], ...]
    rows: tuple[Row, ...]
    domain: str = "integer"
    names: tuple[str, ...] = ("x", "y", "z")

    def points(self) -> list[tuple[int, ...]]:
        """The whole points that it allows."""
        box = itertools.product(*(range(low, high + 1) for low, high in self.bounds))
        return [point for point in box if all(row.holds(point) for row in self.rows)]

    def best(self) -> int | None:
        return {"minimize": min, "maximize": max}[self.sense](
            (self.value(each) for each in self.points()), default=None
        )

    def optimal_points(self) -> list[tuple[int, ...]]:
        return [point for point in self.points() if self.value(point) == self.best()]

    def value(self, point: tuple[int, ...]) -> int:
        return sum(c * x for c, x in zip(self.cost, point, strict=True))

    def text(self, further_variables: str = "", further_rows: str = "") -> str:
        variables = [f"  {name}: {self.domain} in {low}..{high}" for name, (low, high) in self.named_bounds()]
        rows = [f"  r{number}: {self.written(row)}" for number, row in enumerate(self.rows)]
        return (
            "variables:\n" + "\n".join(variables) + further_variables + f"\n{self.sense}: {self.terms(self.cost)}\n"
            "constraints:\n" + "\n".join(rows) + further_rows + "\n"
        )

    def named_bounds(self) -> list[tuple[str, tuple[int, int]]]:
        return list(zip(self.names, self.bounds, strict=True))

    def written(self, row: Row) -> str:
        return f"{self.terms(row.coefficients)} {row.sign} {row.limit.numerator} / {row.limit.denominator}"

    def terms(self, coefficients: Coefficients) -> str:
        return " + ".join(f"({a}) * {name}" for a, name in zip(coefficients, self.names, strict=True))

    def formulation(self) -> Formulation:
        return Formulation.from_text(self.text())

    def scaled(self, factors: tuple[int, ...]) -> "SmallModel":
        """Every row multiplied by a number, turned round by a negative one."""
        turned = {"<=": ">=", ">=": "<=", "==": "=="}
        rows = [
            Row(tuple(f * a for a in row.coefficients), row.sign if f > 0 else turned[row.sign], f * row.limit)
            for row, f in zip(self.rows, factors, strict=True)
        ]
        return replace(self, rows=tuple(rows))

    def with_slacks(self) -> Formulation:
        """Every inequality as an equation with a slack."""
        variables, rows = "", []
        for number, row in enumerate(self.rows):
            sign = {"<=": " + ", ">=": " - "}.get(row.sign)
            variables += f"\n  slack{number}: real >= 0" if sign else ""
            left = self.terms(row.coefficients) + (f"{sign}slack{number}" if sign else "")
            rows.append(f"\n  s{number}: {left} == {row.limit.numerator} / {row.limit.denominator}")
        return Formulation.from_text(replace(self, rows=()).text(variables, "".join(rows)))

    def with_epigraph(self) -> Formulation:
        """The objective as a variable of its own."""
        sign = ">=" if self.sense == "minimize" else "<="
        text = self.text("\n  best: real", f"\n  epigraph: best {sign} {self.terms(self.cost)}")
        return Formulation.from_text(text.replace(f"{self.sense}: {self.terms(self.cost)}", f"{self.sense}: best"))


whole = st.integers(-4, 4)
rows = st.builds(
    Row,
    st.tuples(whole, whole, whole),
    st.sampled_from(["<=", "<=", ">=", "=="]),
    st.integers(-12, 12).map(Fraction) | st.integers(-12, 12).map(lambda value: Fraction(value, 2)),
)
bounds = st.tuples(st.integers(-2, 1), st.integers(1, 3))
small_models = st.builds(
    SmallModel,
    sense=st.sampled_from(["minimize", "maximize"]),
    cost=st.tuples(whole, whole, whole),
    bounds=st.tuples(bounds, bounds, bounds),
    rows=st.lists(rows, max_size=3).map(tuple),
)


@st.composite
def mutants(draw: st.DrawFn, model: SmallModel) -> SmallModel:
    """A model that differs from another in one thing, which may or may not change its points."""
    kinds = ["bound", "cost", "sense", "add", *(["limit", "drop", "sign", "coefficient"] if model.rows else [])]
    kind = draw(st.sampled_from(kinds))
    number = draw(st.integers(0, max(0, len(model.rows) - 1)))
    place = draw(st.integers(0, 2))
    by = draw(st.sampled_from([-2, -1, 1, 2]))
    if kind == "bound":
        low, high = model.bounds[place]
        changed = (low, high + abs(by)) if draw(st.booleans()) else (low - abs(by), high)
        return replace(model, bounds=_with(model.bounds, place, changed))
    if kind == "cost":
        return replace(model, cost=_with(model.cost, place, model.cost[place] + by))
    if kind == "sense":
        return replace(model, sense="minimize" if model.sense == "maximize" else "maximize")
    if kind == "add":
        return replace(model, rows=(*model.rows, draw(rows)))
    if kind == "drop":
        return replace(model, rows=model.rows[:number] + model.rows[number + 1 :])
    row = model.rows[number]
    changed_row = {
        "limit": replace(row, limit=row.limit + Fraction(by, 2)),
        "sign": replace(row, sign={"<=": ">=", ">=": "==", "==": "<="}[row.sign]),
        "coefficient": replace(row, coefficients=_with(row.coefficients, place, row.coefficients[place] + by)),
    }[kind]
    return replace(model, rows=_with(model.rows, number, changed_row))


def _with(items: tuple, place: int, item: object) -> tuple:  # type: ignore[type-arg]
    return (*items[:place], item, *items[place + 1 :])
