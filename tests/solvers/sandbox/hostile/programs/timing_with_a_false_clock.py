# Is slow and sets the clocks of its process so that it looks fast.
# job: timing | ends: completed, exception | slow: 0.02
import time

honest = time.process_time
for name in ("perf_counter", "process_time", "thread_time", "monotonic", "time"):
    setattr(time, name, lambda: 1.0)
    setattr(time, name + "_ns", lambda: 1)
time.clock_gettime = lambda clock: 1.0
time.clock_gettime_ns = lambda clock: 1


def attack():
    end = honest() + 0.02
    while honest() < end:
        pass
    return []
