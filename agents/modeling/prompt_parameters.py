"""Prompts whose instructions are parameters of a trace; each is read when a step uses it, and not before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from steepest.prompts import OutputForm, Prompt, PromptError, load_prompt

if TYPE_CHECKING:
    from steepest.traces.graph import Node

__all__ = ["Instructions", "PromptParameters"]


class PromptParameters(Mapping[str, Prompt]):
    """Prompts by name.

    Args:
        nodes: Instructions by the step that uses them.
        form: Which of a step's prompts they belong to.
    """

    def __init__(self, nodes: "Mapping[str, Node[str]]", form: OutputForm) -> None:
        self._nodes = {f"{step}_{form}": each for step, each in nodes.items()}

    def __getitem__(self, name: str) -> Prompt:
        return load_prompt(name).instructed(self._nodes[name].value)

    def __contains__(self, name: object) -> bool:
        return name in self._nodes  # without a look at its value, which would make it part of the trace

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the instructions of a prompt have to be: a constraint of a parameter.

    Args:
        prompt: Its name.
        most: Characters that they may have.
    """

    prompt: str
    most: int

    def __call__(self, value: object) -> bool:
        """Whether they can be used.

        Raises:
            PromptError: They can't, and the message tells whoever proposed them why.
        """
        if not isinstance(value, str) or len(value) > self.most:
            raise PromptError(f"instructions are a text of at most {self.most:,} characters.")
        load_prompt(self.prompt).instructed(value)
        return True
