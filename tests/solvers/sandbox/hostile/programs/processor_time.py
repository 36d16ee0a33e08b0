# Takes more processor time than it may, on several threads, and ignores the kernel's warning.
# job: function, script | ends: timeout | cpu: 1 | wall: 6
import signal
import threading

import numpy as np


def attack():
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    for _ in range(3):
        threading.Thread(target=busy, daemon=True).start()
    busy()


def busy():
    matrix = np.ones((300, 300))
    while True:
        matrix = matrix @ matrix * 0.0 + 1.0
