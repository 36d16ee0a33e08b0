# Takes memory by mappings, private and shared, and touches every page; shared pages are easily left uncounted.
# job: function | ends: memory, exception, completed | reaches: out
import mmap

GIB = 1 << 30


def attack():
    return breaches(
        private=lambda: touch(mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS),
        shared=lambda: touch(mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
        unreserved=lambda: touch(mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000),
        populated=lambda: len(mmap.mmap(-1, GIB, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS | 0x8000)),
    )


def touch(flags):
    area = mmap.mmap(-1, GIB, flags)
    for page in range(0, GIB, 4096):
        area[page] = 1
    return GIB
