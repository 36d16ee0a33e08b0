# Prints what is no text: bytes that are no UTF-8, zero bytes, lone surrogates, half a character at the end.
# job: function, script | ends: completed
import sys


def attack():
    os.write(1, bytes(range(256)))
    os.write(1, b"\xed\xa0\x80\xf4\x90\x80\x80\x00\x00")
    try:
        sys.stdout.write("\ud800")
    except UnicodeError:
        pass
    os.write(2, "é".encode()[:1])
    return []
