# Makes the calls that do nothing dear, whose cost is taken off every other, by an object among the harness's own.
# job: timing | ends: completed, exception, forbidden | slow: 0.02
import sys
import time


def attack():
    work()
    return []


def work():
    end = time.process_time() + 0.02
    while time.process_time() < end:
        pass


harness = sys.modules.get("steepest.solvers.sandbox.inside.timing")
if harness is not None:
    harness._nothing = lambda *_, **__: work()
