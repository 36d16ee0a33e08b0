# Looks for the arguments while its source is loaded, where no clock runs, to have the answer before it is asked.
# job: timing | ends: completed, exception, forbidden
import json
import sys


def attack():
    return []


def holds_a_call(value):
    if isinstance(value, (bytes, str)):
        try:
            value = json.loads(value)
        except ValueError:
            return False
    return isinstance(value, dict) and bool({"call", "calls", "args", "kwargs"} & set(value))


frame = sys._getframe()
while frame is not None:
    for name, value in list(frame.f_locals.items()):
        if frame.f_globals is not globals() and holds_a_call(value):
            print(f"BREACH {name} of {frame.f_code.co_name}: the arguments are known")
    frame = frame.f_back
if os.get_blocking(4):  # an empty pipe is waited for
    import select

    if select.select([4], [], [], 0.2)[0]:
        print(f"BREACH request pipe: {os.read(4, 100)}")
