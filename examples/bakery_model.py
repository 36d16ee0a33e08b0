"""The bakery of bakery.txt as a model might write it in Pyomo: `steepest sandbox solve examples/bakery_model.py`."""

import pyomo.environ as pyo

model = pyo.ConcreteModel()
model.bread = pyo.Var(domain=pyo.NonNegativeIntegers)
model.cakes = pyo.Var(domain=pyo.NonNegativeIntegers, bounds=(5, 30))
model.profit = pyo.Objective(expr=3 * model.bread + 8 * model.cakes, sense=pyo.maximize)
model.flour = pyo.Constraint(expr=0.5 * model.bread + 0.8 * model.cakes <= 40)

pyo.SolverFactory("gurobi").solve(model)
print(f"profit: {pyo.value(model.profit)}")
