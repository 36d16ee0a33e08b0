# Stops itself: a stopped process neither ends nor reads nor takes processor time.
# job: function, script | ends: timeout, completed | wall: 0.5 | reaches: out
import signal


def attack():
    os.kill(os.getpid(), signal.SIGSTOP)
    return []
