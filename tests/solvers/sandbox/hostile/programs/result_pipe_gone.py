# Closes all that it has, the request pipe as well, and ends as if all were well.
# job: function, script, timing | ends: crash, exception, completed
def attack():
    os.closerange(0, 4096)
    return []
