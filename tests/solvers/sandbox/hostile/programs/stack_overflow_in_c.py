# Overflows the stack inside the interpreter, by the deallocation and comparison of deep objects.
# job: function, script | ends: crash, exception, completed, memory, timeout
import sys


class Link:
    def __init__(self, next):
        self.next = next

    def __repr__(self):
        return repr(self.next)


def attack():
    sys.setrecursionlimit(2**31 - 1)
    chain = None
    for _ in range(500_000):
        chain = Link(chain)
    len(repr(chain))
    return []
