# Raises an exception whose description never ends.
# job: function, script | ends: timeout, exception | wall: 0.5
class Fault(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


def attack():
    raise Fault
