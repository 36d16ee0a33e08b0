# Hands over a model of NaN, infinite and absurdly large numbers, crossed bounds and empty rows.
# job: script | ends: completed, exception, forbidden, crash | believes: nothing
import pyomo.environ as pyo

model = pyo.ConcreteModel()
model.x = pyo.Var(bounds=(5, -5))
model.y = pyo.Var(bounds=(float("-inf"), 1e308))
model.profit = pyo.Objective(expr=float("nan") * model.x + 1e308 * model.y, sense=pyo.maximize)
model.room = pyo.Constraint(expr=float("inf") * model.x + 1e-300 * model.y <= 1e300)
model.rows = pyo.ConstraintList()
model.rows.add(expr=model.x - model.x <= float("nan"))
