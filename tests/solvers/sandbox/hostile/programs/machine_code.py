# Calls the kernel by machine code, through the doors for 32-bit and x32 programs, whose numbers mean other calls.
# job: function | ends: forbidden, crash | machine: x86_64 | unconfined: breach
import mmap

GETPID_X32 = 0x40000000 + 39
SOCKET_X32 = 0x40000000 + 41


def attack():
    return breaches(
        x32=lambda: call(b"\xb8" + GETPID_X32.to_bytes(4, "little") + b"\x0f\x05\xc3") >= 0,
        x32_socket=lambda: (
            call(b"\xbf\x01\0\0\0\xbe\x01\0\0\0\x31\xd2\xb8" + SOCKET_X32.to_bytes(4, "little") + b"\x0f\x05\xc3") >= 0
        ),
        old_getpid=lambda: call(b"\x53\xb8\x14\0\0\0\xcd\x80\x5b\xc3") > 0,
        old_open=lambda: call(b"\x53\x31\xdb\xb8\x05\0\0\0\xcd\x80\x5b\xc3") >= -38,
    )


def call(code):
    area = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    area.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(area))
    return ctypes.CFUNCTYPE(ctypes.c_long)(address)()
