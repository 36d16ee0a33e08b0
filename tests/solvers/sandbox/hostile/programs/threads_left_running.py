# Returns while threads of its own go on: a result must not wait for them, and they must not live on.
# job: function, script | ends: completed, timeout | wall: 0.5
import threading
import time


def attack():
    for daemon in (True, False):
        threading.Thread(target=endless, daemon=daemon).start()
    return []


def endless():
    while True:
        time.sleep(0.01)
