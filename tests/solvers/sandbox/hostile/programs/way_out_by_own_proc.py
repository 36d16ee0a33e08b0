# Walks out through its own /proc entries, which are links to the real root, to open files and to the work folder.
# job: function | ends: completed | unconfined: breach
PLACES = ("/proc/self", "/proc/thread-self", f"/proc/{os.getpid()}")
OUTSIDE = SCENE["canary"]


def attack():
    roads = {}
    for number, place in enumerate(PLACES):
        roads[f"root{number}"] = lambda place=place: open(f"{place}/root{OUTSIDE}").read()
        roads[f"cwd{number}"] = lambda place=place: open(f"{place}/cwd/../../../../..{OUTSIDE}").read()
        roads[f"environ{number}"] = lambda place=place: open(f"{place}/environ").read() or False
    roads["dots"] = lambda: open("../" * 30 + OUTSIDE).read()
    return breaches(**roads)
