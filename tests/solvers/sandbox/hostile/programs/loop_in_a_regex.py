# Backtracks for longer than the universe has existed, in C.
# job: function | ends: timeout | wall: 0.5
import re


def attack():
    return [str(re.match(r"(a+)+$", "a" * 60 + "b"))]
