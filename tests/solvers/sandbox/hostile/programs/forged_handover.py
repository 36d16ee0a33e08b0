# Hands over the honest model with single bytes changed: sizes that lie, indices out of range, numbers that are none.
# job: script | ends: completed, exception, forbidden, crash, output, memory, timeout | believes: nothing | seeds: 12
import random

import pyomo.environ as pyo

honest_write = os.write
noise = random.Random(SCENE["seed"])


def damage(descriptor, data):
    data = bytearray(data)
    if descriptor == 3 and data:
        for _ in range(noise.randrange(1, 4)):
            data[noise.randrange(len(data))] = noise.choice((0, 1, 0x7F, 0x80, 0xFF, noise.randrange(256)))
    return honest_write(descriptor, bytes(data)) if descriptor == 3 else honest_write(descriptor, data)


os.write = damage
model = pyo.ConcreteModel()
model.x = pyo.Var(bounds=(0, 10))
model.y = pyo.Var(bounds=(0, 10), domain=pyo.Integers)
model.profit = pyo.Objective(expr=model.x + 0.0 * model.y, sense=pyo.maximize)
model.room = pyo.Constraint(expr=model.x + model.y <= 10)
