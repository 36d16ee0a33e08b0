"""What honest code asks for is right under every isolation: the boundary is no use if it is in the way."""

import importlib.util
import textwrap
from typing import Any

import pytest

from steepest.solvers.sandbox import (
    Call,
    Completed,
    Failed,
    FunctionCalls,
    FunctionTiming,
    Isolation,
    PyomoScript,
    Returned,
    Sandbox,
)
from tests.solvers.sandbox.hostile.shooting_range import Range

FUNCTIONS: dict[str, tuple[str, Any]] = {
    "threads of numpy": (
        """
        import numpy as np
        def work():
            matrix = np.arange(250000.0).reshape(500, 500) / 1e5
            return round(float(np.trace(matrix @ matrix.T)), 3), float(np.linalg.det(np.eye(200)))
        """,
        [520830.208, 1.0],
    ),
    "linear algebra": (
        """
        import numpy as np
        def work():
            matrix = np.array([[4.0, 1.0], [1.0, 3.0]])
            return np.linalg.solve(matrix, [1.0, 2.0]).round(6), np.linalg.eigvalsh(matrix).round(6)
        """,
        [[0.090909, 0.636364], [2.381966, 4.618034]],
    ),
    "random numbers of numpy": (
        """
        import numpy as np
        def work():
            return np.random.default_rng(7).integers(0, 100, 3)
        """,
        [94, 62, 68],
    ),
    "a pool of threads": (
        """
        from concurrent.futures import ThreadPoolExecutor
        def work():
            with ThreadPoolExecutor(4) as pool:
                return list(pool.map(lambda n: n * n, range(6)))
        """,
        [0, 1, 4, 9, 16, 25],
    ),
    "dates and zones": (
        """
        from datetime import date, datetime, timedelta
        from zoneinfo import ZoneInfo
        def work():
            noon = datetime(2024, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
            return noon.isoformat(), str(date(2024, 2, 28) + timedelta(2)), noon.strftime("%A")
        """,
        ["2024-07-01T12:00:00+02:00", "2024-03-01", "Monday"],
    ),
    "randomness": (
        """
        import random, secrets, uuid
        def work():
            random.seed(5)
            return random.randrange(1000), len(secrets.token_hex(8)), len(str(uuid.uuid4()))
        """,
        [637, 16, 36],
    ),
    "exact numbers": (
        """
        from decimal import Decimal, getcontext
        from fractions import Fraction
        def work():
            getcontext().prec = 20
            return str(Decimal(1) / 7), str(sum(Fraction(1, n) for n in range(1, 6))), 2**200 % 1000
        """,
        ["0.14285714285714285714", "137/60", 376],
    ),
    "data classes": (
        """
        from dataclasses import asdict, dataclass
        from enum import Enum
        @dataclass(frozen=True)
        class Item:
            name: str
            value: int = 3
        class Colour(Enum):
            RED = 1
        def work():
            return asdict(Item("cake")), Colour(1).name, repr(Item("bread"))
        """,
        [{"name": "cake", "value": 3}, "RED", "Item(name='bread', value=3)"],
    ),
    "text": (
        """
        import collections, itertools, json, re, statistics, string, textwrap
        def work():
            words = re.findall(r"[a-z]+", "The more the merrier, the better".lower())
            return (
                collections.Counter(words).most_common(1),
                json.loads(json.dumps({"a": [1, None, 1.5]})),
                statistics.stdev([1, 2, 3, 4]).__round__(6),
                ["".join(pair) for pair in itertools.combinations(string.ascii_lowercase[:3], 2)],
            )
        """,
        [[["the", 3]], {"a": [1, None, 1.5]}, 1.290994, ["ab", "ac", "bc"]],
    ),
    "dynamic programming": (
        """
        from functools import lru_cache
        def work(values=(60, 100, 120), weights=(10, 20, 30), room=50):
            @lru_cache(maxsize=None)
            def best(item, left):
                if item == len(values):
                    return 0
                taken = values[item] + best(item + 1, left - weights[item]) if weights[item] <= left else 0
                return max(best(item + 1, left), taken)
            return best(0, room)
        """,
        220,
    ),
    "modules of the standard library imported late": (
        """
        def work():
            import calendar, heapq, bisect, fractions, graphlib, colorsys, difflib
            return calendar.isleap(2024), heapq.nsmallest(2, [3, 1, 2]), bisect.bisect([1, 3], 2)
        """,
        [True, [1, 2], 1],
    ),
}
NEEDS_FILES = {
    "dates and zones": "the zones are files",
    "modules of the standard library imported late": "modules are files",
}
OPTIONAL: dict[str, tuple[str, str, Any]] = {
    "tables of pandas": (
        "pandas",
        """
        def work():
            import pandas as pd
            table = pd.DataFrame({"shop": ["a", "b", "a"], "sold": [1, 2, 3]})
            sums = table.groupby("shop").sold.sum()
            return dict(zip(sums.index, map(int, sums))), float(table.sold.describe()["mean"])
        """,
        [{"a": 4, "b": 2}, 2.0],
    ),
    "optimization by scipy": (
        "scipy",
        """
        def work():
            from scipy.optimize import linprog
            return float(linprog([-1, -2], A_ub=[[1, 1]], b_ub=[4]).fun)
        """,
        -8.0,
    ),
}
SCRIPTS: dict[str, tuple[str, float, str]] = {
    "an LP": (
        """
        model = pyo.ConcreteModel()
        model.make = pyo.Var(["bread", "cake"], domain=pyo.NonNegativeReals)
        model.oven = pyo.Constraint(expr=2 * model.make["bread"] + 3 * model.make["cake"] <= 12)
        model.flour = pyo.Constraint(expr=model.make["bread"] + model.make["cake"] <= 5)
        model.profit = pyo.Objective(expr=3 * model.make["bread"] + 4 * model.make["cake"], sense=pyo.maximize)
        """,
        17.0,
        "LP",
    ),
    "a MIP": (
        """
        worth, weight = [60, 100, 120, 35], [10, 20, 30, 8]
        model = pyo.ConcreteModel()
        model.carry = pyo.Var(range(4), domain=pyo.Binary)
        model.room = pyo.Constraint(expr=sum(weight[i] * model.carry[i] for i in range(4)) <= 50)
        model.value = pyo.Objective(expr=sum(worth[i] * model.carry[i] for i in range(4)), sense=pyo.maximize)
        """,
        220.0,
        "MIP",
    ),
    "a QP": (
        """
        model = pyo.ConcreteModel()
        model.x = pyo.Var(range(2))
        model.sum = pyo.Constraint(expr=model.x[0] + model.x[1] == 2)
        model.spread = pyo.Objective(expr=model.x[0] ** 2 + 2 * model.x[1] ** 2)
        """,
        8 / 3,
        "QP",
    ),
    "a script that asks for a solver which is not there": (
        """
        model = pyo.ConcreteModel()
        model.x = pyo.Var(bounds=(0, 7))
        model.most = pyo.Objective(expr=model.x, sense=pyo.maximize)
        solver = pyo.SolverFactory("gurobi")
        results = solver.solve(model, tee=True)
        print(pyo.value(model.most))
        """,
        7.0,
        "LP",
    ),
    "a script that solves and prints": (
        """
        model = pyo.ConcreteModel()
        model.x = pyo.Var(bounds=(0, 7), domain=pyo.Integers)
        model.most = pyo.Objective(expr=2 * model.x, sense=pyo.maximize)
        pyo.SolverFactory("appsi_highs").solve(model)
        print("answer:", pyo.value(model.most))
        """,
        14.0,
        "MIP",
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_honest_functions_return_what_they_do_anywhere(firing: Range, name: str) -> None:
    if firing.isolation is Isolation.SECCOMP and name in NEEDS_FILES:
        pytest.skip(NEEDS_FILES[name])
    source, expected = FUNCTIONS[name]
    assert returned(firing.sandbox, source) == expected


@pytest.mark.parametrize("name", OPTIONAL)
def test_packages_that_are_installed_can_be_used(firing: Range, name: str) -> None:
    package, source, expected = OPTIONAL[name]
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    if firing.isolation is Isolation.SECCOMP:
        pytest.skip("what is not imported beforehand can't be imported without files")
    assert returned(firing.sandbox, source) == expected


@pytest.mark.parametrize("name", SCRIPTS)
def test_honest_scripts_are_solved(firing: Range, name: str) -> None:
    source, optimum, problem_class = SCRIPTS[name]
    outcome = firing.sandbox.run(PyomoScript("import pyomo.environ as pyo\n" + textwrap.dedent(source)))
    assert isinstance(outcome, Completed), outcome
    assert outcome.value.status == "optimal"
    assert outcome.value.objective == pytest.approx(optimum, abs=1e-6)
    assert outcome.value.problem_class == problem_class


def test_what_a_function_prints_is_kept_apart_from_its_result(firing: Range) -> None:
    outcome = firing.sandbox.run(FunctionCalls("def work():\n    print('hello')\n    return 3", "work", [Call()]))
    assert isinstance(outcome, Completed)
    assert outcome.value == (Returned(3),)
    assert outcome.output == "hello\n"


def test_an_honest_function_is_timed(firing: Range) -> None:
    source = "def work(n):\n    return sum(i * i for i in range(n))"
    outcome = firing.sandbox.run(FunctionTiming(source, "work", Call((20_000,)), repeats=5))
    assert not isinstance(outcome, Failed), outcome
    assert outcome.value.value == sum(i * i for i in range(20_000))
    assert outcome.value.estimate > outcome.value.overhead_seconds


def returned(sandbox: Sandbox, source: str) -> object:
    outcome = sandbox.run(FunctionCalls(textwrap.dedent(source), "work", [Call()]))
    assert isinstance(outcome, Completed), outcome
    (result,) = outcome.value
    assert isinstance(result, Returned), result
    return result.value
