# Hands over numbers that lie about themselves: they are something else each time they are looked at.
# job: script | ends: completed, exception, forbidden
import pyomo.environ as pyo


class Liar(float):
    looks = 0

    def __float__(self):
        Liar.looks += 1
        return 10.0 if Liar.looks % 2 else 999983.0

    def __mul__(self, other):
        return other

    __rmul__ = __mul__


model = pyo.ConcreteModel()
model.x = pyo.Var(bounds=(0, Liar(10)))
model.profit = pyo.Objective(expr=model.x, sense=pyo.maximize)
model.x.value = 999983.0
model.profit.expr.value = 999983.0
