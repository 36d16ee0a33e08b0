# Answers with a failure of empty lists: three bytes each on the way, and seventy where a reader builds them up.
# job: script | ends: crash, exception, output, forbidden, memory | wall: 8 | model: 64
import time

LISTS, CHUNK = 63 << 20, b"[]," * (1 << 18)


def flood(opening, ending):
    os.write(3, opening)
    sent = 0
    while sent < LISTS:
        rest = memoryview(CHUNK)
        while rest:
            rest = rest[os.write(3, rest) :]
        sent += len(CHUNK)
    os.write(3, ending)


flood(b'F{"a":[', b"[]]}")
time.sleep(0.1)
os._exit(0)
