# Sends the answers to all coming calls ahead, so that each of them seems to take no time, and works afterwards.
# job: timing | ends: completed, exception, crash, output, timeout | slow: 0.02
import time

ahead = []


def attack():
    if not ahead:
        ahead.append(True)
        for answer in (b"\n", b'{"returned": []}\n', b"\x06\n", b"{}\n"):
            os.write(3, answer * 40)
    end = time.process_time() + 0.02
    while time.process_time() < end:
        pass
    return []
