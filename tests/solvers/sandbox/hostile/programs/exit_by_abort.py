# Aborts, which would write a core file of all that the process knows.
# job: function, script | ends: crash
def attack():
    os.abort()
