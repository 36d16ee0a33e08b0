import ast
import math
import re
import subprocess
import sys
from pathlib import Path

import highspy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steepest.solvers.backends.pyomo_solve import solve_with_pyomo
from steepest.solvers.data.binding import bind
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.export.faces import to_latex, to_lp, to_pyomo_script
from steepest.solvers.formulation import Formulation

HOSTILE = '"); import os; os.system("touch owned") #'

LOTS = {
    "title": 'Lots """ of \\ quotes',
    "sets": [
        {"name": "Month", "members": "{Jan, Feb, Mar}"},
        {"name": "Plant", "members": "1..2"},
        {"name": "Slot", "members": "{(p, t) for p in Plant for t in Month if rate[p] > 1 or t != Jan}"},
    ],
    "parameters": [
        {
            "name": "demand",
            "index": "Month",
            "unit": "t",
            "values": [{"index": [t], "value": v} for t, v in (("Jan", 3), ("Feb", 9), ("Mar", 4))],
        },
        {"name": "rate", "index": "p in Plant", "expression": "p"},
    ],
    "variables": [
        {"name": "make", "index": "(p, t) in Slot", "lower": "0", "upper": "3 * rate[p]", "domain": "integer"},
        {"name": "stock", "index": "t in Month", "lower": "0"},
    ],
    "lets": [
        {"name": "made", "index": "t in Month", "expression": "sum(make[p, t] for p in Plant if (p, t) in Slot)"},
        {"name": "largest", "expression": "max(demand[t] for t in Month)"},
    ],
    "objectives": [
        {
            "sense": "minimize",
            "expression": "sum(stock[t] for t in Month) + sum(rate[p] * make[p, t] for (p, t) in Slot)",
        }
    ],
    "constraints": [
        {"name": "start", "body": "stock[first(Month)] == made[Jan] - demand[Jan]"},
        {
            "name": "carry",
            "index": "t in Month if t > first(Month)",
            "body": "stock[t] == stock[t - 1] + made[t] - demand[t]",
        },
        {"name": "level", "index": "t in Month", "body": "0 <= stock[t] <= largest"},
    ],
}

RING = {
    "sets": [
        {"name": "Day", "members": "cyclic {Mon, Tue, Wed, Thu}"},
        {"name": "Year", "members": "2001..2003"},
        {"name": "Late", "members": "Day - {Mon}"},
    ],
    "variables": [
        {"name": "start", "index": "Day", "lower": "0", "domain": "integer"},
        {"name": "class", "index": "y in Year", "lower": "0"},
        {"name": "lot", "index": "d in Late", "domain": "semicontinuous", "lower": "2", "upper": "2 + len(Late)"},
    ],
    "objectives": [
        {
            "sense": "minimize",
            "expression": "sum(start[d] for d in Day) + sum(class[y] for y in Year) + sum(lot[d] for d in Late)",
        }
    ],
    "constraints": [
        {"name": "cover", "index": "d in Day", "body": "start[d] + start[d - 1] + start[d + 2] >= 5"},
        {"name": "grow", "index": "y in Year if y > 2001", "body": "class[y] >= class[y - 1] + 1"},
        {"name": "enough", "index": "d in Late", "body": "lot[d] >= 1 if d < last(Day) else lot[d] <= 0"},
        {"name": "known", "body": "len(Late) >= 2"},
    ],
}

LABELS = {
    "sets": [
        {"name": "sum", "members": '{%s, "it\'s", "\\\\", "a b", "a_b"}' % ("'" + HOSTILE + "'")},
    ],
    "parameters": [{"name": "import", "index": "i in sum", "expression": "len(sum)"}],
    "variables": [{"name": "m", "index": "pyo in sum", "lower": "1"}],
    "objectives": [{"sense": "minimize", "expression": "sum(import[len1] * m[len1] for len1 in sum)"}],
    "constraints": [{"name": "print", "index": "each in sum", "body": "m[each] >= 1.5"}],
}

FAMILY = {
    "sets": [
        {"name": "Task", "members": "{a, b}"},
        {
            "name": "Can",
            "index": "t in Task",
            "families": [{"index": ["a"], "members": "{x, y}"}, {"index": ["b"], "members": "{y}"}],
        },
        {"name": "Arc", "members": "{(a, b), (b, a)}"},
    ],
    "variables": [
        {"name": "do", "index": "t in Task, s in Can[t]", "domain": "binary"},
        {"name": "flow", "index": "Arc", "lower": "1"},
    ],
    "objectives": [
        {
            "sense": "maximize",
            "expression": "sum(do[t, s] for t in Task for s in Can[t]) - 2 * sum(flow[e] for e in Arc)",
        },
    ],
    "constraints": [
        {"name": "once", "index": "s in Can[a] | Can[b]", "body": "sum(do[t, s] for t in Task if s in Can[t]) <= 1"},
        {"name": "none", "index": "t in Task", "body": "sum(do[t, s] for s in Can[t] if len(Can[t]) > 5) <= 1"},
    ],
}

RANKED = {
    "variables": [{"name": "x", "lower": "0", "upper": "5"}, {"name": "y", "lower": "0", "upper": "5"}],
    "objectives": [
        {"sense": "maximize", "expression": "x + y", "priority": 1},
        {"sense": "minimize", "expression": "y", "priority": 2},
    ],
    "constraints": [{"name": "c", "body": "x + y <= 7"}],
}

ALL = {"lots": LOTS, "ring": RING, "labels": LABELS, "family": FAMILY, "ranked": RANKED}


def read(elements):
    formulation = Formulation.model_validate(elements)
    return formulation, bind(formulation)


def run(script, folder):
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path)], capture_output=True, text=True, cwd=folder, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", list(ALL))
def test_the_script_finds_the_answer_of_the_model(name, tmp_path):
    formulation, data = read(ALL[name])
    solution = solve_with_pyomo(formulation, data)
    printed = run(to_pyomo_script(formulation, data), tmp_path)
    assert solution.is_solved
    assert "status: optimal" in printed
    objective = float(re.search(r"^objective: (.*)$", printed, re.MULTILINE)[1])
    assert objective == pytest.approx(solution.objective, abs=1e-4)
    assert {each.name for each in tmp_path.iterdir()} == {"script.py"}


def test_the_script_says_when_there_is_no_answer(tmp_path):
    formulation, data = read({**RANKED, "constraints": [{"name": "c", "body": "x + y >= 70"}]})
    assert "status: provenInfeasible" in run(to_pyomo_script(formulation, data), tmp_path)


def test_a_condition_on_data_that_fails_makes_the_script_infeasible(tmp_path):
    formulation, data = read({**RANKED, "constraints": [{"name": "c", "index": "i in 1..2", "body": "i >= 2"}]})
    assert "status: provenInfeasible" in run(to_pyomo_script(formulation, data), tmp_path)


def test_the_script_keeps_the_algebra_of_the_formulation():
    script = to_pyomo_script(*read(LOTS))
    assert "sum(m.make[p, t] for p in Plant if (p, t) in Slot)" in script
    assert "demand = {'Jan': 3.0, 'Feb': 9.0, 'Mar': 4.0}  # [t]" in script
    assert "pyo.inequality(0, m.stock[t], largest)" in script
    assert "steepest" not in script


def imported(script):
    """What a script imports, and every name that it calls."""
    nodes = list(ast.walk(ast.parse(script)))
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return modules, {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


words = st.text(min_size=1, max_size=12).filter(str.strip)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(words, min_size=1, max_size=4, unique_by=lambda text: text.strip()), words, words)
def test_no_label_unit_or_title_becomes_code(labels, unit, title):
    import json

    formulation = Formulation.model_validate(
        {
            "title": title,
            "sets": [{"name": "A", "members": "{" + ", ".join(json.dumps(label) for label in labels) + "}"}],
            "parameters": [{"name": "p", "index": "A", "value": "it's", "unit": unit}],
            "variables": [{"name": "x", "index": "A", "lower": "0", "unit": unit}],
            "constraints": [{"name": "c", "index": "i in A", "body": f"x[i] >= x[{json.dumps(labels[0])}]"}],
        }
    )
    script = to_pyomo_script(formulation, bind(formulation))
    modules, calls = imported(script)
    assert modules == {"pyomo.environ", "pyomo.contrib.solver.common.factory"}
    assert calls <= {"SolverFactory", "print", "isinstance", "list", "checked"}


@pytest.mark.parametrize("name", ["ﬁne", "fine", "x²", "Größe", "None", "__name__", "step", "m", "objective_1"])
def test_names_stay_apart_whatever_they_are(name, tmp_path):
    formulation, data = read(
        {
            "variables": [{"name": name, "lower": "1"}, {"name": "fine_", "lower": "2"}],
            "objectives": [{"sense": "minimize", "expression": f"{name} + fine_"}],
        }
    )
    compile(to_pyomo_script(formulation, data), "script", "exec")


def test_a_sum_of_many_terms_is_no_deeper_than_one_of_few(tmp_path):
    expression = " - ".join(["x"] * 3000)
    formulation, data = read(
        {
            "variables": [{"name": "x", "lower": "0", "upper": "1"}],
            "objectives": [{"sense": "minimize", "expression": expression}],
        }
    )
    compile(to_pyomo_script(formulation, data), "script", "exec")


@pytest.mark.parametrize("body", ["implies(x >= 1, x >= 2)", "x <= 1 or x >= 2", "max(x, 1) <= 3", "not x >= 1"])
def test_what_a_script_has_no_words_for_is_refused(body):
    elements = {"variables": [{"name": "x", "lower": 0, "upper": 5}], "constraints": [{"name": "c", "body": body}]}
    formulation, data = read(elements)
    with pytest.raises(FormulationError) as error:
        to_pyomo_script(formulation, data)
    assert error.value.diagnostics[0].code == "unsupported"


def test_logic_in_an_lp_file_is_written_with_binary_variables(tmp_path):
    formulation, data = read(
        {
            "variables": [{"name": "x", "lower": 0, "upper": 5}],
            "objectives": [{"sense": "maximize", "expression": "x"}],
            "constraints": [{"name": "c", "body": "x <= 1 or 2 <= x <= 3"}],
        }
    )
    assert optimum_of(to_lp(formulation, data), tmp_path) == pytest.approx(3)


def test_what_pyomo_does_not_take_is_refused():
    elements = {"variables": [{"name": "x"}], "constraints": [{"name": "c", "body": "all_different(x, 1)"}]}
    formulation, data = read(elements)
    for export in (to_pyomo_script, to_lp):
        with pytest.raises(FormulationError) as error:
            export(formulation, data)
        assert error.value.diagnostics[0].code == "unsupported"


# LP text


def optimum_of(text, folder):
    path = folder / "model.lp"
    path.write_text(text)
    solver = highspy.Highs()
    solver.silent()
    assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    solver.run()
    return solver.getObjectiveValue()


@pytest.mark.parametrize("name", ["lots", "ring", "labels", "family"])
def test_the_lp_text_has_the_same_optimum(name, tmp_path):
    formulation, data = read(ALL[name])
    optimum = solve_with_pyomo(formulation, data).objective
    assert optimum_of(to_lp(formulation, data), tmp_path) == pytest.approx(optimum)


def test_the_lp_text_has_the_names_of_the_formulation():
    text = to_lp(*read(RANKED))
    assert "+1 x" in text
    assert "c_u_c_" in text


def test_labels_that_become_one_in_lp_names_are_told_in_comments():
    text = to_lp(*read(LABELS))
    assert "is m[a b]" in text
    assert "is m[a_b]" in text


def test_what_is_beyond_quadratic_has_no_place_in_lp_text():
    formulation, data = read(
        {"variables": [{"name": "x"}], "objectives": [{"sense": "minimize", "expression": "sin(x)"}]}
    )
    with pytest.raises(FormulationError, match="no place"):
        to_lp(formulation, data)


def test_latex_shows_sums_quantifiers_and_domains():
    text = to_latex(read(LOTS)[0])
    assert text.startswith("\\begin{align*}\n\\min\\quad & \\sum_{t \\in \\mathit{Month}} \\mathit{stock}_{t}")
    assert r"\forall\, t \in \mathit{Month} : t > \operatorname{first}\left(\mathit{Month}\right)" in text
    assert r"\mathit{stock}_{t - 1}" in text
    assert r"\in \mathbb{Z}" in text
    assert text.count("{") == text.count("}")


def test_the_script_of_a_nonlinear_model_solves_it_with_scip(tmp_path: Path) -> None:
    pytest.importorskip("pyscipopt", reason="needs SCIP (extra `nonlinear`)")
    text = "variables:\n  x: real in 0.5..4\nminimize: exp(x) - 2 * x"
    formulation = Formulation.from_text(text)
    printed = run(to_pyomo_script(formulation, bind(formulation)), tmp_path)
    [objective] = [float(line.removeprefix("objective: ")) for line in printed.splitlines() if "objective: " in line]
    assert objective == pytest.approx(2 - 2 * math.log(2), rel=1e-5)
