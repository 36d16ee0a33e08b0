"""Fuzzed formulation texts: none may crash, hang or end in anything but a clean refusal.

    python benchmarks/fuzz_language.py --texts 2000 --seed 0
    python benchmarks/fuzz_language.py --texts 100000 --seed 1 --keep defects --corpus my-models

Every text is a mutation of a valid one: tokens lost, doubled and exchanged, other alphabets, deep nesting, giant
numbers, a cut, a splice of two texts, random bytes. It goes through reader, printer and reader again, checks, data
binding and compiler, and one in `--solve-every` of those that compile is solved within a second. The work is done in a
process of its own with an alarm and a limit of memory, which is started again behind a text that it dies of. Text
number N of a seed is always the same one: `--first N --texts 1` shows it again.
"""

import argparse
import contextlib
import multiprocessing
import resource
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from time import process_time
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script too, which knows its own folder alone

from benchmarks.fuzzed_texts import corpus_of, text_number  # noqa: E402
from steepest.errors import InputError  # noqa: E402
from steepest.solvers.backends.solver_error import SolverError  # noqa: E402
from steepest.solvers.data.binding import bind  # noqa: E402
from steepest.solvers.diagnostics import FormulationError  # noqa: E402
from steepest.solvers.formulation import Formulation  # noqa: E402
from steepest.solvers.options import SolveOptions  # noqa: E402
from steepest.solvers.solve import solve_formulation  # noqa: E402
from steepest.solvers.text.reader import read_formulation  # noqa: E402
from steepest.solvers.vectorized.algebra import UnsupportedProblemError  # noqa: E402
from steepest.solvers.vectorized.compile import compile_formulation  # noqa: E402

ALARM = 20
"""Seconds of processor time after which a text hangs: other work on the machine does not make one slow."""
HEARTBEAT = 1000
"""Texts between two lines of progress."""
MEMORY = 4 * 2**30
"""Bytes of address space that a text may take."""


@dataclass(frozen=True)
class Ended:
    """How a text ended."""

    number: int
    ending: str
    seconds: float
    defect: str = ""
    """The traceback, or what was wrong; empty for a clean ending."""


class _Hang(BaseException):
    """The alarm went off; no `except Exception` may take it."""


# What becomes of a text


def ending(text: str, is_solved: bool) -> str:
    """The clean ending of a text; anything unclean is raised.

    Raises:
        AssertionError: What the printer wrote is not read as the same formulation.
    """
    formulation = read_formulation(text).formulation
    if formulation is None:
        return "refused by the reader"
    _require_round_trip(formulation)
    if any(each.severity == "error" for each in formulation.check()):
        return "refused by the checks"
    try:
        data = bind(formulation, folder=Path("no-such-folder"))
    except (FormulationError, InputError):
        return "refused with its data"
    try:
        compile_formulation(formulation, data)
    except FormulationError:
        return "refused by the compiler"
    except UnsupportedProblemError:
        return _solved(formulation) if is_solved else "for another solver"
    return _solved(formulation) if is_solved else "compiled"


def _require_round_trip(formulation: Formulation) -> None:
    printed = formulation.to_text()
    again = read_formulation(printed)
    assert again.formulation == formulation, f"printed as\n{printed}\nwhich reads as {again}"


def _solved(formulation: Formulation) -> str:
    try:
        return f"solved: {solve_formulation(formulation, options=SolveOptions(time_limit=1, threads=1)).status}"
    except FormulationError:
        return "refused before the solve"
    except SolverError:
        return "solved: an answer that is not believed"


def _watched(number: int, text: str, is_solved: bool) -> Ended:
    """The ending of a text under an alarm, whatever happens."""
    begin = process_time()
    signal.setitimer(signal.ITIMER_PROF, ALARM)
    try:
        found, defect = ending(text, is_solved), ""
    except _Hang:
        found, defect = "HANG", traceback.format_exc(limit=-12)
    except BaseException as error:  # whatever it is, it is what is looked for
        found, defect = f"DEFECT {type(error).__name__}", traceback.format_exc(limit=-12)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return Ended(number, found, process_time() - begin, defect)


def _work(results: Connection, first: int, last: int, seed: int, corpus: Sequence[str], solve_every: int) -> None:
    """Run the texts of some numbers, and send each ending."""

    def hang(*_: Any) -> None:
        raise _Hang

    signal.signal(signal.SIGPROF, hang)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in range(first, last):
        is_solved = solve_every > 0 and number % solve_every == 0
        results.send(_watched(number, text_number(number, seed, corpus), is_solved))


def endings(first: int, texts: int, seed: int, corpus: Sequence[str], solve_every: int) -> Iterator[Ended]:
    """The endings of some texts in order; one that kills its process or can't be interrupted is among them."""
    context = multiprocessing.get_context("fork")
    last = first + texts
    while first < last:
        mine, theirs = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(theirs, first, last, seed, corpus, solve_every), daemon=True)
        worker.start()
        theirs.close()
        with contextlib.suppress(EOFError):
            while first < last and mine.poll(10 * ALARM):
                yield mine.recv()
                first += 1
        is_hanging = worker.is_alive() and first < last
        if is_hanging:
            worker.kill()
        worker.join()
        mine.close()
        if first < last:
            code = "HANG without an interruption" if is_hanging else f"CRASH with exit code {worker.exitcode}"
            yield Ended(first, code, 3 * ALARM if is_hanging else 0.0, f"text {first} of seed {seed}")
            first += 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the texts, and print the table of endings, the slowest texts and every defect."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first text")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--solve-every", type=int, default=20, help="one text in so many is solved too; 0: none")
    parser.add_argument("--corpus", type=Path, help="a folder with further `.five` files to begin with")
    parser.add_argument("--keep", type=Path, help="a folder for the texts that end in a defect")
    parser.add_argument("--show", action="store_true", help="print the texts themselves, and run nothing")
    given = parser.parse_args(arguments)
    corpus = corpus_of(given.corpus)
    if given.show:
        for number in range(given.first, given.first + given.texts):
            sys.stdout.buffer.write(text_number(number, given.seed, corpus).encode("utf-8", "surrogatepass"))
        return 0
    found = []
    for each in endings(given.first, given.texts, given.seed, corpus, given.solve_every):
        found.append(each)
        if len(found) % HEARTBEAT == 0:
            print(
                f"{len(found):,} texts, {sum(bool(one.defect) for one in found)} defects", file=sys.stderr, flush=True
            )
        if each.defect:
            print(f"text {each.number}: {each.ending}\n{each.defect}", flush=True)
            if given.keep:
                given.keep.mkdir(parents=True, exist_ok=True)
                text = text_number(each.number, given.seed, corpus)
                (given.keep / f"{given.seed}-{each.number}.five").write_bytes(text.encode("utf-8", "surrogatepass"))
    _print_table(found)
    return 1 if any(each.defect for each in found) else 0


def _print_table(found: list[Ended]) -> None:
    print(f"\n{'ending':<45}{'texts':>9}{'mean ms':>10}{'most ms':>10}")
    for name, count in Counter(each.ending for each in found).most_common():
        times = [each.seconds * 1e3 for each in found if each.ending == name]
        print(f"{name:<45}{count:>9,}{sum(times) / count:>10.1f}{max(times):>10.0f}")
    print(f"{len(found):,} texts, {sum(bool(each.defect) for each in found)} defects")
    slowest = sorted(found, key=lambda each: -each.seconds)[:5]
    print("slowest:", ", ".join(f"text {each.number} {each.seconds:.1f} s ({each.ending})" for each in slowest))


if __name__ == "__main__":
    raise SystemExit(main())
