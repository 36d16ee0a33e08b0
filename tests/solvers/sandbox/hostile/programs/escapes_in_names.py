# Hides terminal escapes and text direction in the names of a model, which are printed as its answer.
# job: script | ends: completed, exception, forbidden
import pyomo.environ as pyo

model = pyo.ConcreteModel(name="\x1b[2Jowned")
model.stock = pyo.Var(["\x1b]0;owned\x07", "\u202e", "a\nb", "\ud800", "'\"\\", "\0"], bounds=(0, 1))
model.profit = pyo.Objective(expr=10 * sum(model.stock[key] for key in list(model.stock)[:1]), sense=pyo.maximize)
