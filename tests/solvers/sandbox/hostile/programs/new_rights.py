# Asks for more rights than it has: other users, capabilities, higher limits, another personality.
# job: function, script | ends: completed | unconfined: breach
import resource
import struct


def attack():
    return breaches(
        user=lambda: os.setuid(0),
        users=lambda: os.setresuid(0, 0, 0),
        group=lambda: os.setgid(0),
        groups=lambda: os.setgroups([0]),
        everything=lambda: syscall("capset", struct.pack("Ii", 0x20080522, 0), struct.pack("6I", *[0xFFFFFFFF] * 6)),
        personality=lambda: syscall("personality", 0x0040000),
        core=lambda: resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20)),
        time=lambda: raised(resource.RLIMIT_CPU),
        memory=lambda: raised(resource.RLIMIT_AS),
        files=lambda: raised(resource.RLIMIT_NOFILE),
    )


def raised(limit):
    resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
