# Hides the endless computation in a constant, which a compiler that folds constants computes before anything runs.
# job: function | ends: timeout, memory, exception | wall: 0.5
def attack():
    value = 9**9**9
    return [value]
