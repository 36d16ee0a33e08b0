# Kills itself, which the first process of a pid namespace can't.
# job: function, script, timing | ends: crash, completed
import signal


def attack():
    os.kill(os.getpid(), signal.SIGKILL)
    return []
