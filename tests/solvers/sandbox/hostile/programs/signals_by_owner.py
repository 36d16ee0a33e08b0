# Lets the kernel send its signals: a descriptor with an owner raises SIGIO, or any other, in that process.
# job: function, script | ends: completed | unconfined: breach
import fcntl
import signal

F_SETSIG = 10


def attack():
    return breaches(
        supervisor=lambda: owned_by(SCENE["supervisor"], signal.SIGUSR1),
        victim=lambda: owned_by(SCENE["victim"], signal.SIGKILL),
        server=lambda: owned_by(os.getppid(), signal.SIGURG),
        lease=lambda: fcntl.fcntl(4, fcntl.F_NOTIFY, 0x80000004),
    )


def owned_by(pid, number):
    reader, writer = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, pid)
    fcntl.fcntl(reader, F_SETSIG, int(number))
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(writer, b"x")
