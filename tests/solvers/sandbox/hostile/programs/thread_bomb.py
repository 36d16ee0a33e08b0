# Starts threads without end, each with a stack of its own.
# job: function, script | ends: completed, memory, timeout, crash, exception
import threading
import time


def attack():
    threads = []
    try:
        for _ in range(20_000):
            threads.append(threading.Thread(target=time.sleep, args=(600,), daemon=True))
            threads[-1].start()
    except (RuntimeError, MemoryError):
        return []
    return [f"BREACH {len(threads)} threads"]
