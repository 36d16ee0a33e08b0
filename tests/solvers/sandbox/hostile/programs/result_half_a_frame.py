# Begins an answer and neither ends it nor itself.
# job: function, script, timing | ends: timeout | wall: 0.5
import time


def attack():
    os.write(3, b'{"returned": [1, 2')
    while True:
        time.sleep(1)
