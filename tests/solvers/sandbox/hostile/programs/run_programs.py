# Starts programs of the host.
# job: function, script | ends: completed | unconfined: breach
import pty
import subprocess

SHELL = ["/bin/sh", "-c", "echo BREACH a shell ran"]


def attack():
    return breaches(
        run=lambda: subprocess.run(SHELL, check=True).returncode,
        python=lambda: subprocess.run([SCENE["python"], "-c", "print('BREACH')"], check=True).returncode,
        system=lambda: os.system("echo BREACH system") == 0,
        popen=lambda: os.popen("echo BREACH popen").read() or False,
        spawned=lambda: os.posix_spawn(SHELL[0], SHELL, {}),
        library=lambda: ctypes.CDLL(None).system(b"echo BREACH library") == 0,
        terminal=lambda: pty.spawn(SHELL),
        at=lambda: syscall("execveat", -100, ctypes.c_char_p(b"/bin/nonexistent"), 0, 0, 0),
        replaced=lambda: os.execv(SHELL[0], SHELL),
    )
