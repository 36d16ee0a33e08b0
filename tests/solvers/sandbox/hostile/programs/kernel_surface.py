# Calls the parts of the kernel where most of its holes were found; the arguments are senseless, only the door is tried.
# job: function, script | ends: completed | unconfined: breach
CALLS = """
    acct add_key bpf chroot clock_settime delete_module execveat fanotify_init finit_module fsopen init_module
    inotify_init1 io_setup io_uring_enter io_uring_register io_uring_setup kexec_file_load kexec_load keyctl
    mbind memfd_secret migrate_pages mount mount_setattr move_mount name_to_handle_at open_by_handle_at open_tree
    perf_event_open personality pidfd_getfd pidfd_open pidfd_send_signal pivot_root process_madvise quotactl reboot
    request_key semget setdomainname sethostname setns settimeofday setxattr splice swapon syslog umount2 unshare
    userfaultfd vmsplice
""".split()


def attack():
    return breaches(**{name: lambda name=name: reaches_kernel(name, -1, -1, -1, -1, -1) for name in CALLS})
