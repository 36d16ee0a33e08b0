"""Proposed source in the sandbox."""

import asyncio
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from steepest.solvers.sandbox import Limits, Sandbox, SandboxError, SandboxUnavailableError
from steepest.traces.bundle import bundle
from steepest.traces.code.code_parameter import code_parameter
from steepest.traces.code.runners import CodeCall, CodeFailure, using_runner
from steepest.traces.code.sandboxed import SandboxRunner, screen, shared_sandbox
from steepest.traces.failures import CodeNotRunError, ExecutionError
from steepest.traces.feedback import backward
from steepest.traces.parameters import node, update
from tests.solvers.sandbox.conftest import why_no_sandbox


@pytest.fixture(scope="module")
def isolated() -> None:
    """Skip where there is no isolation."""
    if reason := why_no_sandbox():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def sandbox(isolated: None) -> Iterator[Sandbox]:
    with Sandbox(Limits(wall_seconds=5, memory_mib=256)) as sandbox:
        yield sandbox


@pytest.fixture
def proposed(sandbox: Sandbox) -> Iterator[Any]:
    """Makes a bundle whose body has been replaced."""

    def made(body: str) -> Any:
        @bundle(trainable=True)
        def work(x: Any) -> Any:
            return x

        verdict = update(work.parameters[0], f"def work(x):\n{textwrap.indent(textwrap.dedent(body), '    ')}")
        assert verdict.outcome == "committed", verdict.reason
        return work

    with using_runner(SandboxRunner(sandbox=sandbox)):
        yield made


def error_of(work: Any, argument: Any) -> ExecutionError:
    with pytest.raises(ExecutionError) as caught:
        work(argument)
    return caught.value


def test_a_proposal_runs_in_another_process(proposed: Any) -> None:
    work = proposed("import os\nreturn [os.getpid(), x]")
    pid, same = work({"a": [1, None, 2.5, "x", True]}).value
    assert pid != os.getpid()
    assert same == {"a": [1, None, 2.5, "x", True]}


def test_an_exception_comes_back_with_its_type_its_line_and_its_code(proposed: Any) -> None:
    error = error_of(proposed("y = x\nreturn 1 / y"), 0)
    assert isinstance(error, ZeroDivisionError)
    assert str(error) == textwrap.dedent("""\
        def work(x):
            y = x
            return 1 / y  # <--- ZeroDivisionError: division by zero

        line 3, in work:
            return 1 / y
                   ~~^~~
        ZeroDivisionError: division by zero""")
    assert error.node.record is not None
    assert error.node.record.exception == "ZeroDivisionError: division by zero"


def test_an_endless_loop_is_a_timeout(sandbox: Sandbox, proposed: Any) -> None:
    work = proposed("while True:\n    pass")
    with using_runner(SandboxRunner(Limits(wall_seconds=0.5), sandbox=sandbox)):
        error = error_of(work, 1)
    assert isinstance(error, TimeoutError)
    assert "while True:" in str(error)
    assert "timeout in the sandbox: it was stopped after 0.5 seconds" in str(error)


def test_too_much_memory_is_told_as_such(proposed: Any) -> None:
    error = error_of(proposed("return len(bytearray(10 ** 10))"), 1)
    assert isinstance(error, MemoryError)
    assert "memory in the sandbox: " in str(error)


def test_what_the_sandbox_refuses_is_told_as_such(proposed: Any) -> None:
    error = error_of(proposed("import pathlib\nreturn pathlib.Path('/etc/passwd').read_text()"), 1)
    assert isinstance(error, OSError)
    assert "return pathlib.Path('/etc/passwd').read_text()  # <--- " in str(error)
    assert "the sandbox has no files: take data as arguments" in str(error)


def test_a_process_that_ends_itself_is_an_error(proposed: Any) -> None:
    assert "crash in the sandbox" in str(error_of(proposed("import os\nos._exit(3)"), 1))


def test_a_result_that_json_can_not_hold_is_the_codes_own_error(proposed: Any) -> None:
    assert "keys have to be strings" in str(error_of(proposed("return {1: 2}"), 1))


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        (object(), "the argument `x` is a object: arguments go to the sandbox as JSON"),
        ({1: 2}, "the argument `x` has the key 1, which is no text"),
        ({"a": [0, {2}]}, "the argument `x['a'][1]` is a set"),
        (b"x", "the argument `x` is a bytes"),
    ],
)
def test_an_argument_that_json_can_not_hold_is_no_fault_of_the_code(proposed: Any, argument: Any, words: str) -> None:
    work = proposed("return x")
    with pytest.raises(CodeNotRunError) as caught:
        work(argument)
    assert words in str(caught.value)
    assert "trust=True" in str(caught.value)
    assert isinstance(caught.value, ExecutionError)


def test_an_argument_that_holds_itself_is_found(proposed: Any) -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(CodeNotRunError, match="holds itself"):
        SandboxRunner().run(CodeCall("def f(x): return 1", "f", ("x",), [endless]))


def test_a_numpy_array_is_named_with_the_way_out(proposed: Any) -> None:
    numpy = pytest.importorskip("numpy")
    with pytest.raises(CodeNotRunError, match=r"`x` is a numpy\.ndarray.*trust=True"):
        proposed("return x")(numpy.ones(2))


def test_an_instance_that_the_code_looks_at_is_named_with_the_way_out(sandbox: Sandbox) -> None:
    class Planner:
        gain = 2

        @bundle(trainable=True)
        def plan(self, x: float) -> float:
            return x

    planner = Planner()
    (code,) = planner.plan.parameters
    with using_runner(SandboxRunner(sandbox=sandbox)):
        assert update(code, "def plan(self, x):\n    return x * self.gain").outcome == "committed"
        assert planner.plan(3).value == 6
        planner.gain = node(Decimal(1), "gain")  # type: ignore[assignment]
        with pytest.raises(CodeNotRunError, match=r"`self.gain` is a decimal.Decimal.*trust=True"):
            planner.plan(1)
        update(code, "def plan(self, x):\n    return x * 2")
        assert planner.plan(1).value == 2


def test_a_proposal_that_reads_what_calls_could_not_send_is_refused(sandbox: Sandbox) -> None:
    numpy = pytest.importorskip("numpy")

    @bundle(trainable=True)
    def total(xs: Any, scale: float = 1) -> float:
        return float(sum(xs)) * scale

    (code,) = total.parameters
    backward(total(numpy.ones(3), scale=2), "too large")
    with using_runner(SandboxRunner(sandbox=sandbox)):
        refused = update(code, "def total(xs, scale=1):\n    return sum(xs) / 2")
        assert refused.outcome == "rejected"
        assert "in the calls so far the argument `xs` is a numpy.ndarray" in refused.reason
        assert "code that does not read it" in refused.reason
        assert "trust=True" in refused.reason
        assert update(code, "def total(xs, scale=1):\n    return 3 * scale").outcome == "committed"
        assert total(numpy.ones(3), scale=2).value == 6


def test_a_proposal_that_reads_attributes_that_objects_so_far_have_not_is_refused(sandbox: Sandbox) -> None:
    class Planner:
        def __init__(self) -> None:
            self.tool = object()

        @bundle(trainable=True)
        def plan(self, x: float) -> float:
            return x

    planner = Planner()
    (code,) = planner.plan.parameters
    with using_runner(SandboxRunner(sandbox=sandbox)):
        backward(planner.plan(1), "wrong")
        assert "line 2: AttributeError" in update(code, "def plan(self, x):\n    return self.gain").reason
        assert "`self.tool` is a object" in update(code, "def plan(self, x):\n    return self.tool").reason


def test_async_functions_and_generators_run_there_too(sandbox: Sandbox) -> None:
    @bundle(trainable=True)
    async def wait(x: float) -> float:
        return x

    @bundle(trainable=True)
    def count(n: int) -> Iterator[int]:
        yield n

    async def many() -> list[Any]:
        return await asyncio.gather(*(wait(x) for x in range(5)))

    with using_runner(SandboxRunner(sandbox=sandbox)):
        update(wait.parameters[0], "import asyncio\nasync def wait(x):\n    await asyncio.sleep(0)\n    return x + 1")
        update(count.parameters[0], "def count(n):\n    for i in range(n):\n        yield i / (n - 2)")
        assert [each.value for each in asyncio.run(many())] == [1, 2, 3, 4, 5]
        assert count(3).value == [0, 1, 2]
        error = error_of(count, 2)
    assert "yield i / (n - 2)  # <--- ZeroDivisionError" in str(error)


def test_many_threads_share_a_sandbox(proposed: Any, sandbox: Sandbox) -> None:
    work = proposed("return x * 2")

    def call(x: int) -> Any:
        with using_runner(SandboxRunner(sandbox=sandbox)):
            return work(x).value

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(call, range(40))) == [2 * x for x in range(40)]


def test_what_may_not_be_used_is_refused_before_anything_runs() -> None:
    def work(x: Any) -> Any:
        return x

    made = update(code_parameter(work).node, "import socket\n\ndef work(x):\n    return x")
    assert made.outcome == "rejected"
    assert made.reason == (
        "line 1: the sandbox refuses `import socket`: there is no network: take the data as arguments or write them "
        "into the source\n    import socket"
    )


def test_more_packages_can_be_allowed_to_code_that_runs_elsewhere() -> None:
    with pytest.raises(CodeFailure, match="import torch"):
        screen("import torch")
    screen("import torch.nn", also={"torch"})
    with pytest.raises(CodeFailure):
        screen("import numpy.ctypeslib", also={"numpy"})


def test_where_no_isolation_can_be_had_the_user_is_told_what_to_do() -> None:
    class Nowhere(Sandbox):
        def run(self, *args: Any, **kwargs: Any) -> Any:
            raise SandboxUnavailableError("LLM-written code can't be isolated here")

        async def run_async(self, *args: Any, **kwargs: Any) -> Any:
            raise SandboxError("the sandbox broke down")

    with Nowhere() as nowhere:
        runner = SandboxRunner(sandbox=nowhere)
        with pytest.raises(CodeNotRunError, match=r"can't be isolated here.*trust=True") as caught:
            runner.run(CodeCall("def f(): pass", "f"))
        assert isinstance(caught.value.__cause__, SandboxUnavailableError)
        with pytest.raises(CodeNotRunError, match="broke down"):
            asyncio.run(runner.run_async(CodeCall("def f(): pass", "f")))


def test_a_process_has_one_sandbox_and_a_forked_one_its_own() -> None:
    first = shared_sandbox()
    assert shared_sandbox() is first
    if not hasattr(os, "fork"):
        return
    program = textwrap.dedent("""
        import os
        from steepest.traces.code.runners import CodeCall, current_runner
        call = CodeCall("def f(x): return x + 1", "f", ("x",), [1])
        print(current_runner().run(call), flush=True)
        child = os.fork()
        print(current_runner().run(call), flush=True)
        if child:
            os.waitpid(child, 0)
    """)
    if why_no_sandbox():
        pytest.skip("no isolation here")
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert (ran.stdout.split(), ran.stderr) == (["2", "2", "2"], "")


def test_the_sandbox_is_not_loaded_until_code_was_proposed() -> None:
    program = textwrap.dedent("""
        import sys
        import steepest.traces.bundle, steepest.traces.code.code_parameter
        assert not any(name.startswith("steepest.solvers") for name in sys.modules)
    """)
    subprocess.run([sys.executable, "-c", program], check=True)
