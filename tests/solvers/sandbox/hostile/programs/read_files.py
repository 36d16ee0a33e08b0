# Reads files of the host, by every door that Python has.
# job: function, script | ends: completed | unconfined: breach
import codecs
import io
import linecache
import mmap
import pathlib
import tokenize

import numpy as np

CANARY = SCENE["canary"]


def attack():
    return breaches(
        passwd=lambda: open("/etc/passwd").read()[:200],
        hostname=lambda: open("/etc/hostname").read(),
        machine=lambda: open("/etc/machine-id").read(),
        mounts=lambda: open("/proc/mounts").read()[:200],
        home=lambda: os.listdir(SCENE["home"]),
        root=lambda: os.listdir("/"),
        folder=lambda: [entry.name for entry in os.scandir(SCENE["folder"])],
        project=lambda: open(SCENE["project"]).read()[:200],
        temporary=lambda: os.listdir("/tmp"),
        opened=lambda: open(CANARY).read(),
        low=lambda: os.read(os.open(CANARY, os.O_RDONLY), 100),
        path=lambda: pathlib.Path(CANARY).read_text(),
        encoded=lambda: codecs.open(CANARY, encoding="utf-8").read(),
        source=lambda: tokenize.open(CANARY).read(),
        line=lambda: linecache.getline(CANARY, 1) or False,
        file_io=lambda: io.FileIO(CANARY).read(),
        array=lambda: np.fromfile(CANARY, dtype=np.uint8).tobytes(),
        table=lambda: np.genfromtxt(CANARY, dtype=str).tolist(),
        mapped=lambda: mmap.mmap(os.open(CANARY, os.O_RDONLY), 0, access=mmap.ACCESS_READ)[:],
        memory_map=lambda: np.memmap(CANARY, mode="r").tobytes(),
        library=lambda: ctypes.CDLL(None).open(CANARY.encode(), 0) >= 0,
    )
