"""An agent of the user's own in Python: a function from the question's text to an answer."""

import asyncio
import contextvars
import importlib
import inspect
import os
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from steepest.agents.llm.errors import ContextOverflow, InvalidReply, LLMError
from steepest.agents.llm.redaction import redact
from steepest.errors import InputError
from steepest.evals.attempts import Attempt
from steepest.evals.methods.agent_identity import digest_of_function
from steepest.evals.methods.agent_results import attempt_of_result
from steepest.evals.methods.cancellation import is_cancelled
from steepest.evals.methods.protocol import Workbench
from steepest.evals.methods.settings import AgentSettings
from steepest.evals.methods.worksheets import Worksheet
from steepest.evals.problems import Question
from steepest.solvers.sandbox import SandboxError

__all__ = ["AgentFunction", "agent_method", "load_function"]

_SHOWN = 500
"""Characters of an agent's error that are recorded."""


@dataclass(frozen=True)
class AgentFunction:
    """A Python function, sync or async, as a method.

    What it raises is its failure, but for failures of the infrastructure, which are raised on: `ConnectionError`,
    `TimeoutError`, and steepest's own errors of models and sandbox.
    """

    name: str
    function: Callable[[str], Any]
    settings: AgentSettings = field(default_factory=AgentSettings)
    version: str | None = None

    @property
    def prompts(self) -> tuple[str, ...]:
        """Its own matter."""
        return ()

    @property
    def needs_model(self) -> bool:
        """It has its own means."""
        return False

    @property
    def identity(self) -> Mapping[str, Any]:
        """Its limits, and its version, which is a digest of its program unless one was given."""
        return {**self.settings.model_dump(), "program": self.version or digest_of_function(self.function)}

    async def attempt(self, question: Question, bench: Workbench) -> Attempt:
        """Call the function. A synchronous one that overruns can't be stopped: its thread goes on unheard."""
        sheet = Worksheet(bench, metered=False)
        try:
            async with asyncio.timeout(self.settings.seconds) as limit:
                result = await _called(self.function, question.text)
        except (ContextOverflow, InvalidReply) as error:
            return sheet.attempt("llm_error", message=str(error))
        except (LLMError, SandboxError):
            raise
        except (ConnectionError, TimeoutError):
            if not limit.expired():
                raise
            message = f"the agent was stopped after {self.settings.seconds:g} seconds (setting `seconds`)"
            return sheet.attempt("solver_timeout", message=message)
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if is_cancelled(error):
                raise
            told = redact(f"{type(error).__name__}: {error}")[:_SHOWN]
            return sheet.attempt("compile_error", message=told)
        return await attempt_of_result(result, sheet)


def agent_method(
    function: Callable[[str], Any], name: str | None = None, *, seconds: float = 600.0, version: str | None = None
) -> AgentFunction:
    """A Python callable as a method.

    Args:
        function: Takes the question's text; returns, or is awaited to, what docs/eval-methods.md lists.
        name: How reports call it; None is `agent:` and the function's own name.
        seconds: Most wall clock of one answer.
        version: Tells this agent from an earlier one, since a run goes on only with the same agent; None takes a
            digest of its program.

    Raises:
        InputError: It can't be called, or the limit is not positive.
    """
    if not callable(function):
        raise InputError(f"An agent is a function; what was given is of type {type(function).__name__}.")
    if not seconds > 0:
        raise InputError(f"An agent needs more than {seconds} seconds.")
    chosen = name or f"agent:{getattr(function, '__qualname__', type(function).__qualname__)}"
    return AgentFunction(chosen, function, AgentSettings(seconds=seconds), version)


def load_function(path: str) -> Callable[[str], Any]:
    """The function that `module:function` names; the module may lie in the current folder.

    Raises:
        InputError: There is no such module or function, or it can't be called.
    """
    module_name, _, attribute = path.partition(":")
    folder = os.getcwd()
    if folder not in sys.path and "" not in sys.path:
        sys.path.insert(0, folder)
    try:
        found: Any = importlib.import_module(module_name)
        for part in attribute.split("."):
            found = getattr(found, part)
    except Exception as error:  # a module may fail in any way
        told = f"{type(error).__name__}: {error}"
        raise InputError(f"The agent {path} can't be loaded ({told}). Name it agent:MODULE:FUNCTION.") from error
    if not callable(found):
        raise InputError(f"The agent {path} can't be called, being of type {type(found).__name__}; name a function.")
    function: Callable[[str], Any] = found
    return function


async def _called(function: Callable[[str], Any], text: str) -> Any:
    """The function's result; one that is not async runs in a thread of its own."""
    is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)
    result = function(text) if is_async else await asyncio.wrap_future(_begun(function, text))
    return await result if inspect.isawaitable(result) else result


def _begun(function: Callable[[str], Any], text: str) -> Future[Any]:
    """A call under way in a daemon thread, which holds up nobody's exit: a pool would wait for a call that hangs."""
    outcome: Future[Any] = Future()
    context = contextvars.copy_context()

    def work() -> None:
        try:
            outcome.set_result(context.run(function, text))
        except (StopIteration, GeneratorExit, KeyboardInterrupt) as error:  # which mean something else to a task
            outcome.set_exception(RuntimeError(f"it raised {type(error).__name__}({error})"))
        except BaseException as error:  # carried to the waiting task, which raises it
            outcome.set_exception(error)

    outcome.set_running_or_notify_cancel()  # from here on it can't be cancelled under the thread
    threading.Thread(target=work, name="steepest-agent", daemon=True).start()
    return outcome
