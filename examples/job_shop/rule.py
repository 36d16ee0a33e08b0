"""A dispatcher of a job shop whose rule is trainable: what stands between the two marks may change."""

from steepest.traces import bundle


@bundle(trainable=True)
def schedule(jobs):
    """Start times of all operations of a job shop; jobs are lists of [machine, duration]. Active schedules are made
    operation by operation (Giffler and Thompson 1960): of those that compete for a machine the one with the highest
    priority comes first.
    """

    def priority(of):
        """Larger is earlier. `of` holds what is known of an operation, see below."""
        # EVOLVE-BLOCK-START
        score = 0.0
        score += -1 * of["duration"]
        # EVOLVE-BLOCK-END
        return score

    done = [0] * len(jobs)
    ready = [0] * len(jobs)
    free = {machine: 0 for job in jobs for machine, duration in job}
    load = {machine: sum(d for job in jobs for m, d in job if m == machine) for machine in free}
    starts = [[0] * len(job) for job in jobs]
    while any(done[j] < len(job) for j, job in enumerate(jobs)):
        waiting = {}
        for j, job in enumerate(jobs):
            if done[j] < len(job):
                machine, duration = job[done[j]]
                begin = max(ready[j], free[machine])
                rest = job[done[j] :]
                waiting[j] = {
                    "begin": begin,
                    "duration": duration,
                    "work_left": sum(d for m, d in rest),
                    "operations_left": len(rest),
                    "next_duration": rest[1][1] if len(rest) > 1 else 0,
                    "next_machine_load": load[rest[1][0]] if len(rest) > 1 else 0,
                    "machine_load": load[machine],
                    "waited": begin - ready[j],
                    "gap": begin - free[machine],
                }
        first = min(waiting, key=lambda j: (waiting[j]["begin"] + waiting[j]["duration"], j))
        end = waiting[first]["begin"] + waiting[first]["duration"]
        machine = jobs[first][done[first]][0]
        rivals = [j for j in waiting if jobs[j][done[j]][0] == machine and waiting[j]["begin"] < end]
        j = max(rivals, key=lambda j: (priority(waiting[j]), -j))
        starts[j][done[j]] = waiting[j]["begin"]
        ready[j] = free[machine] = waiting[j]["begin"] + waiting[j]["duration"]
        load[machine] -= waiting[j]["duration"]
        done[j] += 1
    return starts
