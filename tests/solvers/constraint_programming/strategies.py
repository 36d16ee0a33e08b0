"""Small schedules at the edges of what is allowed: tasks of no length, fractions of a unit, needs that are decided."""

from hypothesis import strategies as st

from steepest.solvers.formulation import Formulation
from tests.solvers.linearization.strategies import Writer


@st.composite
def schedules(draw: st.DrawFn) -> Formulation:
    """Tasks on machines and crews; few enough whole points to try them all."""
    write = Writer(draw)
    long, crew = (", ".join(write.pick("0", "1", "1", "2", "0.5", "1.5") for _ in range(3)) for _ in range(2))
    start = write.pick("x[t]", "x[t]", "2 * x[t]", "x[t] + y", "0.5 * x[t]", "x[t] + w[t]")
    duration = write.pick("long[t]", "1", "w[t]", "long[t] * y", "0.5 + w[t]", "abs(x[t] - 1)", "max(w[t], long[t])")
    need = write.pick("crew[t]", "w[t]", "crew[t] * y", "1", "1 - w[t]")
    limit = write.pick("2", "1", "1 + y", "1.5", "0", "sum(w[k] for k in T)")
    constraints = [
        f"a: no_overlap({start}, {duration} for t in T)",
        f"b: cumulative({limit}, {start}, {duration}, {need} for t in T)",
        f"c[t in T if t > 1]: implies(w[t] == 1, x[t] >= x[t-1] + {write.pick('1', 'long[t]')})",
        f"d: no_overlap(x[t], {duration} for t in T if long[t] >= 1)",
        f"e: all_different({write.pick('x[t] + w[t]', 'x[t] - 0.5 * w[t]', 'abs(x[t] - 2)')} for t in T)",
        f"f: at_least({write.number(0, 3)}, w[t] for t in T)",
    ]
    kept = draw(st.lists(st.sampled_from(constraints), min_size=1, max_size=3, unique=True))
    goal = write.pick("max(x[t] + long[t] for t in T)", "sum(x[t] - 2 * w[t] for t in T)", "max(x[t] for t in T) - y")
    return Formulation.from_text(f"""
sets:
  T = 1..3
parameters:
  long[T] = [{long}]
  crew[T] = [{crew}]
variables:
  x[T]: integer in 0..{write.pick("2", "3")}
  w[T]: binary
  y: binary
{write.pick("minimize", "minimize", "maximize")}: {goal}
constraints:
  {(chr(10) + "  ").join(kept)}
""")
