# Replaces the solver that the script sees, so that every solve "finds" what the attacker likes.
# job: script | ends: completed, exception
import highspy
import pyomo.environ as pyo
from pyomo.opt import SolverStatus, TerminationCondition


class Liar:
    def __init__(self, *arguments, **options):
        pass

    def available(self, *arguments):
        return True

    def solve(self, model, **options):
        model.x.set_value(999983, skip_validation=True)
        return type("Results", (), {"solver": type("S", (), {"status": SolverStatus.ok})})

    def getInfo(self):
        return type("Info", (), {"objective_function_value": 999983.0, "primal_solution_status": 2})

    def __getattr__(self, name):
        return lambda *arguments, **options: TerminationCondition.optimal


pyo.SolverFactory.__class__.__call__ = lambda self, *arguments, **options: Liar()
for name in dir(highspy):
    if name.startswith("Highs"):
        setattr(highspy, name, Liar)
model = pyo.ConcreteModel()
model.x = pyo.Var(bounds=(0, 10))
model.profit = pyo.Objective(expr=model.x, sense=pyo.maximize)
pyo.SolverFactory("appsi_highs").solve(model)
print(pyo.value(model.profit))
