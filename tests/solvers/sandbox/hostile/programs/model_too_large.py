# Hands over a model that is larger than was agreed on.
# job: script | ends: output, memory, timeout, exception, forbidden
import pyomo.environ as pyo

model = pyo.ConcreteModel()
model.x = pyo.Var(range(40_000), bounds=(0, 1))
model.profit = pyo.Objective(expr=10 * model.x[0], sense=pyo.maximize)
model.rooms = pyo.Constraint(range(40_000), rule=lambda m, i: m.x[i] + m.x[(i + 1) % 40_000] <= 2)
model.names = pyo.Var(["n" * 10_000_000 + str(i) for i in range(20)], bounds=(0, 1))
