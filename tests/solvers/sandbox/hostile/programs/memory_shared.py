# Takes memory that belongs to no process: shared segments and memory files stay when the process is gone.
# job: function | ends: completed | unconfined: breach
from multiprocessing import shared_memory


def attack():
    return breaches(
        segment=lambda: shared_memory.SharedMemory(SCENE["mark"], create=True, size=1 << 20).size,
        file=lambda: os.ftruncate(os.memfd_create("large"), 1 << 30),
        opened=lambda: ctypes.CDLL(None).shm_open(("/" + SCENE["mark"]).encode(), 0o102, 0o600) >= 0,
    )
