"""Scripts as models write them: each with the status, objective and class that the separate solve comes to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Script:
    """A script and what its model comes to."""

    name: str
    source: str
    objective: float | None
    problem_class: str = "LP"
    status: str = "optimal"
    values: tuple[tuple[str, float], ...] = ()


LINEAR = [
    Script(
        "star import, glpk, assertion and prints",
        """
from pyomo.environ import *

model = ConcreteModel()
model.x = Var(within=NonNegativeReals)
model.y = Var(within=NonNegativeReals)
model.profit = Objective(expr=3 * model.x + 5 * model.y, sense=maximize)
model.plant1 = Constraint(expr=model.x <= 4)
model.plant2 = Constraint(expr=2 * model.y <= 12)
model.plant3 = Constraint(expr=3 * model.x + 2 * model.y <= 18)

solver = SolverFactory('glpk')
results = solver.solve(model, tee=True)
assert results.solver.status == SolverStatus.ok
assert results.solver.termination_condition == TerminationCondition.optimal
print(f"x = {model.x.value:.2f}, y = {model.y():.2f}, profit = {value(model.profit)}")
model.display()
""",
        36.0,
        values=(("x", 2.0), ("y", 6.0)),
    ),
    Script(
        "diet with indexed parameters, cbc with options",
        """
import pyomo.environ as pyo

foods = ['bread', 'milk', 'cheese']
cost = {'bread': 2.0, 'milk': 3.5, 'cheese': 8.0}
protein = {'bread': 4.0, 'milk': 8.0, 'cheese': 7.0}

model = pyo.ConcreteModel(name="Diet")
model.F = pyo.Set(initialize=foods)
model.c = pyo.Param(model.F, initialize=cost)
model.p = pyo.Param(model.F, initialize=protein, mutable=True)
model.x = pyo.Var(model.F, domain=pyo.NonNegativeReals, bounds=(0, 10))

def cost_rule(m):
    return sum(m.c[f] * m.x[f] for f in m.F)
model.obj = pyo.Objective(rule=cost_rule, sense=pyo.minimize)

def protein_rule(m):
    return sum(m.p[f] * m.x[f] for f in m.F) >= 40
model.need = pyo.Constraint(rule=protein_rule)
model.p['milk'] = 10

solver = pyo.SolverFactory('cbc', executable='/usr/bin/cbc')
solver.options['seconds'] = 60
solver.options['ratioGap'] = 0.01
if not solver.available():
    raise RuntimeError("cbc is not installed")
results = solver.solve(model, tee=False, timelimit=30)
pyo.assert_optimal_termination(results)
for f in model.F:
    print(f, pyo.value(model.x[f]))
""",
        14.0,
    ),
    Script(
        "function main with the model local to it, gurobi",
        """
import pyomo.environ as pyo
from pyomo.opt import SolverFactory, SolverStatus, TerminationCondition

def build_model(values, weights, capacity):
    m = pyo.ConcreteModel()
    m.I = pyo.RangeSet(0, len(values) - 1)
    m.take = pyo.Var(m.I, within=pyo.Binary)
    m.value = pyo.Objective(expr=pyo.quicksum(values[i] * m.take[i] for i in m.I), sense=pyo.maximize)
    m.weight = pyo.Constraint(expr=pyo.summation(weights, m.take) <= capacity)
    return m

def main():
    m = build_model([60, 100, 120], {0: 10, 1: 20, 2: 30}, 50)
    solver = SolverFactory('gurobi', solver_io='python')
    solver.options['MIPGap'] = 1e-6
    solver.options['TimeLimit'] = 100
    results = solver.solve(m, tee=True, warmstart=True)
    if (results.solver.status == SolverStatus.ok) and (
        results.solver.termination_condition == TerminationCondition.optimal
    ):
        print("Best value:", pyo.value(m.value))
    else:
        raise SystemExit("no optimum")

if __name__ == "__main__":
    main()
""",
        220.0,
        "MIP",
    ),
    Script(
        "transport with two sets, appsi_highs by name",
        """
from pyomo.environ import *
plants = {'A': 20, 'B': 30}
markets = {'X': 10, 'Y': 25, 'Z': 15}
cost = {('A','X'): 2, ('A','Y'): 3, ('A','Z'): 1, ('B','X'): 5, ('B','Y'): 4, ('B','Z'): 8}
model = ConcreteModel()
model.P = Set(initialize=plants.keys())
model.M = Set(initialize=markets.keys())
model.ship = Var(model.P, model.M, domain=NonNegativeReals)
model.cost = Objective(expr=sum(cost[p, m] * model.ship[p, m] for p in model.P for m in model.M))
@model.Constraint(model.P)
def supply(model, p):
    return sum(model.ship[p, m] for m in model.M) <= plants[p]
@model.Constraint(model.M)
def demand(model, m):
    return sum(model.ship[p, m] for p in model.P) == markets[m]
solver = SolverFactory('appsi_highs')
solver.config.time_limit = 10
solver.highs_options = {'presolve': 'on'}
result = solver.solve(model)
print(result.problem.lower_bound, result.problem.upper_bound)
""",
        150.0,
    ),
    Script(
        "no solve at all, another name for the model",
        """
import pyomo.environ as pyo
m = pyo.ConcreteModel()
m.x = pyo.Var(domain=pyo.NonNegativeIntegers)
m.goal = pyo.Objective(expr=m.x)
m.least = pyo.Constraint(expr=2 * m.x >= 5)
""",
        3.0,
        "MIP",
    ),
    Script(
        "abstract model with an instance from a dictionary",
        """
from pyomo.environ import *
model = AbstractModel()
model.I = Set()
model.c = Param(model.I)
model.x = Var(model.I, within=NonNegativeReals, bounds=(0, 2))
def obj_rule(model):
    return sum(model.c[i] * model.x[i] for i in model.I)
model.obj = Objective(rule=obj_rule, sense=maximize)
data = {None: {'I': {None: [1, 2, 3]}, 'c': {1: 1.0, 2: 2.0, 3: 3.0}}}
instance = model.create_instance(data)
opt = SolverFactory('glpk')
opt.solve(instance)
instance.x.pprint()
""",
        12.0,
    ),
    Script(
        "abstract model that needs no data",
        """
import pyomo.environ as pyo
model = pyo.AbstractModel()
model.n = pyo.Param(default=4)
model.x = pyo.Var(bounds=(0, 10))
model.obj = pyo.Objective(rule=lambda m: m.x, sense=pyo.maximize)
model.limit = pyo.Constraint(rule=lambda m: 2 * m.x <= m.n)
""",
        2.0,
    ),
    Script(
        "fixed variables, a deactivated constraint, a skipped one",
        """
import pyomo.environ as pyo
model = pyo.ConcreteModel()
model.I = pyo.RangeSet(3)
model.x = pyo.Var(model.I, bounds=(0, 5))
model.x[1].fix(7.5)
model.obj = pyo.Objective(expr=sum(model.x[i] for i in model.I), sense=pyo.maximize)
def rule(m, i):
    if i == 3:
        return pyo.Constraint.Skip
    return m.x[i] + m.x[3] <= 10
model.c = pyo.Constraint(model.I, rule=rule)
model.tight = pyo.Constraint(expr=model.x[2] <= 0)
model.tight.deactivate()
""",
        15.0,
        values=(("x[1]", 7.5), ("x[2]", 5.0), ("x[3]", 2.5)),
    ),
    Script(
        "expressions, blocks, ranged and equality constraints, constraint lists",
        """
import pyomo.environ as pyo
model = pyo.ConcreteModel()
def block_rule(b, i):
    b.make = pyo.Var(within=pyo.NonNegativeReals)
    b.limit = pyo.Constraint(expr=pyo.inequality(1, b.make, 4 + i))
model.site = pyo.Block([1, 2], rule=block_rule)
model.total = pyo.Expression(expr=model.site[1].make + model.site[2].make)
model.extra = pyo.Var(within=pyo.PercentFraction)
model.unused = pyo.Var(bounds=(2, 3))
model.rules = pyo.ConstraintList()
model.rules.add(model.site[1].make - model.site[2].make == 1)
model.rules.add(model.total <= 8)
model.rules.add((0, model.extra, 0.5))
model.obj = pyo.Objective(expr=2 * model.total + model.extra + 10, sense=pyo.maximize)
""",
        26.5,
        values=(("site[1].make", 4.5), ("site[2].make", 3.5), ("extra", 0.5)),
    ),
    Script(
        "lot sizing with big M and inventory, pandas-free tables",
        """
import pyomo.environ as pyo
demand = [20, 0, 30, 10]
T = range(len(demand))
model = pyo.ConcreteModel()
model.make = pyo.Var(T, within=pyo.NonNegativeIntegers)
model.stock = pyo.Var(T, within=pyo.NonNegativeReals)
model.setup = pyo.Var(T, within=pyo.Boolean)
model.cost = pyo.Objective(expr=sum(50 * model.setup[t] + 1 * model.stock[t] + 2 * model.make[t] for t in T))
def balance(m, t):
    before = m.stock[t - 1] if t > 0 else 0
    return before + m.make[t] == demand[t] + m.stock[t]
model.balance = pyo.Constraint(T, rule=balance)
model.on = pyo.Constraint(T, rule=lambda m, t: m.make[t] <= sum(demand) * m.setup[t])
opt = pyo.SolverFactory("cplex")
opt.options["mip_tolerances_mipgap"] = 0.0
res = opt.solve(model, tee=True, keepfiles=False, logfile="log.txt")
if res.solver.termination_condition == pyo.TerminationCondition.optimal:
    for t in T:
        print(t, round(model.make[t].value), model.stock[t].value)
""",
        230.0,
        "MIP",
    ),
    Script(
        "duals and reduced costs by suffixes",
        """
from pyomo.environ import *
model = ConcreteModel()
model.dual = Suffix(direction=Suffix.IMPORT)
model.rc = Suffix(direction=Suffix.IMPORT)
model.x = Var(bounds=(0, None)); model.y = Var(bounds=(0, None))
model.o = Objective(expr=2*model.x + model.y, sense=maximize)
model.c = Constraint(expr=model.x + model.y <= 10)
SolverFactory('glpk').solve(model)
assert abs(model.dual[model.c] - 2) < 1e-9, model.dual[model.c]
assert abs(model.rc[model.y] + 1) < 1e-9, model.rc[model.y]
assert model.c.uslack() == 0
""",
        20.0,
    ),
    Script(
        "a loop that adds cuts and solves again",
        """
import pyomo.environ as pyo
model = pyo.ConcreteModel()
model.x = pyo.Var([0, 1, 2], within=pyo.Binary)
model.obj = pyo.Objective(expr=sum(model.x[i] * (i + 1) for i in model.x), sense=pyo.maximize)
model.cuts = pyo.ConstraintList()
solver = pyo.SolverFactory('highs')
for _ in range(2):
    results = solver.solve(model)
    chosen = [i for i in model.x if pyo.value(model.x[i]) > 0.5]
    model.cuts.add(sum(model.x[i] for i in chosen) <= len(chosen) - 1)
""",
        4.0,
        "MIP",
    ),
    Script(
        "load_solutions=False and an explicit load",
        """
from pyomo.environ import *
model = ConcreteModel()
model.x = Var(bounds=(0, 3))
model.o = Objective(expr=model.x, sense=maximize)
results = SolverFactory('glpk').solve(model, load_solutions=False)
if check_optimal_termination(results):
    model.solutions.load_from(results)
print(value(model.x))
assert value(model.x) == 3
""",
        3.0,
    ),
    Script(
        "the appsi class itself",
        """
import pyomo.environ as pyo
from pyomo.contrib import appsi
m = pyo.ConcreteModel()
m.x = pyo.Var(bounds=(0, 3)); m.y = pyo.Var(bounds=(0, 3))
m.o = pyo.Objective(expr=m.x + m.y, sense=pyo.maximize)
m.c = pyo.Constraint(expr=m.x + 2 * m.y <= 5)
spare = pyo.ConcreteModel()
opt = appsi.solvers.Highs()
opt.config.stream_solver = True
res = opt.solve(m)
assert res.termination_condition == appsi.base.TerminationCondition.optimal
print(res.best_feasible_objective)
""",
        4.0,
    ),
    Script(
        "the class of the new solver interface",
        """
import pyomo.environ as pyo
from pyomo.contrib.solver.common.factory import SolverFactory
m = pyo.ConcreteModel()
m.x = pyo.Var(bounds=(0, 3))
m.o = pyo.Objective(expr=2 * m.x, sense=pyo.maximize)
spare = pyo.ConcreteModel()
res = SolverFactory('gurobi_direct').solve(m)
print(res.incumbent_objective)
""",
        6.0,
    ),
    Script(
        "a persistent solver with an instance",
        """
import pyomo.environ as pyo
m = pyo.ConcreteModel()
m.x = pyo.Var(bounds=(0, 3))
m.o = pyo.Objective(expr=2 * m.x, sense=pyo.maximize)
with pyo.SolverFactory('gurobi_persistent') as opt:
    opt.set_instance(m)
    opt.set_gurobi_param('OutputFlag', 0)
    m.c = pyo.Constraint(expr=m.x <= 2)
    opt.add_constraint(m.c)
    opt.solve(tee=True)
print(m.x.value)
""",
        4.0,
    ),
    Script(
        "sys.exit at the end, an infeasible model, values printed all the same",
        """
import sys
from pyomo.environ import *
model = ConcreteModel()
model.x = Var(within=NonNegativeReals)
model.o = Objective(expr=model.x)
model.a = Constraint(expr=model.x >= 5)
model.b = Constraint(expr=model.x <= 3)
results = SolverFactory('glpk').solve(model)
print(value(model.x))
sys.exit(1)
""",
        None,
        status="infeasible",
    ),
    Script(
        "an assertion about the solver's word, an unbounded model",
        """
from pyomo.environ import *
model = ConcreteModel()
model.x = Var(within=NonNegativeReals)
model.o = Objective(expr=model.x, sense=maximize)
results = SolverFactory('cbc').solve(model)
assert str(results.solver.termination_condition) == 'optimal', "not optimal"
""",
        None,
        status="unbounded",
    ),
    Script(
        "a constraint that no value of anything meets",
        """
from pyomo.environ import *
model = ConcreteModel()
model.x = Var(within=NonNegativeReals)
model.y = Var(initialize=1)
model.y.fix()
model.o = Objective(expr=model.x)
model.c = Constraint(expr=model.y >= 2)
""",
        None,
        status="infeasible",
    ),
    Script(
        "no objective: any point that meets the constraints",
        """
from pyomo.environ import *
model = ConcreteModel()
model.x = Var(within=Integers, bounds=(0, 9))
model.c = Constraint(expr=3 * model.x == 12)
""",
        0.0,
        "MIP",
        values=(("x", 4.0),),
    ),
    Script(
        "one of two objectives deactivated",
        """
from pyomo.environ import *
model = ConcreteModel()
model.x = Var(bounds=(0, 9))
model.first = Objective(expr=model.x)
model.second = Objective(expr=-model.x)
model.first.deactivate()
""",
        -9.0,
    ),
    Script(
        "a dataclass, type hints, sets of whole numbers, a variable of an inactive block",
        """
from __future__ import annotations
from dataclasses import dataclass
from typing import Dict
import pyomo.environ as pyo

@dataclass
class Data:
    limit: Dict[str, float]

def create_model(data: Data) -> pyo.ConcreteModel:
    m = pyo.ConcreteModel("typed")
    m.K = pyo.Set(initialize=list(data.limit))
    m.x = pyo.Var(m.K, within=pyo.RangeSet(0, 4))
    m.off = pyo.Block()
    m.off.y = pyo.Var(bounds=(0, 1))
    m.off.deactivate()
    m.cap = pyo.Constraint(m.K, rule=lambda m, k: m.x[k] <= data.limit[k])
    m.obj = pyo.Objective(expr=pyo.sum_product(m.x) + m.off.y, sense=pyo.maximize)
    return m

model = create_model(Data(limit={"a": 2.5, "b": 9}))
""",
        7.0,
        "MIP",
        values=(("x[a]", 2.0), ("x[b]", 4.0), ("off.y", 1.0)),
    ),
    Script(
        "piecewise by special ordered sets",
        """
from pyomo.environ import *
model = ConcreteModel()
model.x = Var(bounds=(0, 4))
model.cost = Var()
model.pw = Piecewise(model.cost, model.x, pw_pts=[0, 1, 3, 4], f_rule=[0, 5, 3, 10], pw_constr_type='EQ')
model.c = Constraint(expr=model.x >= 0.5)
model.o = Objective(expr=model.cost)
""",
        2.5,
        "MIP",
    ),
    Script(
        "disjunctions with logic",
        """
import pyomo.environ as pyo
from pyomo.gdp import Disjunct, Disjunction
model = pyo.ConcreteModel()
model.x = pyo.Var(bounds=(0, 10))
model.left = Disjunct(); model.left.c = pyo.Constraint(expr=model.x <= 2)
model.right = Disjunct(); model.right.c = pyo.Constraint(expr=model.x >= 7)
model.either = Disjunction(expr=[model.left, model.right])
model.b = pyo.BooleanVar([1, 2])
model.one = pyo.LogicalConstraint(expr=pyo.exactly(1, model.b[1], model.b[2]))
model.o = pyo.Objective(expr=(model.x - 5), sense=pyo.minimize)
model.c = pyo.Constraint(expr=model.x >= 3)
""",
        2.0,
        "MIP",
    ),
    Script(
        "a disjunctive model that is changed after it was solved",
        """
from pyomo.environ import *
from pyomo.gdp import *
model = ConcreteModel()
model.x = Var(bounds=(0, 10))
model.d1 = Disjunct(); model.d1.c = Constraint(expr=model.x <= 8)
model.d2 = Disjunct(); model.d2.c = Constraint(expr=model.x <= 1)
model.d = Disjunction(expr=[model.d1, model.d2])
model.o = Objective(expr=model.x, sense=maximize)
SolverFactory('gdpopt').solve(model)
assert value(model.x) == 8
assert (model.d1.indicator_var.value, model.d2.indicator_var.value) == (True, False)
model.d1.cut = Constraint(expr=model.x <= 3)
""",
        3.0,
        "MIP",
        values=(("x", 3.0), ("d1.indicator_var", 1.0), ("d2.indicator_var", 0.0)),
    ),
    Script(
        "a disjunctive model whose bounds are widened after it was solved",
        """
from pyomo.environ import *
from pyomo.gdp import *
model = ConcreteModel()
model.x = Var(bounds=(0, 10))
model.d1 = Disjunct(); model.d1.c = Constraint(expr=model.x <= 8)
model.d2 = Disjunct(); model.d2.c = Constraint(expr=model.x <= 1)
model.d = Disjunction(expr=[model.d1, model.d2])
model.o = Objective(expr=model.x, sense=maximize)
SolverFactory('gdpopt').solve(model)
model.x.setub(30); model.d1.c.set_value(model.x <= 20)
""",
        20.0,
        "MIP",
    ),
    Script(
        "logical constraints that are added between two solves",
        """
from pyomo.environ import *
model = ConcreteModel()
model.a = BooleanVar(); model.b = BooleanVar([1, 2]); model.free = BooleanVar()
model.y = Var(within=Binary)
model.c = BooleanVar(); model.c.associate_binary_var(model.y)
model.l = LogicalConstraint(expr=model.a.lor(model.b[1]).land(model.c))
model.x = Var(within=Binary)
model.o = Objective(expr=model.x)
SolverFactory('scip').solve(model)
assert model.a.value or model.b[1].value
assert model.c.value is True and model.y.value == 1
assert model.free.value in (True, False)
model.l2 = LogicalConstraint(expr=model.a.equivalent_to(model.b[1]))
model.l3 = LogicalConstraint(expr=model.b[2])
SolverFactory('scip').solve(model)
assert model.a.value is True and model.b[1].value is True and model.b[2].value is True
""",
        0.0,
        "MIP",
        values=(("a", 1.0), ("b[1]", 1.0), ("b[2]", 1.0), ("y", 1.0)),
    ),
    Script(
        "a variable of another model",
        """
from pyomo.environ import *
other = ConcreteModel()
other.x = Var(bounds=(0, 3))
model = ConcreteModel()
model.x = Var(bounds=(0, 2))
model.o = Objective(expr=other.x + model.x, sense=maximize)
""",
        5.0,
        values=(("x", 2.0), ("x (2)", 3.0)),
    ),
    Script(
        "a portfolio with a convex quadratic objective, ipopt",
        """
import numpy as np
import pyomo.environ as pyo
sigma = np.array([[0.04, 0.01], [0.01, 0.09]])
model = pyo.ConcreteModel()
model.w = pyo.Var(range(2), within=pyo.NonNegativeReals)
model.budget = pyo.Constraint(expr=sum(model.w[i] for i in range(2)) == 1)
model.risk = pyo.Objective(expr=sum(sigma[i, j] * model.w[i] * model.w[j] for i in range(2) for j in range(2)))
solver = pyo.SolverFactory('ipopt')
solver.options['max_iter'] = 500
result = solver.solve(model, tee=True)
print(pyo.value(model.risk), [pyo.value(model.w[i]) for i in range(2)])
""",
        0.04 * (8 / 11) ** 2 + 0.02 * 8 * 3 / 121 + 0.09 * (3 / 11) ** 2,
        "QP",
    ),
    Script(
        "a maximized concave quadratic with squares of sums",
        """
import pyomo.environ as pyo
model = pyo.ConcreteModel()
model.x = pyo.Var(bounds=(-5, 5)); model.y = pyo.Var(bounds=(-5, 5))
model.o = pyo.Objective(expr=3 - (model.x + model.y - 2)**2 - (model.x - 1)**2, sense=pyo.maximize)
""",
        3.0,
        "QP",
    ),
]

NONLINEAR = [
    Script(
        "a nonconvex quadratic with whole numbers",
        """
import pyomo.environ as pyo
model = pyo.ConcreteModel()
model.x = pyo.Var(domain=pyo.Integers, bounds=(0, 5)); model.y = pyo.Var(bounds=(0, 5))
model.o = pyo.Objective(expr=model.x * model.y - 2 * model.x**2 + model.y)
""",
        -50.0,
        "MIQP",
    ),
    Script(
        "a box of largest volume, bonmin",
        """
from pyomo.environ import *
m = ConcreteModel()
m.a = Var(bounds=(0.1, 10), initialize=1); m.b = Var(bounds=(0.1, 10), initialize=1); m.c = Var(bounds=(0.1, 10))
m.volume = Objective(expr=m.a * m.b * m.c, sense=maximize)
m.area = Constraint(expr=2 * (m.a * m.b + m.b * m.c + m.a * m.c) <= 24)
opt = SolverFactory('bonmin')
results = opt.solve(m, tee=True)
print(value(m.a), value(m.volume))
""",
        8.0,
        "NLP",
    ),
    Script(
        "pooling: a bilinear constraint under a linear objective, initial values",
        """
import pyomo.environ as pyo
model = pyo.ConcreteModel()
model.flow = pyo.Var(bounds=(0, 10), initialize=5)
model.quality = pyo.Var(bounds=(0, 1), initialize=0.5)
model.least = pyo.Constraint(expr=model.flow * model.quality >= 2)
model.cost = pyo.Objective(expr=model.flow + 8 * model.quality)
results = pyo.SolverFactory('baron').solve(model, options={'MaxTime': 10})
print(results.solver.termination_condition)
""",
        8.0,
        "NLP",
    ),
    Script(
        "functions of every kind, named expressions, a whole number",
        """
import pyomo.environ as pyo
m = pyo.ConcreteModel()
m.n = pyo.Var(domain=pyo.PositiveIntegers, bounds=(1, 6))
m.x = pyo.Var(bounds=(0.5, 3))
m.e = pyo.Expression(expr=pyo.log(m.x) + pyo.sqrt(m.x) + abs(m.x - 2) - pyo.atan(m.x))
m.c = pyo.Constraint(expr=pyo.exp(m.x) / m.n + pyo.sin(m.x) ** 2 <= 3)
m.d = pyo.Constraint(expr=m.e + m.n - pyo.tanh(m.x) <= 100)
m.o = pyo.Objective(expr=m.n - m.x)
solver = pyo.SolverFactory('mindtpy')
solver.solve(m, mip_solver='glpk', nlp_solver='ipopt')
""",
        None,
        "MINLP",
    ),
    Script(
        "a circle and a disjunctive infeasibility",
        """
import pyomo.environ as pyo
model = pyo.ConcreteModel()
model.x = pyo.Var(); model.y = pyo.Var()
model.disc = pyo.Constraint(expr=model.x**2 + model.y**2 <= 1)
model.far = pyo.Constraint(expr=model.x + model.y >= 2)
model.o = pyo.Objective(expr=model.x)
pyo.SolverFactory('ipopt').solve(model)
print(pyo.value(model.x))
""",
        None,
        "NLP",
        "infeasible",
    ),
]
