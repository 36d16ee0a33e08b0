# Ends as if all were well, without a word.
# job: function, script, timing | ends: crash, exception
def attack():
    os._exit(0)
