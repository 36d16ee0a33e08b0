# Writes garbage into the result pipe.
# job: function, script, timing | ends: crash, exception, output, forbidden, timeout | seeds: 3
import random


def attack():
    noise = random.Random(SCENE["seed"])
    for _ in range(20):
        os.write(3, noise.randbytes(1000) + b"\n")
    os.write(3, b'{"kind": "solved"}\n[]\nnull\n1e999\nNaN\n"\\ud800"\n' + b"9" * 6000 + b"\n")
    os._exit(0)
