# Reads where nothing is.
# job: function, script, timing | ends: crash
def attack():
    return [ctypes.string_at(0)]
