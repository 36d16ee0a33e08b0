# Raises what otherwise comes from the keyboard, from a generator that refuses to end.
# job: function, script | ends: exception, crash
def stubborn():
    while True:
        try:
            yield
        except GeneratorExit:
            raise KeyboardInterrupt from None


def attack():
    generator = stubborn()
    next(generator)
    generator.close()
