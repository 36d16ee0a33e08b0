"""An agent of the user's own as a command: the question on standard input, the answer on standard output."""

import json
import re
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steepest.agents.llm.redaction import redact
from steepest.errors import InputError, SteepestError
from steepest.evals.attempts import Attempt
from steepest.evals.methods.agent_identity import digest_of_command
from steepest.evals.methods.agent_results import attempt_of_result
from steepest.evals.methods.commands import Ended, run_command
from steepest.evals.methods.protocol import Workbench
from steepest.evals.methods.settings import AgentSettings
from steepest.evals.methods.worksheets import Worksheet
from steepest.evals.problems import Question

__all__ = ["AgentCommand", "AgentUnavailableError", "split_command"]

TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: a command ends so when the failure is the infrastructure's."""
_MOST_OUTPUT = 4 << 20
_SHOWN = 500
"""Characters of its last words that are recorded."""
_FILE_AND_FUNCTION = re.compile(r"(?P<module>[\w./\\-]+)\.py:(?P<function>[A-Za-z_][\w.]*)")


class AgentUnavailableError(SteepestError):
    """An agent says that it could not be asked, which is no word about its answers."""


@dataclass(frozen=True)
class AgentCommand:
    """A command as a method. It runs with all rights of the person who names it, without a shell."""

    name: str
    words: tuple[str, ...]
    settings: AgentSettings = field(default_factory=AgentSettings)

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
        """Its limits, and a digest of the program's files."""
        return {**self.settings.model_dump(), "program": digest_of_command(self.words)}

    async def attempt(self, question: Question, bench: Workbench) -> Attempt:
        """Run the command."""
        sheet = Worksheet(bench, metered=False)
        ended = await run_command(
            self.words, question.text.encode(), seconds=self.settings.seconds, most_output=_MOST_OUTPUT
        )
        if ended.killed_for == "time":
            message = f"the agent was stopped after {self.settings.seconds:g} seconds (setting `seconds`)"
            return sheet.attempt("solver_timeout", message=message)
        if ended.killed_for == "output":
            return sheet.attempt("compile_error", message=f"the agent wrote more than {_MOST_OUTPUT >> 20} MiB")
        if ended.code == TRY_AGAIN:
            raise AgentUnavailableError(f"The agent ended with exit code {TRY_AGAIN}: {_last_words(ended)}")
        if ended.code != 0:
            return sheet.attempt("compile_error", message=f"exit code {ended.code}: {_last_words(ended)}")
        try:
            result = _parsed(ended.output.decode())
        except ValueError:
            shown = redact(ended.output.decode(errors="replace").strip()[-_SHOWN:])
            return sheet.attempt("not_formulated", message=f"the agent wrote neither JSON nor a number: {shown}")
        return await attempt_of_result(result, sheet)


def split_command(text: str) -> tuple[str, ...]:
    """The words of a command.

    Raises:
        InputError: There is none, no such program, or one that is not executable.
    """
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise InputError(f"The agent's command {text!r} can't be split into words: {error}.") from error
    if not words:
        raise InputError("The agent has no command; name it agent:COMMAND or agent:MODULE:FUNCTION.")
    if shutil.which(words[0]) is None:
        raise InputError(_why_not_run(words[0]))
    return words


def _why_not_run(program: str) -> str:
    """What is wrong with a program that can't be started, and what to write in its place."""
    if (named := _FILE_AND_FUNCTION.fullmatch(program)) is not None:
        module = named["module"].replace("\\", "/").removeprefix("./").replace("/", ".")
        return (
            f"The agent {program!r} names a file and a function; "
            f"a function is named by its module: agent:{module}:{named['function']}."
        )
    if Path(program).is_file():
        runner = f"agent:python {program}" if program.endswith(".py") else f"agent:sh {program}"
        path = program if "/" in program else f"./{program}"
        return f"The agent {program} is not executable: chmod +x {program}, then agent:{path}; or {runner}."
    return f"There is no program {program!r} for the agent; give the path of one, such as ./{program}."


def _parsed(output: str) -> Any:
    """The JSON that was written, or that the last line holds; a number is JSON.

    Raises:
        ValueError: There is none.
    """
    lines = output.strip().splitlines() or [""]
    try:
        return _loaded(output)
    except ValueError:
        return _loaded(lines[-1])


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _last_words(ended: Ended) -> str:
    said = (ended.errors or ended.output).decode(errors="replace").strip()
    return redact(said[-_SHOWN:]) or "it said nothing"
