"""Reads a prompt from its Markdown file and fills in its variables.

A prompt file is a TOML header between `+++` lines, then sections under the headings `# System`, `# User` and
`# Assistant`: standing instructions, worked examples as pairs of turns, and last the user's turn with the question.

    +++
    name = "greet"
    version = 1
    output = "text"
    [variables]
    person = "text"
    +++
    # System
    Answer in one line.
    # User
    Greet {{person}}.

`{{person}}` is replaced in one pass, so a value that holds `{{...}}` or a heading stays what it is: data.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.errors import SteepestError

OutputForm = Literal["text", "json"]
VariableType = Literal["text", "integer", "number", "lines"]

_HEADER = re.compile(r"\A\+\+\+\n(?P<header>.*?)^\+\+\+\n(?P<body>.*)\Z", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^# (System|User|Assistant)[ \t]*\n", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}|\{\{", re.DOTALL)


class PromptError(SteepestError):
    """A prompt file is not well formed, or its variables are not what its header declares."""


class Header(BaseModel):
    """What a prompt file says about itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str
    version: int = Field(ge=1)
    """Raised with every change of the text, so that a transcript says which text was sent."""
    output: OutputForm
    """Whether the reply is read as text or as JSON."""
    variables: dict[str, VariableType] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the conversation that a prompt sets up."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """A prompt with its variables filled in; the turns before the last are worked examples."""

    name: str
    version: int
    output: OutputForm
    system: str
    turns: tuple[Turn, ...]

    @property
    def user(self) -> str:
        """The user's last turn: the question itself."""
        return self.turns[-1].content


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as its file has it, with `{{variable}}` where values go."""

    header: Header
    system: str
    turns: tuple[Turn, ...]

    @property
    def name(self) -> str:
        """The name that `load_prompt` takes."""
        return self.header.name

    @property
    def digest(self) -> str:
        """Twelve digits of the SHA-256 of header and text: what a version number forgets when nobody raises it."""
        content = {"header": self.header.model_dump(), "system": self.system}
        turns = [[turn.role, turn.content] for turn in self.turns]
        written = json.dumps(content | {"turns": turns}, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()[:12]

    @property
    def identity(self) -> str:
        """Which text this is, `greet@1:0123456789ab`."""
        return f"{self.name}@{self.header.version}:{self.digest}"

    @property
    def instructions(self) -> str:
        """The part that says what to do: the standing instructions where there are some, else the last turn."""
        return self.system or self.turns[-1].content

    def instructed(self, instructions: str) -> "Prompt":
        """This prompt with other instructions.

        Raises:
            PromptError: They lack a variable that stands in these alone, have one that is not declared, or are empty.
        """
        if not instructions.strip():
            raise PromptError(f"Prompt {self.name}: instructions can't be empty.")
        last = replace(self.turns[-1], content=instructions)
        changed = replace(self, system=instructions) if self.system else replace(self, turns=(*self.turns[:-1], last))
        texts = [changed.system, *(turn.content for turn in changed.turns)]
        _check_placeholders(self.header, texts, self.name)
        return changed

    def render(self, **variables: Any) -> RenderedPrompt:
        """Fill in the variables.

        Args:
            variables: A value for each declared variable: str for `text`, int for `integer`, int or float for
                `number`, a sequence of str for `lines` (one bullet each, or "none").

        Raises:
            PromptError: A variable is missing, unknown or of the wrong type.
        """
        values = _checked_values(self.header, variables)
        return RenderedPrompt(
            name=self.name,
            version=self.header.version,
            output=self.header.output,
            system=_fill(self.system, values),
            turns=tuple(Turn(turn.role, _fill(turn.content, values)) for turn in self.turns),
        )


def shipped_prompts() -> list[str]:
    """The names of all prompts that come with steepest."""
    folder = files("steepest.prompts")
    return sorted(entry.name.removesuffix(".md") for entry in folder.iterdir() if entry.name.endswith(".md"))


@cache
def load_prompt(name: str) -> Prompt:
    """The prompt of this name.

    Raises:
        PromptError: There is no such prompt, or its file is not well formed.
    """
    if name not in shipped_prompts():
        raise PromptError(f"There is no prompt {name!r}. There are: {', '.join(shipped_prompts())}.")
    prompt = parse_prompt(files("steepest.prompts").joinpath(f"{name}.md").read_text("utf-8"), source=f"{name}.md")
    if prompt.name != name:
        raise PromptError(f"Prompt {name}.md: its header names it {prompt.name!r}; write name = {name!r}.")
    return prompt


def parse_prompt(text: str, source: str = "prompt") -> Prompt:
    """Read the text of a prompt file.

    Args:
        text: The whole file.
        source: What error messages call it.

    Raises:
        PromptError: The text is not a well-formed prompt; the message says what is wrong.
    """
    header, body = _split_header(text.replace("\r\n", "\n"), source)
    system, turns = _split_sections(body, source)
    _check_placeholders(header, [system, *(turn.content for turn in turns)], source)
    return Prompt(header, system, turns)


def _split_header(text: str, source: str) -> tuple[Header, str]:
    match = _HEADER.match(text)
    if match is None:
        raise PromptError(f"Prompt {source}: it has no header; begin with TOML between two lines of +++.")
    try:
        return Header.model_validate(tomllib.loads(match["header"])), match["body"]
    except tomllib.TOMLDecodeError as error:
        raise PromptError(f"Prompt {source}: the header is not TOML: {error}.") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors())
        raise PromptError(f"Prompt {source}: the header is wrong: {problems}.") from error


def _split_sections(body: str, source: str) -> tuple[str, tuple[Turn, ...]]:
    before, *parts = _HEADING.split(body)
    if before.strip():
        raise PromptError(f"Prompt {source}: there is text before the first section: {before.strip()[:40]!r}.")
    sections = [(role, content.strip("\n")) for role, content in zip(parts[::2], parts[1::2], strict=True)]
    system = sections.pop(0)[1] if sections and sections[0][0] == "System" else ""
    roles = [role for role, _ in sections]
    if not roles or roles != (["User", "Assistant"] * len(roles))[: len(roles)] or roles[-1] != "User":
        raise PromptError(
            f"Prompt {source}: the sections are {', '.join(roles) or 'missing'}; "
            "write # System first, then # User and # Assistant in turns, # User last."
        )
    return system, tuple(Turn("user" if role == "User" else "assistant", content) for role, content in sections)


def _check_placeholders(header: Header, texts: list[str], source: str) -> None:
    used = set()
    for match in (match for text in texts for match in _PLACEHOLDER.finditer(text)):
        name = match[1]
        if name is None or not name.isidentifier():
            raise PromptError(f"Prompt {source}: {match[0][:40]!r} is no placeholder; write {{{{name}}}}.")
        if name not in header.variables:
            raise PromptError(f"Prompt {source}: {{{{{name}}}}} is not declared; add it to [variables] or take it out.")
        used.add(name)
    if unused := sorted(header.variables.keys() - used):
        raise PromptError(f"Prompt {source}: declared but never used: {', '.join(unused)}.")


def _checked_values(header: Header, variables: Mapping[str, Any]) -> dict[str, str]:
    if missing := header.variables.keys() - variables.keys():
        raise PromptError(f"Prompt {header.name}: a value is missing for {', '.join(sorted(missing))}.")
    if unknown := variables.keys() - header.variables.keys():
        declared = ", ".join(header.variables) or "none"
        raise PromptError(f"Prompt {header.name}: unknown {', '.join(sorted(unknown))}; declared: {declared}.")
    return {name: _as_text(header, name, value) for name, value in variables.items()}


def _as_text(header: Header, name: str, value: object) -> str:
    wanted = header.variables[name]
    accepts, write = _TYPES[wanted]
    if not accepts(value):
        raise PromptError(f"Prompt {header.name}: {name} is {wanted}, not {type(value).__name__}.")
    return write(value)


def _is_lines(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(line, str) for line in value)


def _bullets(lines: list[str] | tuple[str, ...]) -> str:
    return "\n".join(f"- {line}" for line in lines) or "none"


_TYPES: dict[VariableType, tuple[Callable[[object], bool], Callable[[Any], str]]] = {
    "text": (lambda value: isinstance(value, str), str),
    "integer": (lambda value: isinstance(value, int) and not isinstance(value, bool), str),
    "number": (lambda value: isinstance(value, int | float) and not isinstance(value, bool), str),
    "lines": (_is_lines, _bullets),
}


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)
