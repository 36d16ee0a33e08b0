# Forks: a fork bomb stops the machine, and a child outlives the limits of its parent.
# job: function, script | ends: completed | unconfined: breach
import time


def attack():
    return breaches(
        fork=fork,
        by_library=lambda: leave(ctypes.CDLL(None).fork()),
        terminal=lambda: leave(os.forkpty()[0]),
        forked=lambda: start("fork"),
        spawned=lambda: start("spawn"),
        served=lambda: start("forkserver"),
    )


def fork():
    for _ in range(20):
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)


def leave(pid):
    if pid == 0:
        os._exit(0)
    return pid > 0


def start(method):
    import multiprocessing

    multiprocessing.get_context(method).Process(target=time.sleep, args=(1,)).start()
