# Hunts for keys in the environment and in what the kernel put on the stack at the start of the process.
# job: function, script | ends: completed | unconfined: breach
import sys


def attack():
    return breaches(
        named=lambda: os.environ[SCENE["secret_variable"]],
        by_library=lambda: by_library() or False,
        unusual=lambda: [name for name in os.environ if name.endswith(("_KEY", "_TOKEN", "_SECRET"))] or False,
        shown=show,
    )


def by_library():
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_char_p
    return libc.getenv(SCENE["secret_variable"].encode())


def show():
    """Whatever is there, for the suite to search: variables, arguments, and the kernel's own copy of them."""
    print(dict(os.environ), sys.argv, getattr(sys, "orig_argv", None))
    first = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "__environ")
    place = 0
    while first and first[place]:
        print(first[place])
        place += 1
    return False
