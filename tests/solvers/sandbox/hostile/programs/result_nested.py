# Returns a result so deep that a reader which recurses over it falls over.
# job: function | ends: completed, exception, crash
def attack():
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return nested
