# Makes processes by the system calls beneath fork, where a filter on flags can be got wrong.
# job: function | ends: completed | unconfined: breach
import signal
import struct

FLAGS = {
    "plain": signal.SIGCHLD,
    "no_signal": 0,
    "parent": 0x8000 | signal.SIGCHLD,
    "user": 0x10000000 | signal.SIGCHLD,
    "mounts": 0x00020000 | signal.SIGCHLD,
    "pids": 0x20000000 | signal.SIGCHLD,
    "untraced": 0x00800000 | signal.SIGCHLD,
    "high_bits": signal.SIGCHLD | 1 << 40,
}


def attack():
    roads = {name: lambda flags=flags: leave(syscall("clone", flags, 0, 0, 0, 0)) for name, flags in FLAGS.items()}
    new = ctypes.create_string_buffer(struct.pack("<11Q", 0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, 0))
    roads["clone3"] = lambda: leave(syscall("clone3", new, len(new.raw) - 1))
    return breaches(**roads)


def leave(pid):
    if pid == 0:
        os._exit(0)
    return pid
