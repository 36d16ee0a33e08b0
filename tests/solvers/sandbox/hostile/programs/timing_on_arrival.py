# Says that it is ready before it is, and works as soon as the arguments come: before the first call, and between them.
# job: timing | ends: completed, exception, crash, output, timeout, forbidden | slow: 0.3
import time


def attack():
    return []


def line():
    text = b""
    while not text.endswith(b"\n") and (byte := os.read(4, 1)):
        text += byte
    return text


os.write(3, b"ready\n")
while request := os.read(4, 1):
    if request == b"a":
        line()
        end = time.process_time() + 0.3
        while time.process_time() < end:
            pass
    os.write(3, b'{"returned": []}\n' if request == b"v" else b"\n")
os._exit(0)
