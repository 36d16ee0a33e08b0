# Keeps the processor busy in numpy, without the interpreter's lock and on several threads.
# job: function | ends: timeout | wall: 0.5
import threading

import numpy as np


def attack():
    for _ in range(3):
        threading.Thread(target=busy, daemon=True).start()
    busy()


def busy():
    matrix = np.ones((300, 300))
    while True:
        matrix = matrix @ matrix * 0.0 + 1.0
