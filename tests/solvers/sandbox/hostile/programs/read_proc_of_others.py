# Looks into other processes through /proc: arguments, environment and memory of the server, its owner and a neighbour.
# job: function, script | ends: completed | unconfined: breach
FILES = ("environ", "cmdline", "maps", "mem", "stat", "root/etc/passwd", "fd", "cwd", "status")
PROCESSES = {
    "parent": os.getppid(),
    "supervisor": SCENE["supervisor"],
    "victim": SCENE["victim"],
    "first": 1,
    "pid_before": os.getpid() - 1,
}


def attack():
    roads = {
        f"{who}_{file}": lambda path=f"/proc/{pid}/{file}": look(path)
        for who, pid in PROCESSES.items()
        for file in FILES
    }
    roads |= {
        f"{who}_pipe_{fd}": lambda path=f"/proc/{pid}/fd/{fd}": os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        for who, pid in PROCESSES.items()
        for fd in range(3, 40)
    }
    return breaches(listing=lambda: [name for name in os.listdir("/proc") if name.isdecimal()], **roads)


def look(path):
    if path.endswith("/cwd"):
        return os.readlink(path)
    if path.endswith("/fd"):
        return os.listdir(path)
    with open(path, "rb") as file:
        return file.read(2000) if not path.endswith("/mem") else file.fileno()
