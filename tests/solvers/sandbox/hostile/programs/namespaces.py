# Makes namespaces of its own, where it would be root and could mount.
# job: function | ends: completed | unconfined: breach
NAMESPACES = {
    "user": 0x10000000,
    "mount": 0x20000,
    "net": 0x40000000,
    "pid": 0x20000000,
    "ipc": 0x08000000,
    "time": 0x80,
}


def attack():
    made = {name: lambda flag=flag: syscall("unshare", flag) for name, flag in NAMESPACES.items()}
    return breaches(
        both=lambda: syscall("unshare", NAMESPACES["user"] | NAMESPACES["mount"]),
        entered=lambda: syscall("setns", os.open("/proc/1/ns/net", os.O_RDONLY), 0),
        files=lambda: syscall("unshare", 0x400),
        **made,
    )
