# Takes memory in small pieces, more than its limit.
# job: function, script | ends: memory, exception | wall: 8
def attack():
    pieces = []
    while len(pieces) < 2000:
        pieces.append([0] * 131_072)
    return ["BREACH 2000 MiB taken"]
