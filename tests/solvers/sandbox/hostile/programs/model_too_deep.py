# Hands over an expression so deep that whoever walks it by recursion falls over.
# job: script | ends: exception, completed, timeout, memory, crash, forbidden | believes: nothing
import pyomo.environ as pyo

model = pyo.ConcreteModel()
model.x = pyo.Var(bounds=(0, 1), initialize=0.5)
expression = model.x
for _ in range(3_000):
    expression = pyo.sin(expression) + 1
model.profit = pyo.Objective(expr=expression, sense=pyo.maximize)
