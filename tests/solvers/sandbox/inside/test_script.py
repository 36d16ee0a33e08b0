"""The author's process: which model comes of a script, and what is refused in which words."""

import json
import os
import subprocess
import sys
from time import perf_counter

import pytest

from steepest.solvers.backends.array_model import NamedModel
from steepest.solvers.sandbox.flavours import NO_THREADS
from steepest.solvers.sandbox.inside.screening import screen
from tests.solvers.sandbox.inside.authoring import answered, authored, handed_over, refused
from tests.solvers.sandbox.inside.scripts import LINEAR, NONLINEAR, Script


@pytest.mark.parametrize("script", LINEAR, ids=lambda script: script.name)
def test_a_script_comes_to_its_answer(script: Script) -> None:
    _expect(script)


@pytest.mark.parametrize("script", NONLINEAR, ids=lambda script: script.name)
def test_a_nonlinear_script_comes_to_its_answer(script: Script) -> None:
    pytest.importorskip("pyscipopt", reason="nonlinear models need the extra `nonlinear`")
    _expect(script)


def _expect(script: Script) -> None:
    answer = answered(script.source)
    assert (answer.status, answer.problem_class) == (script.status, script.problem_class), answer.message
    if script.objective is not None:
        assert answer.objective == pytest.approx(script.objective, abs=2e-6, rel=1e-5)
    for name, value in script.values:
        assert answer.values[name] == pytest.approx(value)


@pytest.mark.parametrize("script", [*LINEAR, *NONLINEAR], ids=lambda script: script.name)
def test_no_honest_script_is_refused_by_its_text(script: Script) -> None:
    assert screen(script.source) is None


# What is refused

HEAD = "from pyomo.environ import *\nmodel = ConcreteModel()\nmodel.x = Var(bounds=(0, 9))\n"
ABSTRACT = (
    "from pyomo.environ import *\nmodel = AbstractModel()\nmodel.I = Set()\nmodel.p = Param()\n"
    "model.x = Var(model.I)\nmodel.c = Constraint(rule=lambda m: m.x['a'] <= m.p)"
)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1", "leaves no Pyomo model: assign a `ConcreteModel` to the global name `model`"),
        ("from pyomo.environ import *\na = ConcreteModel()\nb = ConcreteModel()", "several models (`a`, `b`)"),
        (HEAD + "model.a = Objective(expr=model.x)\nmodel.b = Objective(expr=-model.x)", "objectives (a, b)"),
        (HEAD + "model.y = Var(domain=[1, 3, 5])", "variable y has the domain {1, 3, 5}, neither an interval"),
        (HEAD + "model.y = Var()\nmodel.y.fix()\nmodel.c = Constraint(expr=model.x * model.y <= 1)", "constraint c"),
        (HEAD + "model.c = Constraint(expr=float('inf') * model.x <= 1)", "constraint c has a coefficient"),
        (HEAD + "model.c = Constraint(expr=ceil(model.x) <= 1)", "constraint c uses `ceil`"),
        (HEAD + "model.c = Constraint(expr=Expr_if(model.x >= 1, model.x, 2) <= 1)", "no solver here takes"),
        (
            HEAD + "from pyomo.mpec import *\nmodel.c = Complementarity(expr=complements(model.x >= 0, 3 >= model.x))",
            "Complementarity c",
        ),
        (
            HEAD + "model.y = Var([1, 2])\nmodel.s = SOSConstraint(var=model.y, sos=1)",
            "special ordered set s has the variable y[1] without finite bounds",
        ),
        (
            HEAD + "from pyomo.dae import *\nmodel.t = ContinuousSet(bounds=(0, 1))\nmodel.y = Var(model.t)\n"
            "model.d = DerivativeVar(model.y, wrt=model.t)",
            "the derivative d is continuous",
        ),
        (ABSTRACT, "the abstract model `model` can't be constructed without data"),
    ],
)
def test_a_model_that_can_not_be_solved_is_refused_with_the_component(source: str, words: str) -> None:
    assert words in refused(source)


@pytest.mark.parametrize(
    ("source", "words", "line"),
    [
        ("a = 1\nb = a / 0", "ZeroDivisionError", 2),
        ("from pyomo.environ import *\nmodel = ConcreteModel(\n", "SyntaxError", 2),
        (HEAD + "def rule(m):\n    return m.q <= 1\nmodel.c = Constraint(rule=rule)", "has no attribute 'q'", 5),
        ("raise KeyboardInterrupt('stop')", "KeyboardInterrupt", 1),
        ("input('how many? ')", "EOFError", 1),
    ],
)
def test_an_exception_of_the_script_names_its_line(source: str, words: str, line: int) -> None:
    failure = authored(source)
    assert isinstance(failure, dict)
    assert words in failure["traceback"]
    assert failure["line"] == line
    assert failure["kind"] == "exception"


def test_a_script_that_fails_after_an_optimal_solve_has_failed() -> None:
    source = HEAD + "model.o = Objective(expr=model.x)\nSolverFactory('glpk').solve(model)\nprint(model.y)"
    assert "line 6" in refused(source)


def test_a_failure_is_sent_in_few_bytes_whatever_it_is_written_in() -> None:
    word = "\U0001f40d" * 5000
    source = f"def f(n):\n    x = '{word}'; raise ExceptionGroup(x, [ValueError(x) for _ in range(99)])\n"
    deep = "".join(f"def f{n}():\n    f{n + 1}(); '{word}'\n" for n in range(30))
    failure = authored(f"{source}{deep}def f30():\n    f(1)\nf0()")
    assert isinstance(failure, dict)
    assert failure["line"] == 2
    assert len(json.dumps(failure, ensure_ascii=False).encode()) < 100 << 10


def test_what_screening_forbids_is_refused_only_when_it_is_asked_for() -> None:
    source = "import subprocess\n" + HEAD
    failure = authored(source, screening=True)
    assert isinstance(failure, dict)
    assert failure["kind"] == "forbidden"
    assert handed_over(source).size == (0, 1, 0)


# What comes along


def test_the_packet_has_the_names_that_pyomo_gives() -> None:
    model = handed_over(
        "from pyomo.environ import *\nmodel = ConcreteModel()\n"
        "model.x = Var(['a b', '1'])\nmodel.y = Var([(1, 'z'), (2, 'ü')])\n"
        "model.c = Constraint([1], rule=lambda m, i: m.y[1, 'z'] <= i)"
    )
    assert isinstance(model, NamedModel)
    assert model.column_names == ("x[a b]", "x['1']", "y[1,z]", "y[2,ü]")
    assert model.row_names == ("c[1]",)


def test_a_hard_solve_within_the_script_does_not_use_up_its_time() -> None:
    source = HEAD + (
        "import random\nrandom.seed(1)\nmodel.b = Var(range(120), within=Binary)\nR = range(40)\n"
        "w = [[random.randint(100, 999) for i in range(120)] for r in R]\n"
        "model.o = Objective(expr=sum((sum(w[r][i] for r in R) + i) * model.b[i] for i in model.b), sense=maximize)\n"
        "model.c = Constraint(R, rule=lambda m, r: sum(w[r][i] * m.b[i] for i in range(120)) <= sum(w[r]) // 3)\n"
        "for _ in range(3):\n    SolverFactory('cbc').solve(model)\nassert False, 'not optimal'\n"
    )
    begin = perf_counter()
    assert handed_over(source, wall_seconds=2.5).problem_class == "MIP"
    assert perf_counter() - begin < 10


def test_a_large_sum_in_a_nonlinear_constraint_is_one_node() -> None:
    model = handed_over(
        "from pyomo.environ import *\nmodel = ConcreteModel()\nmodel.x = Var(range(3000), bounds=(0, 1))\n"
        "model.c = Constraint(expr=sum(model.x[i]**2 for i in range(3000)) <= 1)"
    )
    assert model.size == (1, 3000, 3 * 3000 + 1)


IMPORTS = """
import os, sys
from steepest.solvers.sandbox.flavours import SCRIPTS, load
from steepest.solvers.sandbox.inside.channel import Channel
from tests.solvers.sandbox.inside.scripts import LINEAR, NONLINEAR
load(SCRIPTS)
before, null = set(sys.modules), os.open(os.devnull, os.O_RDWR)
for script in (*LINEAR, *NONLINEAR):
    if os.fork() == 0:
        answers = os.dup(1)
        os.dup2(null, 1), os.dup2(null, 2)
        end, far = os.pipe()
        sys.modules["steepest.solvers.sandbox.inside.script"].run({}, script.source.encode(), Channel(-1, far))
        os.close(far)
        packet = open(end, "rb").read()[1:]
        sys.modules["steepest.solvers.sandbox.inside.solve"].run({"time_limit": 9}, packet, Channel(-1, null))
        late = sorted(set(sys.modules) - before - {"__main__"})
        os.write(answers, f"{script.name}: {late}\\n".encode() if late else b"")
        os._exit(0)
    os.wait()
"""


def test_nothing_that_a_job_needs_is_imported_after_the_fork() -> None:
    """Where a job may open no files, an import after the fork fails."""
    assert ended(IMPORTS) == ""


def ended(program: str) -> str:
    """What a program prints, run by a Python of its own with threads off, as the fork server is."""
    environment = {**os.environ, **NO_THREADS}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=True, timeout=120).stdout


def test_warming_up_leaves_no_threads() -> None:
    program = (
        "import os\nfrom steepest.solvers.sandbox.flavours import SCRIPTS, load\n"
        "load(SCRIPTS)\nprint(len(os.listdir('/proc/self/task')))"
    )
    assert ended(program) == "1\n"
