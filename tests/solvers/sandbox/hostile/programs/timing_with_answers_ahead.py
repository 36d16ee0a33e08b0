# Sends the answers to all coming calls ahead and works afterwards, so that each of them seems to take no time.
# job: timing | ends: completed, exception, crash, output, timeout, forbidden | slow: 0.02
import time

REPEATS = 5


def attack():
    of_this_call, prepared_and_called, value = b"\n", b"\n\n", b'{"returned": []}\n'
    os.write(3, of_this_call + prepared_and_called * REPEATS + value)
    end = time.process_time() + 0.02 * (REPEATS + 1)
    while time.process_time() < end:
        pass
    os._exit(0)
