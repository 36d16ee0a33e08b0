"""Processes that write to one library, some until they are killed; run as a script, which forks them.

Arguments: the place, what they do (`merge`, `write`, `begin`) and how many there are.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable

from steepest.agents.library.events import Outcome
from steepest.agents.library.library import Library
from steepest.agents.library.stores.protocol import ConflictError
from tests.agents.library.insights import ids, insight

MOST_STATEMENTS = 60


def forked(act: Callable[[], None]) -> int:
    """The number of a process that does something and ends with 0."""
    child = os.fork()
    if child:
        return child
    try:
        act()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def merge_until(place: str, statement: int) -> None:
    """Merge, and kill the process before this statement."""
    with Library.open(place) as library:
        dialect = library.store._dialect
        left = iter(range(statement))

        def counted(call):
            def run(*arguments):
                if next(left, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*arguments)

            return run

        for name in ("run", "run_many", "index"):
            setattr(dialect, name, counted(getattr(dialect, name)))
        library.merge(["a", "b"], insight("whole"))


def kill_everywhere(place: str) -> None:
    """Kill a merge before its first statement, before its second, and so on; tell what is there each time."""
    for statement in range(MOST_STATEMENTS):
        _, status = os.waitpid(forked(lambda number=statement: merge_until(place, number)), 0)
        with Library.open(place) as library:
            print("killed" if os.WIFSIGNALED(status) else status, library.store.number(), *ids(library), flush=True)
        if status == 0:
            return


def write_on(place: str, name: str, count: int = 8) -> None:
    """Add insights of one's own, and count in one that all have."""
    with Library.open(place) as library:
        for number in range(count):
            library.add([insight(f"{name}-{number}", tasks=(f"{name}-{number}",))])
            library.record(Outcome(task=f"{name}-{number}", retrieved=("shared",)))
            while not counted_up(library):
                pass


def counted_up(library: Library) -> bool:
    """Whether nobody was in between."""
    entry = library.entry("shared")
    try:
        library.change(entry, entry.insight.model_copy(update={"title": str(int(entry.insight.title) + 1)}))
    except ConflictError:
        return False
    return True


def begin(place: str) -> None:
    with Library.open(place) as library:
        assert library.store.number() == 0


def main(place: str, act: str, count: str) -> None:
    if act == "merge":
        kill_everywhere(place)
        return
    acts = {"write": lambda name: write_on(place, name), "begin": lambda name: begin(place)}
    names = [f"w{os.getpid()}-{number}" for number in range(int(count))]
    children = [forked(lambda name=name: acts[act](name)) for name in names]
    print("writing", flush=True)
    statuses = [os.waitpid(child, 0)[1] for child in children]
    sys.exit(max(statuses) > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
