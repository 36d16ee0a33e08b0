# Grows one object: each growth needs the old and the new one at once.
# job: function | ends: memory, exception, completed | wall: 8
def attack():
    return breaches(doubled=doubled, extended=extended, number=lambda: (1 << (1 << 34)).bit_length())


def doubled():
    data = bytearray(1 << 20)
    while len(data) < 2 << 30:
        data += data
    return len(data)


def extended():
    data = []
    while len(data) < 1 << 28:
        data.extend(data or [0] * 1024)
    return len(data)
