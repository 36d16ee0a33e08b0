# Lets a thread do the work while the main thread, the one that may be watched, does nothing.
# job: timing | ends: completed, exception, forbidden | slow: 0.02
import threading
import time


def attack():
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    return []


def work():
    end = time.thread_time() + 0.02
    while time.thread_time() < end:
        pass
