# Writes wherever a file could be made: nothing of a job may stay on the disk.
# job: function, script | ends: completed | unconfined: breach
import tempfile

PLACES = ("/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/mnt", ".", SCENE["folder"], SCENE["home"], "/proc/self/cwd")
FILES = ("/proc/self/oom_score_adj", "/proc/self/comm", "/dev/tty", "/dev/kmsg", "/proc/sys/kernel/core_pattern")


def attack():
    made = {f"in_{place}": lambda place=place: open(f"{place}/{SCENE['mark']}-made", "w") for place in PLACES}
    opened = {f"opened_{file}": lambda file=file: open(file, "a") for file in FILES}
    return breaches(
        temporary=lambda: tempfile.NamedTemporaryFile(prefix=SCENE["mark"]).write(b"x"),
        folder=lambda: tempfile.mkdtemp(prefix=SCENE["mark"]),
        nameless=lambda: os.open("/tmp", os.O_TMPFILE | os.O_RDWR),
        canary=lambda: open(SCENE["canary"], "a").write("x"),
        **made,
        **opened,
    )
