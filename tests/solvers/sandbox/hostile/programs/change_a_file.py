# Changes a file without opening it for writing: none of these is covered by Landlock on its own.
# job: function, script | ends: completed | unconfined: breach
CANARY = SCENE["canary"]


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    return breaches(
        mode=lambda: os.chmod(CANARY, 0o777),
        owner=lambda: os.chown(CANARY, os.getuid(), os.getgid()),
        times=lambda: os.utime(CANARY, (0, 0)),
        attribute=lambda: os.setxattr(CANARY, "user.hostile", b"x"),
        removed_attribute=lambda: os.removexattr(CANARY, "user.there"),
        truncated=lambda: os.truncate(CANARY, 3),
        linked=lambda: os.link(CANARY, SCENE["folder"] + "/link"),
        pointed_at=lambda: os.symlink(CANARY, SCENE["folder"] + "/symlink"),
        renamed=lambda: os.rename(CANARY, CANARY + ".moved"),
        removed=lambda: os.unlink(CANARY + ".moved"),
        folder=lambda: os.chmod(SCENE["folder"], 0o700),
        renamed_by_number=lambda: libc.rename(CANARY.encode(), (CANARY + "2").encode()) == 0,
    )
