# Computes a number of a billion digits: one instruction of Python, hours in C.
# job: function | ends: timeout, memory, exception | wall: 0.5
def attack():
    return [len(str(7 ** (10**9)))]
