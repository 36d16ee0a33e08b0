# Attaches to other processes and reads their memory and descriptors.
# job: function, script | ends: completed | unconfined: breach
PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206


def attack():
    roads = {"attached": lambda: syscall("ptrace", PTRACE_ATTACH, SCENE["victim"], 0, 0)}
    for name, pid in {"server": os.getppid(), "supervisor": SCENE["supervisor"], "victim": SCENE["victim"]}.items():
        roads |= {
            f"{name}_seized": lambda pid=pid: syscall("ptrace", PTRACE_SEIZE, pid, 0, 0),
            f"{name}_read": lambda pid=pid: reaches_kernel("process_vm_readv", pid, -1, 1, -1, 1, 0),
            f"{name}_written": lambda pid=pid: reaches_kernel("process_vm_writev", pid, -1, 1, -1, 1, 0),
            f"{name}_compared": lambda pid=pid: reaches_kernel("kcmp", pid, os.getpid(), 0, 0, 0),
            f"{name}_handle": lambda pid=pid: syscall("pidfd_open", pid, 0),
            f"{name}_descriptor": lambda pid=pid: syscall("pidfd_getfd", syscall("pidfd_open", pid, 0), 3, 0),
            f"{name}_memory": lambda pid=pid: os.open(f"/proc/{pid}/mem", os.O_RDWR),
            f"{name}_moved": lambda pid=pid: reaches_kernel("move_pages", pid, 1, -1, 0, -1, 0),
        }
    return breaches(**roads)
