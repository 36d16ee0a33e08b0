# Leaves a process behind that has its own session and no parent, and works on after the job.
# job: function, script | ends: completed | unconfined: breach
import socket
import subprocess
import time


def attack():
    return breaches(
        double_fork=double_fork,
        session=lambda: subprocess.Popen(["/bin/sleep", "30"], start_new_session=True).pid,
    )


def double_fork():
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    socket.socket(type=socket.SOCK_DGRAM).sendto(b"daemon", ("127.0.0.1", SCENE["udp"]))
    time.sleep(30)
    os._exit(0)
