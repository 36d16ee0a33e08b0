# Catches every MemoryError and asks again, so that only the supervisor can end it.
# job: function, script | ends: memory, timeout | wall: 0.5
def attack():
    hoard = []
    while True:
        try:
            while True:
                hoard.append(bytearray(8 << 20))
        except MemoryError:
            pass
