# Returns a result larger than any that was agreed on.
# job: function | ends: output, memory, exception
def attack():
    return ["x" * 1000] * 40_000
