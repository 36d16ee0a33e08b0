# Fills the disk, or the memory that stands behind a disk.
# job: function | ends: completed | unconfined: breach
import tempfile

BLOCK = bytes(1 << 20)
PLACES = ("/tmp", "/var/tmp", "/dev/shm", SCENE["folder"], SCENE["home"], ".", "/scratch")


def attack():
    filled = {f"in_{place}": lambda place=place: fill(f"{place}/{SCENE['mark']}-large") for place in PLACES}
    return breaches(spooled=spool, allocated=allocate, **filled)


def fill(path):
    with open(path, "wb") as file:
        for _ in range(8):
            file.write(BLOCK)
    os.unlink(path)


def spool():
    with tempfile.SpooledTemporaryFile(max_size=1) as file:
        return file.write(BLOCK)


def allocate():
    file = os.open(f"{SCENE['folder']}/{SCENE['mark']}-hole", os.O_CREAT | os.O_WRONLY)
    os.posix_fallocate(file, 0, 8 << 20)
