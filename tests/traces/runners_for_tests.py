"""A runner of proposed source for tests: in this process, for source that the tests wrote themselves."""

import asyncio
import inspect
from typing import Any

from steepest.traces.code.runners import CodeCall, CodeFailure


class RunnerHere:
    """Runs source at once, and keeps what it was asked."""

    def __init__(self) -> None:
        self.calls: list[CodeCall] = []
        self.screened: list[str] = []
        self.admitted: list[CodeCall] = []

    def screen(self, source: str) -> None:
        self.screened.append(source)
        if "socket" in source:
            raise CodeFailure("forbidden", "there is no network", 1 + source[: source.index("socket")].count("\n"))

    def admit(self, call: CodeCall) -> None:
        self.admitted.append(call)

    def run(self, call: CodeCall) -> Any:
        self.calls.append(call)
        scope: dict[str, Any] = {"__name__": "script"}
        try:
            exec(compile(call.source, "<script>", "exec"), scope)  # noqa: S102 (the tests' own text)
            result = scope[call.function](*call.args, **call.kwargs)
        except Exception as error:
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            line = trace.tb_lineno if trace is not None else None
            raise CodeFailure("exception", f"{type(error).__name__}: {error}", line) from error
        return asyncio.run(result) if inspect.iscoroutine(result) else result

    async def run_async(self, call: CodeCall) -> Any:
        return await asyncio.to_thread(self.run, call)
