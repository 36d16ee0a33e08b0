"""Rollouts in processes of their own."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import aclosing, closing
from pathlib import Path

import pytest

from steepest.agents.llm import AdaptiveLimit, Budget, Budgeted
from steepest.agents.llm.errors import LLMError
from steepest.agents.llm.retries import ONCE, Retrying
from steepest.agents.optimizers.engines.choice import executor_named
from steepest.agents.optimizers.engines.processes import Processes
from steepest.agents.optimizers.search.executors import Inline, Threads
from steepest.errors import InputError, SteepestError
from tests.agents.optimizers.engines.programs import Asking, Obedient, Paid, Weighty, jobs

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def executor():
    with closing(Processes(2)) as opened:
        yield opened


async def rollouts(executor, program, given):
    found = {}
    async with aclosing(executor.run(program, given)) as results:
        async for number, rollout in results:
            found[number] = rollout
    return [found[number] for number in range(len(given))]


def is_alive(pid):
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if sys.platform == "linux" else True
    except (ProcessLookupError, FileNotFoundError):  # it may end between these lines, or while its file is read
        return False


def until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_rollouts_are_made_elsewhere_and_come_with_their_places(executor):
    found = asyncio.run(rollouts(executor, Obedient(), jobs(*["work"] * 20)))
    assert [each.example for each in found] == [f"e{number}" for number in range(20)]
    assert str(os.getpid()) not in {each.output for each in found}


def test_a_worker_that_dies_costs_its_own_rollout_alone(executor, tmp_path):
    orders = ["work"] * 4 + ["die"] + ["work"] * 4 + ["die once"]
    found = asyncio.run(rollouts(executor, Obedient(tmp_path), jobs(*orders)))
    assert [each.error for each in found if each.error] == [
        "The process that made this rollout died, 2 times (signal 9)."
    ]
    assert found[4].error
    assert found[9].score == 1.0


@pytest.mark.skipif(sys.platform == "win32", reason="looks processes up")
def test_what_runs_past_the_deadline_is_killed(executor, tmp_path):
    async def late():
        async with asyncio.timeout(10) as deadline:
            running = asyncio.ensure_future(rollouts(executor, Obedient(tmp_path), jobs("hang", "hang", "work")))
            while len(list(tmp_path.glob("hanging-*"))) < 2:
                await asyncio.sleep(0.01)
            deadline.reschedule(asyncio.get_running_loop().time())
            await running

    with pytest.raises(TimeoutError):
        asyncio.run(late())
    hung = [int(each.name.split("-")[1]) for each in tmp_path.glob("hanging-*")]
    until(lambda: not any(map(is_alive, hung)), 5)
    assert [each.score for each in asyncio.run(rollouts(executor, Obedient(), jobs("work")))] == [1.0]


@pytest.mark.parametrize(
    ("order", "kind", "words"),
    [
        ("break", InputError, "the guide is broken"),
        ("fall", LLMError, "no"),
        ("stumble", SteepestError, "the program raised ValueError in a worker: a word"),
    ],
)
def test_what_a_program_raises_is_raised_here(executor, order, kind, words):
    with pytest.raises(kind, match=words):
        asyncio.run(rollouts(executor, Obedient(), jobs(order, "work")))


def test_a_program_that_cannot_be_sent_is_told_with_what_is_in_its_way(executor):
    with pytest.raises(InputError, match=r"the program\.parts\['lock'\] is a _thread\.lock.*or run in threads"):
        asyncio.run(rollouts(executor, Obedient(lock=threading.Lock()), jobs("work")))


def test_a_big_program_is_sent_once_to_a_worker(executor, tmp_path):
    program = Weighty(tmp_path, megabytes=8)
    for _ in range(3):
        asyncio.run(rollouts(executor, program, jobs(*["work"] * 10)))
    unpacked = (tmp_path / "unpacked").read_text().split()
    assert len(unpacked) == len(set(unpacked)) <= 2


def test_models_in_rollouts_share_limit_and_budget_with_this_process(executor):
    limit, budget = AdaptiveLimit(start=1, most=4), Budget(tokens=1_000_000)
    program = Asking(Budgeted(Retrying(Paid(), ONCE, limit=limit), budget))
    found = asyncio.run(rollouts(executor, program, jobs(*["ask"] * 6)))
    assert {each.output for each in found} == {"yes"}
    until(lambda: budget.spent_tokens == 6 * 15 and limit._used == 0, 5)
    assert limit.slots > 1  # it learned from their successes


def test_a_budget_that_is_spent_ends_the_rollouts(executor):
    program = Asking(Budgeted(Paid(), Budget(tokens=100)))
    with pytest.raises(LLMError, match="of 100 tokens are spent"):
        asyncio.run(rollouts(executor, program, jobs(*["ask"] * 10)))


SCRIPT = """
import asyncio, sys
from contextlib import aclosing, closing
from steepest.agents.optimizers.engines.choice import executor_named
from tests.agents.optimizers.engines.programs import Obedient, jobs

async def main(executor):
    async with aclosing(executor.run(Obedient(sys.argv[2]), jobs("hang", "hang"))) as results:
        async for each in results:
            pass

if __name__ == "__main__":
    with closing(executor_named(sys.argv[1], 2)) as executor:
        asyncio.run(main(executor))
"""


def hear_ctrl_c():
    """What a shell starts in the background, a run of the tests too, ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def hanging(tmp_path):
    """Begins a script whose rollouts hang; gives it and the processes of its rollouts."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    begun = []

    def begin(engine, rollouts):
        command = [sys.executable, str(script), engine, str(tmp_path)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        begun.append(
            subprocess.Popen(
                command, env=environment, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=hear_ctrl_c
            )
        )
        until(lambda: len(list(tmp_path.glob("hanging-*"))) == rollouts, 60)
        time.sleep(0.2)
        return begun[-1], [int(each.name.split("-")[1]) for each in tmp_path.glob("hanging-*")]

    yield begin
    for each in begun:
        each.kill()
        each.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals to a process group")
@pytest.mark.parametrize(("engine", "rollouts"), [("processes", 2), ("threads", 1)])
def test_ctrl_c_does_not_wait_for_rollouts_and_leaves_no_process(hanging, engine, rollouts):
    process, workers = hanging(engine, rollouts)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=120)  # the rollouts take ten minutes; a second is enough where nothing else runs
    assert b"KeyboardInterrupt" in process.stderr.read()
    assert not any(map(is_alive, workers))


@pytest.mark.skipif(sys.platform == "win32", reason="kills")
def test_workers_end_with_a_process_that_is_killed(hanging):
    process, workers = hanging("processes", 2)
    process.kill()
    until(lambda: not any(map(is_alive, workers)), 5)


def test_executors_are_opened_by_name():
    for name, kind in (("threads", Threads), ("inline", Inline), ("processes", Processes)):
        opened = executor_named(name)
        assert isinstance(opened, kind)
        opened.close()
    mine = Inline()
    assert executor_named(mine) is mine
    with pytest.raises(InputError, match="there is no engine 'gpu': there are threads, processes, ray"):
        executor_named("gpu")
    with pytest.raises(InputError, match="knows its workers"):
        executor_named(mine, 3)
    with pytest.raises(InputError, match="at least one rollout"):
        executor_named("processes", 0)
