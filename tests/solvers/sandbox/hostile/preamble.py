# What stands before every hostile program: its surroundings, raw system calls, and words for what got through.
import ctypes
import errno
import os

SCENE = dict(SURROUNDINGS)  # noqa: F821  defined in the line that the catalogue puts before this text
REFUSALS = {errno.EPERM, errno.ENOSYS, errno.EACCES}


def breaches(**roads):
    """What got through: the names of the roads that raised nothing, with what they returned.

    A road that returns False says itself that it led nowhere.
    """
    through = []
    for name, road in roads.items():
        try:
            returned = road()
        except Exception:  # noqa: S112  it led nowhere
            continue
        if returned is not False:
            through.append(f"BREACH {name}: {returned!r}"[:300])
    return through


def syscall(name, *arguments):
    """A system call by number; OSError if it fails."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in (NUMBERS[name], *arguments)]
    returned = libc.syscall(*words)
    if returned < 0:
        raise OSError(ctypes.get_errno(), f"{name} failed")
    return returned


def reaches_kernel(name, *arguments):
    """Whether a system call gets past the filter: with senseless arguments, any answer but a refusal says so."""
    try:
        return f"returned {syscall(name, *arguments)}"
    except OSError as error:
        return False if error.errno in REFUSALS else errno.errorcode.get(error.errno, error.errno)


X86_64, AARCH64 = 0, 1
NUMBERS = {
    name: numbers[AARCH64 if os.uname().machine == "aarch64" else X86_64]
    for name, numbers in {
        "acct": (163, 89),
        "add_key": (248, 217),
        "bpf": (321, 280),
        "capset": (126, 91),
        "chroot": (161, 51),
        "clock_settime": (227, 112),
        "clone": (56, 220),
        "clone3": (435, 435),
        "delete_module": (176, 106),
        "execveat": (322, 281),
        "fanotify_init": (300, 262),
        "finit_module": (313, 273),
        "fsopen": (430, 430),
        "init_module": (175, 105),
        "inotify_init1": (294, 26),
        "io_setup": (206, 0),
        "io_uring_enter": (426, 426),
        "io_uring_register": (427, 427),
        "io_uring_setup": (425, 425),
        "ioprio_set": (251, 30),
        "kcmp": (312, 272),
        "kexec_file_load": (320, 294),
        "kexec_load": (246, 104),
        "keyctl": (250, 219),
        "kill": (62, 129),
        "landlock_create_ruleset": (444, 444),
        "mbind": (237, 235),
        "memfd_create": (319, 279),
        "memfd_secret": (447, 447),
        "migrate_pages": (256, 238),
        "mount": (165, 40),
        "mount_setattr": (442, 442),
        "move_mount": (429, 429),
        "move_pages": (279, 239),
        "mq_open": (240, 180),
        "msgget": (68, 186),
        "name_to_handle_at": (303, 264),
        "open_by_handle_at": (304, 265),
        "open_tree": (428, 428),
        "perf_event_open": (298, 241),
        "personality": (135, 92),
        "pidfd_getfd": (438, 438),
        "pidfd_open": (434, 434),
        "pidfd_send_signal": (424, 424),
        "pivot_root": (155, 41),
        "process_madvise": (440, 440),
        "process_vm_readv": (310, 270),
        "process_vm_writev": (311, 271),
        "ptrace": (101, 117),
        "quotactl": (179, 60),
        "reboot": (169, 142),
        "request_key": (249, 218),
        "rt_sigqueueinfo": (129, 138),
        "rt_tgsigqueueinfo": (297, 240),
        "semget": (64, 190),
        "setdomainname": (171, 162),
        "sethostname": (170, 161),
        "setns": (308, 268),
        "settimeofday": (164, 170),
        "setxattr": (188, 5),
        "shmget": (29, 194),
        "splice": (275, 76),
        "swapon": (167, 224),
        "syslog": (103, 116),
        "tgkill": (234, 131),
        "tkill": (200, 130),
        "umount2": (166, 39),
        "unshare": (272, 97),
        "userfaultfd": (323, 282),
        "vmsplice": (278, 75),
    }.items()
}
