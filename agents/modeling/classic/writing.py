"""Asks for a Pyomo script of a formulation, and runs it in the sandbox."""

from dataclasses import dataclass

from steepest.agents.llm.chat import ChatMessage, ChatModel, ChatRequest
from steepest.agents.llm.errors import InvalidReply
from steepest.agents.llm.replies import finished_text
from steepest.agents.llm.transcripts import Transcribed, Transcript
from steepest.agents.modeling.classic.scripts import script_in
from steepest.agents.modeling.conversation import as_data
from steepest.prompts import load_prompt
from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox import Failed, Failure, PyomoScript, Sandbox, ScriptAnswer

__all__ = ["MAX_TOKENS", "Ran", "Writer"]

MAX_TOKENS = 16_000
"""Of a script, the tokens that a model thinks in included."""


@dataclass(frozen=True)
class Ran:
    """A script, and what came of it."""

    script: str = ""
    """Empty where the reply has none."""
    answer: ScriptAnswer | None = None
    failure: Failure | None = None
    reason: str = ""
    """Why there is no script."""

    @property
    def told(self) -> str:
        """What came of it, in words."""
        if self.answer is None:
            return str(self.failure) if self.failure is not None else self.reason
        if self.answer.objective is None:
            return f"The solver ended with: {self.answer.status}. {self.answer.message}".rstrip()
        return f"The solver ended with: {self.answer.status}. The objective is {self.answer.objective!r}."


@dataclass(frozen=True)
class Writer:
    """Whoever writes scripts, and where they run."""

    model: ChatModel
    sandbox: Sandbox
    options: SolveOptions
    transcript: Transcript
    sample: int = 0
    temperature: float | None = None
    max_tokens: int = MAX_TOKENS

    async def script(self, problem: str, elements: str, analysis: str = "") -> Ran:
        """Ask for the script of a formulation and run it.

        Args:
            problem: The person's text.
            elements: The formulation's text, or what the model wrote for one.
            analysis: What was wrong with an earlier script.

        Raises:
            LLMError: The model can't be asked.
            SandboxError: Nothing can be run here.
        """
        asked = load_prompt("script_text").render(
            problem=as_data(problem), elements=as_data(elements), analysis=as_data(analysis) or "none"
        )
        messages = tuple(ChatMessage(role=turn.role, content=turn.content) for turn in asked.turns)
        request = ChatRequest(
            system=asked.system,
            messages=messages,
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            sample=self.sample,
        )
        reply = await Transcribed(self.model, self.transcript, "script").complete(request)
        try:
            script = script_in(finished_text(reply))
        except InvalidReply as error:
            return Ran(reason=str(error))
        return await self.run(script) if script is not None else Ran(reason="there is no Python code in the reply")

    async def run(self, script: str) -> Ran:
        """Run a script.

        Raises:
            SandboxError: Nothing can be run here.
        """
        came = await self.sandbox.run_async(PyomoScript(script, self.options))
        return Ran(script, failure=came.failure) if isinstance(came, Failed) else Ran(script, came.value)
