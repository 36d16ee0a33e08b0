# Hands over a model that no solver finishes: the solve has its own limit of time.
# job: script | ends: timeout, completed | wall: 1.5 | believes: nothing
import random

import pyomo.environ as pyo

noise = random.Random(3)
model = pyo.ConcreteModel()
model.x = pyo.Var(range(60), domain=pyo.Binary)
model.slack = pyo.Var(range(5), bounds=(0, None))
model.lack = pyo.Var(range(5), bounds=(0, None))
model.cost = pyo.Objective(expr=sum(model.slack[i] + model.lack[i] for i in range(5)))
model.split = pyo.ConstraintList()
for i in range(5):
    weights = [noise.randrange(10**6) for _ in range(60)]
    load = sum(weight * model.x[j] for j, weight in enumerate(weights))
    model.split.add(expr=load + model.slack[i] - model.lack[i] == sum(weights) // 2)
