"""The sandbox as its callers see it: outcomes, limits, many callers at once, and what is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from steepest.errors import InputError
from steepest.solvers.sandbox import (
    Call,
    Completed,
    Failed,
    FunctionCalls,
    FunctionTiming,
    Isolation,
    Limits,
    Raised,
    Returned,
    Sandbox,
    SandboxError,
    SandboxUnavailableError,
)
from tests.solvers.sandbox.conftest import children_of, is_gone, open_descriptors

ADD = "def add(a, b):\n    return a + b\n"
SLEEP = "import time\ndef sleep(seconds):\n    time.sleep(seconds)\n    return seconds\n"


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def returned(sandbox: Sandbox, source: str, function: str, *arguments: object) -> object:
    """What a function returns; the test fails if it does not."""
    outcome = sandbox.run(FunctionCalls(source, function, [Call(arguments)]))
    assert isinstance(outcome, Completed), outcome
    result = outcome.value[0]
    assert isinstance(result, Returned), result
    return result.value


def test_a_batch_gives_a_result_for_every_call(sandbox: Sandbox) -> None:
    outcome = sandbox.run(FunctionCalls(ADD, "add", [Call((1, 2)), Call(("a", 1)), Call((), {"a": [1], "b": [2]})]))
    assert isinstance(outcome, Completed)
    first, second, third = outcome.value
    assert first == Returned(3)
    assert isinstance(second, Raised)
    assert second.failure.kind == "exception"
    assert second.failure.line == 2
    assert "return a + b" in second.failure.traceback
    assert third == Returned([1, 2])


def test_every_outcome_says_what_it_took_and_what_was_in_force(sandbox: Sandbox) -> None:
    source = "def work():\n    block = bytearray(40_000_000)\n    return sum(i for i in range(300_000)) + len(block)\n"
    outcome = sandbox.run(FunctionCalls(source, "work"))
    assert outcome.usage.isolation is sandbox.isolation
    assert outcome.usage.isolation is not Isolation.UNSAFE
    assert outcome.usage.seconds > 0
    assert outcome.usage.cpu_seconds > 0
    assert 30 < outcome.usage.peak_memory_mib < 200


def test_what_the_code_prints_is_kept_apart_from_its_result(sandbox: Sandbox) -> None:
    source = "import sys\ndef speak():\n    print('one')\n    print('two', file=sys.stderr)\n    return 'three'\n"
    outcome = sandbox.run(FunctionCalls(source, "speak"))
    assert isinstance(outcome, Completed)
    assert (outcome.value, outcome.output) == ((Returned("three"),), "one\ntwo\n")


@pytest.mark.parametrize(
    ("body", "limits", "kind", "names"),
    [
        ("while True: pass", Limits(wall_seconds=0.3), "timeout", "wall_seconds"),
        ("while True: pass", Limits(wall_seconds=20, cpu_seconds=1), "timeout", "cpu_seconds"),
        ("blocks = []\n    while True: blocks.append(bytearray(1 << 20))", Limits(memory_mib=64), "memory", ""),
        ("return 'x' * (1 << 40)", Limits(memory_mib=64), "memory", ""),
        ("while True: print('x' * 1000)", Limits(output_kib=16), "output", "output_kib"),
        ("return 'x' * 3_000_000", Limits(result_mib=1), "output", "result_mib"),
    ],
)
def test_each_limit_ends_in_a_failure_that_names_it(
    sandbox: Sandbox, body: str, limits: Limits, kind: str, names: str
) -> None:
    outcome = sandbox.run(FunctionCalls(f"def run():\n    {body}\n", "run"), limits=limits)
    failures = [outcome.failure] if isinstance(outcome, Failed) else []
    if isinstance(outcome, Completed):  # a failed allocation is the function's to raise
        failures = [result.failure for result in outcome.value if isinstance(result, Raised)]
    assert [failure.kind for failure in failures] == [kind]
    assert names in failures[0].message


def test_calls_that_had_returned_before_a_timeout_are_kept(sandbox: Sandbox) -> None:
    job = FunctionCalls(SLEEP, "sleep", [Call((0,)), Call((0.01,)), Call((60,))])
    outcome = sandbox.run(job, limits=Limits(wall_seconds=0.5))
    assert isinstance(outcome, Failed)
    assert outcome.failure.kind == "timeout"
    assert outcome.finished == (Returned(0), Returned(0.01))


def test_a_process_that_dies_without_a_word_is_a_crash(sandbox: Sandbox) -> None:
    source = "import os\ndef vanish():\n    os._exit(3)\n"
    outcome = sandbox.run(FunctionCalls(source, "vanish"))
    assert isinstance(outcome, Failed)
    assert outcome.failure.kind == "crash"
    assert "exit code 3" in outcome.failure.message


def test_screening_says_what_to_do_instead_and_the_kernel_stands_behind_it(sandbox: Sandbox) -> None:
    source = "def read():\n    return open('/etc/passwd').read()\n"
    screened = sandbox.run(FunctionCalls(source, "read"))
    assert isinstance(screened, Failed)
    assert (screened.failure.kind, screened.failure.line) == ("forbidden", 2)
    with Sandbox(screening=False) as unscreened:
        outcome = unscreened.run(FunctionCalls(source, "read"))
    assert isinstance(outcome, Completed)
    assert isinstance(outcome.value[0], Raised)


def test_many_threads_each_get_their_own_results(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = pool.map(lambda number: returned(sandbox, ADD, "add", number, 1), range(64))
    assert list(results) == list(range(1, 65))


def test_many_tasks_each_get_their_own_results(isolated: None) -> None:
    async def gathered() -> list[object]:
        async with Sandbox(workers=3) as sandbox:
            jobs = [sandbox.run_async(FunctionCalls(ADD, "add", [Call((number, 1))])) for number in range(20)]
            return [outcome.value for outcome in await asyncio.gather(*jobs) if isinstance(outcome, Completed)]

    assert asyncio.run(gathered()) == [(Returned(number),) for number in range(1, 21)]


def test_cancelling_a_task_ends_its_job(isolated: None) -> None:
    async def cancelled() -> list[int]:
        async with Sandbox() as sandbox:
            await sandbox.run_async(FunctionCalls(ADD, "add", [Call((1, 1))]))
            servers = children_of(os.getpid())
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(sandbox.run_async(FunctionCalls(SLEEP, "sleep", [Call((60,))])), 0.3)
            assert await asyncio.to_thread(within, 3, lambda: not any(children_of(pid) for pid in servers))
            return servers

    assert asyncio.run(cancelled())


def test_no_more_jobs_run_at_once_than_there_are_workers(isolated: None) -> None:
    with Sandbox(workers=2) as sandbox:
        returned(sandbox, ADD, "add", 1, 1)
        begin = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: returned(sandbox, SLEEP, "sleep", 0.4), range(4)))
        assert time.monotonic() - begin > 0.75


def test_a_server_that_dies_is_replaced(isolated: None) -> None:
    with Sandbox() as sandbox:
        before = set(children_of(os.getpid()))
        returned(sandbox, ADD, "add", 1, 1)
        (server,) = set(children_of(os.getpid())) - before
        os.kill(server, signal.SIGKILL)
        assert returned(sandbox, ADD, "add", 20, 2) == 22


def test_a_job_whose_server_dies_is_run_again(isolated: None) -> None:
    with Sandbox() as sandbox:
        before = set(children_of(os.getpid()))
        returned(sandbox, ADD, "add", 1, 1)
        (server,) = set(children_of(os.getpid())) - before
        killer = threading.Timer(0.3, os.kill, (server, signal.SIGKILL))
        killer.start()
        assert returned(sandbox, SLEEP, "sleep", 0.8) == 0.8
        killer.join()


def test_a_killed_supervisor_leaves_no_process(isolated: None) -> None:
    program = textwrap.dedent(
        f"""
        import threading
        from steepest.solvers.sandbox import Call, FunctionCalls, Sandbox
        sandbox = Sandbox()
        sandbox.run(FunctionCalls({ADD!r}, "add", [Call((1, 1))]))
        job = FunctionCalls({SLEEP!r}, "sleep", [Call((60,))])
        threading.Thread(target=sandbox.run, args=(job,), daemon=True).start()
        print("running", flush=True)
        input()
        """
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, text=True) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "running\n"
        servers = children_of(supervisor.pid)
        assert within(3, lambda: any(children_of(pid) for pid in servers))
        jobs = [job for server in servers for job in children_of(server)]
        jobs += [inner for job in jobs for inner in children_of(job)]
        supervisor.kill()
    assert within(5, lambda: all(is_gone(pid) for pid in [*servers, *jobs]))


def test_nothing_is_left_open(isolated: None) -> None:
    before = open_descriptors()
    with Sandbox() as sandbox:
        for _ in range(3):
            returned(sandbox, ADD, "add", 1, 1)
            sandbox.run(FunctionCalls("def stop(): raise SystemExit(1)", "stop"))
    assert open_descriptors() <= before


def test_a_closed_sandbox_says_so(isolated: None) -> None:
    sandbox = Sandbox()
    sandbox.close()
    with pytest.raises(SandboxError, match="closed"):
        sandbox.run(FunctionCalls(ADD, "add"))


def test_a_system_without_isolation_refuses_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with Sandbox() as sandbox, pytest.raises(SandboxUnavailableError, match=r"darwin.*doctor.*--unsafe"):
        sandbox.run(FunctionCalls(ADD, "add"))


def test_an_isolation_can_be_asked_for_by_name(isolated: None) -> None:
    with Sandbox(isolation=Isolation.SECCOMP) as sandbox:
        outcome = sandbox.run(FunctionCalls(ADD, "add", [Call((1, 2))]))
    assert isinstance(outcome, Completed)
    assert outcome.usage.isolation is Isolation.SECCOMP


def test_unsafe_runs_in_fresh_processes_and_is_named() -> None:
    with Sandbox(unsafe=True) as sandbox:
        outcome = sandbox.run(FunctionCalls(ADD, "add", [Call((1, 2)), Call((1, "x"))]))
        assert isinstance(outcome, Completed)
        assert outcome.usage.isolation is Isolation.UNSAFE
        assert outcome.value[0] == Returned(3)
        assert isinstance(outcome.value[1], Raised)
        late = sandbox.run(FunctionCalls(SLEEP, "sleep", [Call((60,))]), limits=Limits(wall_seconds=1.5))
        assert isinstance(late, Failed)
        assert late.failure.kind == "timeout"


def test_unsafe_and_an_isolation_contradict_each_other() -> None:
    with pytest.raises(InputError, match="unsafe=True"):
        Sandbox(unsafe=True, isolation=Isolation.PORTABLE)


def test_a_source_in_place_of_a_job_is_the_callers_mistake(sandbox: Sandbox) -> None:
    with pytest.raises(InputError, match="PyomoScript, FunctionCalls or a FunctionTiming, not a str"):
        sandbox.run("print(1)")  # type: ignore[call-overload]


def test_arguments_that_are_no_json_are_the_callers_mistake(sandbox: Sandbox) -> None:
    with pytest.raises(InputError, match="JSON"):
        sandbox.run(FunctionCalls(ADD, "add", [Call((object(), 1))]))


def test_a_timing_is_read_from_outside(sandbox: Sandbox) -> None:
    source = textwrap.dedent(
        """
        import time
        time.perf_counter = time.process_time = lambda: 0.0
        def busy(n):
            return sum(i * i for i in range(n))
        """
    )
    outcome = sandbox.run(FunctionTiming(source, "busy", Call((50_000,)), repeats=8))
    assert isinstance(outcome, Completed)
    report = outcome.value
    assert report.value == sum(i * i for i in range(50_000))
    assert len(report.cpu_seconds) == len(report.wall_seconds) == 8
    assert 0 < report.interval[0] <= report.estimate <= report.interval[1]


def test_work_after_a_forged_answer_shows_outside_of_the_calls(isolated: None) -> None:
    source = textwrap.dedent(
        """
        import os
        def work():
            os.write(3, b"\\n")
            sum(i * i for i in range(300_000))
        """
    )
    with Sandbox(screening=False) as sandbox:
        outcome = sandbox.run(FunctionTiming(source, "work", repeats=5))
    if isinstance(outcome, Failed):  # an answer was there before its question
        assert "readable answer to a call" in outcome.failure.message
    else:
        assert outcome.value.unmeasured_seconds > sum(outcome.value.cpu_seconds)


def test_a_timed_function_that_raises_is_a_failure_with_its_line(sandbox: Sandbox) -> None:
    outcome = sandbox.run(FunctionTiming("def f():\n    return 1 / 0\n", "f"))
    assert isinstance(outcome, Failed)
    assert (outcome.failure.kind, outcome.failure.line) == ("exception", 2)


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), "10", True, None, 1e30])
def test_a_limit_has_to_be_a_positive_number(value: float) -> None:
    with pytest.raises(InputError, match="wall_seconds"):
        Limits(wall_seconds=value)


def test_a_limit_of_memory_is_a_whole_number_of_mebibytes() -> None:
    with pytest.raises(InputError, match="memory_mib"):
        Limits(memory_mib=100.5)  # type: ignore[arg-type]


def test_a_closed_sandbox_runs_nothing_that_still_waits(isolated: None) -> None:
    with ThreadPoolExecutor(2) as pool:
        sandbox = Sandbox(workers=1)
        returned(sandbox, ADD, "add", 1, 1)
        jobs = [pool.submit(sandbox.run, FunctionCalls(SLEEP, "sleep", [Call((60,))])) for _ in range(2)]
        time.sleep(0.4)
        sandbox.close()
        for job in jobs:
            with pytest.raises(SandboxError, match="closed"):
                job.result(10)
    with pytest.raises(SandboxError, match="closed"):
        _ = sandbox.isolation


def test_a_server_that_hangs_is_replaced(isolated: None) -> None:
    with Sandbox() as sandbox:
        before = set(children_of(os.getpid()))
        returned(sandbox, ADD, "add", 1, 1)
        (server,) = set(children_of(os.getpid())) - before
        os.kill(server, signal.SIGSTOP)
        outcome = sandbox.run(FunctionCalls(ADD, "add", [Call((1, 2))]), limits=Limits(wall_seconds=0.5))
        assert isinstance(outcome, Completed)
        assert outcome.value == (Returned(3),)
    assert is_gone(server)


def test_a_waiting_timing_takes_no_place_from_other_jobs(isolated: None) -> None:
    slow = FunctionTiming(SLEEP, "sleep", Call((0.3,)), repeats=3)
    with Sandbox(workers=2) as sandbox, ThreadPoolExecutor(3) as pool:
        returned(sandbox, ADD, "add", 1, 1)
        timings = [pool.submit(sandbox.run, slow) for _ in range(3)]
        time.sleep(0.2)
        begin = time.monotonic()
        assert returned(sandbox, ADD, "add", 1, 1) == 2
        assert time.monotonic() - begin < 0.9
        assert all(isinstance(timing.result(), Completed) for timing in timings)


def test_unsafe_does_not_wait_for_what_the_code_has_left_behind() -> None:
    source = (
        "import subprocess\ndef leave():\n    subprocess.Popen(['sleep', '20'], start_new_session=True)\n    return 1\n"
    )
    begin = time.monotonic()
    with Sandbox(unsafe=True, screening=False) as sandbox:
        outcome = sandbox.run(FunctionCalls(source, "leave"))
    assert isinstance(outcome, Completed)
    assert time.monotonic() - begin < 12


def run_program(program: str, *arguments: str) -> str:
    """What a program of its own prints, with its errors if it fails."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(program), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_process_forked_from_the_caller_keeps_no_job_alive(isolated: None) -> None:
    program = """
        import asyncio, os, sys, time
        from pathlib import Path
        from steepest.solvers.sandbox import Call, FunctionCalls, Sandbox

        def running(pid):
            lists = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children")]
            found = [int(child) for each in lists for child in each.split()]
            return found + [inner for child in found for inner in running(child)]

        async def main():
            sandbox = Sandbox()
            await sandbox.run_async(FunctionCalls("def f(): pass", "f"))
            servers = running(os.getpid())
            job = asyncio.create_task(sandbox.run_async(FunctionCalls(sys.argv[1], "sleep", [Call((60,))])))
            while not set(running(os.getpid())) - set(servers):
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.2)
            child = os.fork()  # with copies of every descriptor
            if child == 0:
                time.sleep(60)
                os._exit(0)
            job.cancel()
            await asyncio.gather(job, return_exceptions=True)
            end = time.monotonic() + 5
            while set(running(os.getpid())) - set(servers) - {child} and time.monotonic() < end:
                await asyncio.sleep(0.05)
            left = set(running(os.getpid())) - set(servers) - {child}
            begin = time.monotonic()
            sandbox.close()
            print(len(left), time.monotonic() - begin < 3)
            os.kill(child, 9)

        asyncio.run(main())
    """
    assert run_program(program, SLEEP) == "0 True\n"


def test_hundreds_of_waiting_tasks_need_no_descriptors(isolated: None) -> None:
    program = """
        import asyncio, resource
        from steepest.solvers.sandbox import Call, Completed, FunctionCalls, Sandbox

        async def main():
            async with Sandbox(workers=2) as sandbox:
                resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
                jobs = [sandbox.run_async(FunctionCalls("def f(n): return n", "f", [Call((n,))])) for n in range(150)]
                outcomes = await asyncio.gather(*jobs)
                print([outcome.value[0].value for outcome in outcomes] == list(range(150)))

        asyncio.run(main())
    """
    assert run_program(program) == "True\n"


def test_a_job_that_gets_no_descriptors_says_so_and_leaks_none(isolated: None) -> None:
    program = """
        import os
        from steepest.solvers.sandbox import FunctionCalls, Sandbox, SandboxError

        with Sandbox() as sandbox:
            job = FunctionCalls("def f(): return 1", "f")
            sandbox.run(job)
            before = len(os.listdir("/proc/self/fd"))
            held = []
            while True:
                try:
                    held.append(os.dup(0))
                except OSError:
                    break
            os.close(held.pop())
            for _ in range(3):
                try:
                    sandbox.run(job)
                except SandboxError as error:
                    print("no job can be started" in str(error))
            for each in held:
                os.close(each)
            print(len(os.listdir("/proc/self/fd")) == before, sandbox.run(job).value[0].value)
    """
    program = "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))\n" + textwrap.dedent(program)
    assert run_program(program).split() == ["True", "True", "True", "True", "1"]
