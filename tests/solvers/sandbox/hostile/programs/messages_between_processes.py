# Leaves messages for other processes: System V and POSIX queues, semaphores and segments outlive their makers.
# job: function | ends: completed | unconfined: breach
def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    name = ("/" + SCENE["mark"]).encode()
    return breaches(
        segment=lambda: remove("shmctl", syscall("shmget", 0, 4096, 0o1600)),
        queue=lambda: remove("msgctl", syscall("msgget", 0, 0o1600)),
        semaphores=lambda: libc.semctl(syscall("semget", 0, 1, 0o1600), 0, 0),
        posix_queue=lambda: (libc.mq_open(name, 0o102, 0o600, 0) >= 0 and libc.mq_unlink(name) == 0) or False,
        existing=lambda: [key for key in range(100) if libc.shmget(key, 0, 0) >= 0] or False,
    )


def remove(control, number):
    return getattr(ctypes.CDLL(None), control)(number, 0, 0)
