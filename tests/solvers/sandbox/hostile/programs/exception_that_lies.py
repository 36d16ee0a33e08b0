# Raises an exception whose every part misbehaves: name, words, notes, causes, traceback.
# job: function, script | ends: exception, crash
class Name(str):
    def __str__(self):
        raise KeyboardInterrupt


class Fault(BaseException):
    __module__ = Name("nowhere")
    __notes__ = property(lambda self: 1 / 0)
    __cause__ = property(lambda self: self)
    args = property(lambda self: 1 / 0)

    def __str__(self):
        raise SystemExit(0)

    def __getattribute__(self, name):
        raise GeneratorExit(name)


Fault.__qualname__ = Name("Fault")


def attack():
    raise Fault
