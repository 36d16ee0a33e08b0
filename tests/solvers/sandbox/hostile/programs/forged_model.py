# Hands over an object that only looks like a model and runs code wherever somebody looks.
# job: script | ends: exception, timeout, crash | wall: 0.5
import pyomo.environ as pyo


class Trap(pyo.ConcreteModel):
    def component_data_objects(self, *arguments, **options):
        raise KeyboardInterrupt

    component_objects = component_map = block_data_objects = component_data_objects


class Mirror:
    __class__ = pyo.ConcreteModel

    def __getattr__(self, name):
        return Mirror()

    def __call__(self, *arguments, **options):
        return Mirror()

    def __iter__(self):
        while True:
            yield self


try:
    model = Trap()
except BaseException:
    model = Mirror()
