# Never ends, and catches whatever is thrown at it.
# job: function, script, timing | ends: timeout | wall: 0.5
def attack():
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
