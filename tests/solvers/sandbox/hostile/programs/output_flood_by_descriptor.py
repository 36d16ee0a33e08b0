# Writes past Python's streams, to the descriptors themselves.
# job: function | ends: output
def attack():
    os.write(2, b"z" * 20_000)
    while True:
        os.write(1, b"z" * 60_000)
