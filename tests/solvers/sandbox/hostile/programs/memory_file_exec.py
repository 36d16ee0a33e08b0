# Writes a program into a nameless memory file and executes it: no path is opened, so no rule on paths is asked.
# job: function | ends: completed | unconfined: breach
PROGRAM = b"#!/bin/sh\necho BREACH executed from memory\n"


def attack():
    return breaches(memory_file=make, secret=lambda: syscall("memfd_secret", 0), executed=execute)


def make():
    file = os.memfd_create("program", 0)
    return os.write(file, PROGRAM)


def execute():
    file = os.memfd_create("program", 0)
    os.write(file, PROGRAM)
    os.execve(file, ["program"], {})
