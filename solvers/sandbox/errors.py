"""What can be wrong with the sandbox itself, as opposed to the code that runs in it (`outcomes.Failure`)."""

from steepest.errors import SteepestError


class SandboxError(SteepestError):
    """The sandbox broke down; no word about the code that it ran."""


class SandboxUnavailableError(SandboxError):
    """This system gives no isolation that LLM-written code may run under."""

    def __init__(self, message: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.reasons = reasons
        """What is missing, a line each."""


class ServerDiedError(SandboxError):
    """The fork server is gone; a new one may be started."""
