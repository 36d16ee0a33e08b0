# Writes a million small answers, which cost the reader more than the writer.
# job: function, script, timing | ends: output, crash, exception, timeout
def attack():
    lines = b'{"returned": 1}\n' * 4000
    for _ in range(300):
        os.write(3, lines)
    os._exit(0)
