# Counts the descriptors it was given: a control socket, a log or a database left open is a way out.
# job: function, script | ends: completed | reaches: out
import fcntl
import stat


def attack():
    open_ones = [fd for fd in range(4096) if is_open(fd)]
    kinds = {fd: stat.S_IFMT(os.fstat(fd).st_mode) for fd in open_ones}
    modes = {fd: fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE for fd in open_ones}
    wanted = {0: os.O_RDONLY, 1: os.O_WRONLY, 2: os.O_WRONLY, 3: os.O_WRONLY, 4: os.O_RDONLY}
    return breaches(
        others=lambda: set(open_ones) - set(wanted) or False,
        kinds=lambda: any(kinds[fd] != stat.S_IFIFO for fd in open_ones if fd) and kinds,
        modes=lambda: any(modes[fd] != wanted.get(fd) for fd in open_ones) and modes,
        input=lambda: os.read(0, 1) or False,
    )


def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
