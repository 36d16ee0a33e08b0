# Makes pipes, devices, folders and links: a device node of the right number is the whole disk.
# job: function | ends: completed | unconfined: breach
import stat

NAME = f"{SCENE['folder']}/{SCENE['mark']}"


def attack():
    return breaches(
        pipe=lambda: os.mkfifo(NAME + "-pipe"),
        disk=lambda: os.mknod(NAME + "-disk", 0o600 | stat.S_IFBLK, os.makedev(8, 0)),
        memory=lambda: os.mknod(NAME + "-memory", 0o600 | stat.S_IFCHR, os.makedev(1, 1)),
        folder=lambda: os.mkdir(NAME + "-folder"),
        link=lambda: os.symlink("/etc/passwd", NAME + "-link"),
        opened=lambda: os.open("/dev/mem", os.O_RDONLY),
    )
