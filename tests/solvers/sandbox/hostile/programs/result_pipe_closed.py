# Closes the result pipe, and puts another descriptor in its place.
# job: function, script, timing | ends: crash, exception, output, timeout | wall: 0.5
def attack():
    os.close(3)
    os.dup2(1, 3)
    return []
