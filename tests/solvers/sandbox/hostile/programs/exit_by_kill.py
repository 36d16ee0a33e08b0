# Kills itself.
# job: function, script, timing | ends: crash, memory, timeout
import signal


def attack():
    os.kill(os.getpid(), signal.SIGKILL)
