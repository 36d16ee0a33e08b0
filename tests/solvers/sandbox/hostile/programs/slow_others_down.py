# Changes how others are scheduled and what they may use.
# job: function | ends: completed | unconfined: breach
import resource


def attack():
    victim, supervisor = SCENE["victim"], SCENE["supervisor"]
    own_limit = resource.getrlimit(resource.RLIMIT_NPROC)
    return breaches(
        priority=lambda: os.setpriority(os.PRIO_PROCESS, victim, 19),
        processors=lambda: os.sched_setaffinity(victim, {0}),
        scheduler=lambda: os.sched_setscheduler(victim, os.SCHED_BATCH, os.sched_param(0)),
        real_time=lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
        disk=lambda: syscall("ioprio_set", 1, victim, 3 << 13),
        limits=lambda: resource.prlimit(supervisor, resource.RLIMIT_NPROC, own_limit),
        pages=lambda: reaches_kernel("migrate_pages", victim, 1, -1, -1),
        advice=lambda: reaches_kernel("process_madvise", -1, -1, 1, 4, 0),
    )
