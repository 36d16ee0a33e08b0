# Takes the place of the harness: answers each call at once and does its work while the next one is prepared.
# job: timing | ends: completed, exception, crash, output, timeout, forbidden | slow: 0.02
import time


def attack():
    os.write(3, b"\n")
    while request := os.read(4, 1):
        if request == b"v":
            os.write(3, b'{"returned": []}\n')
        elif request == b"c":
            os.write(3, b"\n")
        else:
            work()
            os.write(3, b"\n")
    os._exit(0)


def work():
    end = time.process_time() + 0.02
    while time.process_time() < end:
        pass
