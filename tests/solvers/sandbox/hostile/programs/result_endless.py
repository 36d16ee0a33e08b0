# Writes into the result pipe without end.
# job: function, script, timing | ends: output, memory, crash, exception
def attack():
    while True:
        os.write(3, b"x" * 60_000)
