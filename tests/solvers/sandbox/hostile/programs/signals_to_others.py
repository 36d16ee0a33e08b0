# Signals others: its server, the supervisor, a neighbour, its group, everybody.
# job: function, script | ends: completed | unconfined: breach
import signal


def attack():
    supervisor, victim, server = SCENE["supervisor"], SCENE["victim"], os.getppid()
    notes = ctypes.create_string_buffer(128)
    return breaches(
        supervisor=lambda: os.kill(supervisor, signal.SIGUSR1),
        server=lambda: os.kill(server, signal.SIGURG),
        victim=lambda: os.kill(victim, signal.SIGKILL),
        everybody=lambda: os.kill(-1, 0),
        group=lambda: os.killpg(os.getpgid(server), 0),
        own_group=lambda: os.kill(0, 0),
        first=lambda: os.getpid() != 1 and os.kill(1, 0),
        thread=lambda: syscall("tgkill", supervisor, supervisor, signal.SIGUSR1),
        any_thread=lambda: syscall("tkill", supervisor, signal.SIGUSR1),
        queued=lambda: syscall("rt_sigqueueinfo", supervisor, signal.SIGUSR1, notes),
        queued_thread=lambda: syscall("rt_tgsigqueueinfo", supervisor, supervisor, signal.SIGUSR1, notes),
        neighbours=lambda: [pid for pid in range(os.getpid() - 20, os.getpid()) if exists(pid)] or False,
    )


def exists(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
