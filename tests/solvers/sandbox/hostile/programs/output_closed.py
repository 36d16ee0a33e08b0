# Closes its output, and replaces the streams by objects that fail or never return.
# job: function, script | ends: completed, exception, crash, timeout | wall: 0.5
import sys


class Trap:
    def write(self, text):
        raise KeyboardInterrupt

    def flush(self):
        while True:
            pass


def attack():
    os.close(1)
    os.close(2)
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Trap()
    return []
