# Waits for what never comes: a sleep, a lock, its own empty request pipe.
# job: function, script | ends: timeout | wall: 0.5
import threading
import time


def attack():
    threading.Thread(target=os.read, args=(4, 1), daemon=True).start()
    threading.Thread(target=time.sleep, args=(10**6,), daemon=True).start()
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
