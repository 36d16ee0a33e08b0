# Finds the harness's own objects by the garbage collector and the frames above, and lifts its limits in them.
# job: function, script | ends: timeout, memory, exception | wall: 0.5
import gc
import sys


def attack():
    frame = sys._getframe()
    while frame:
        for name, value in list(frame.f_locals.items()):
            if isinstance(value, dict):
                lift(value)
        frame = frame.f_back
    for thing in gc.get_objects():
        if isinstance(thing, dict):
            lift(thing)
        elif type(thing).__name__ in ("Limits", "Channel", "ResourceCaps", "Confinement"):
            for slot in getattr(type(thing), "__slots__", ()):
                object.__setattr__(thing, slot, 10**9)
    while True:
        pass


def lift(settings):
    for key in list(settings):
        if isinstance(key, str) and key.endswith(("_seconds", "_mib", "_kib", "_bytes", "deadline")):
            settings[key] = 10**9
