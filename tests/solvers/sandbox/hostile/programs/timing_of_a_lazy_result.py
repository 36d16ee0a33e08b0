# Returns an object that does its work when somebody looks at it, which is after the clock was stopped.
# job: timing | ends: completed, exception, forbidden | slow: 0.02
import time


class Lazy(list):
    def __iter__(self):
        end = time.process_time() + 0.02
        while time.process_time() < end:
            pass
        return iter(["done"])

    def __len__(self):
        return 1


def attack():
    return Lazy([None])
