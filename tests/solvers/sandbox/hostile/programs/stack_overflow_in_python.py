# Recurses without end after lifting Python's limit.
# job: function, script | ends: exception, crash, memory, timeout
import sys


def attack():
    sys.setrecursionlimit(2**31 - 1)
    return [descend(0)]


def descend(depth):
    return max(descend(depth + 1), 1)
