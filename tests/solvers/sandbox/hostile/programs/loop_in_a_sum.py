# Sums a range in C.
# job: function, script | ends: timeout | wall: 0.5
def attack():
    return [sum(range(10**13))]
