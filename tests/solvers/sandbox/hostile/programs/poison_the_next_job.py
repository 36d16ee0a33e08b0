# Spoils everything that a later job could share: modules, builtins, settings, signal handlers, exit handlers.
# job: function, script | ends: completed, exception, crash | reaches: out
import atexit
import builtins
import linecache
import locale
import signal
import sys
import threading

import numpy as np


def attack():
    np.seterr(all="raise")
    np.add = np.sum = np.array = lambda *arguments, **options: 999983
    builtins.len = builtins.sum = builtins.int = lambda *arguments: 999983
    builtins.poisoned = True
    sys.modules["math"] = sys.modules["json"] = np
    sys.path[:] = ["/poisoned"]
    sys.meta_path.clear()
    os.environ["POISONED"] = "1"
    os.umask(0o777)
    linecache.cache["<script>"] = (1, None, ["poisoned\n"], "<script>")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    locale.setlocale(locale.LC_ALL, "C")
    sys.setrecursionlimit(10**6)
    sys.setswitchinterval(100)
    threading.settrace(lambda *arguments: 1 / 0)
    atexit.register(lambda: os.write(3, b'{"returned": 999983}\n'))
    return []
