# Writes the deep result as text into the result pipe, past whatever would refuse to write it.
# job: function, script | ends: completed, crash, exception, output, forbidden
def attack():
    depth = 400_000
    for frame in (b"[" * depth + b"]" * depth, b'{"returned":' * depth, b'{"value":' + b"[" * depth):
        os.write(3, frame + b"\n")
    os._exit(0)
