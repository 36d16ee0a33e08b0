# Lets go of shared pages, which stay where they are: memory that no process is charged with, and no look at it finds.
# job: function | ends: completed | unconfined: breach
import mmap

MARK = b"still here"


def attack():
    return breaches(
        anonymous=lambda: kept(mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
        validated=lambda: kept(0x03 | mmap.MAP_ANONYMOUS),
        of_a_device=lambda: kept(mmap.MAP_SHARED, os.open("/dev/zero", os.O_RDWR)),
        of_a_file=lambda: kept(mmap.MAP_SHARED, memory_file()),
        private=lambda: kept(mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS),
    )


def kept(flags, descriptor=-1):
    area = mmap.mmap(descriptor, 1 << 20, flags)
    area[: len(MARK)] = MARK
    area.madvise(mmap.MADV_DONTNEED)
    return area[: len(MARK)] == MARK


def memory_file():
    file = os.memfd_create("large")
    os.ftruncate(file, 1 << 20)
    return file
