# Ignores, blocks and handles every signal, so that only SIGKILL ends it.
# job: function, script | ends: timeout | wall: 0.5
import signal


def attack():
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN if number % 2 else lambda *_: None)
        except (OSError, ValueError):
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
