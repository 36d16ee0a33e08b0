"""What a person's words want: read as a command or as changes where that is what they are, else asked of the model.

The model is asked once a turn, and only where there is a formulation to talk about. What it proposes as changes is
applied to the formulation before it counts; where that fails it is told why, and asked again.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from steepest.agents.chat.applying import changed, scenario_of
from steepest.agents.chat.asked_about import is_named
from steepest.agents.chat.commands import read_command
from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Asked, Version
from steepest.agents.chat.intents import (
    Alternatives,
    Change,
    Compare,
    Discuss,
    Export,
    Intent,
    Limits,
    Name,
    Problem,
    Reply,
    Revise,
    Test,
    Undo,
    Why,
)
from steepest.agents.chat.means import Reads
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.optimizers.asking import ask, form_of
from steepest.agents.optimizers.replies import UnusableReply, json_object
from steepest.errors import InputError, SteepestError
from steepest.prompts import load_prompt
from steepest.solvers.changes.near import has_form_of_changes
from steepest.solvers.changes.reading import FORMS, pieces
from steepest.solvers.diagnostics import Diagnostic, FormulationError
from steepest.solvers.formulation import Formulation

__all__ = ["chosen", "understand"]

_NOT_UNDERSTOOD = (
    "the model's reply could not be understood. Say it in other words, write the change as in `flour = 50`, "
    "or use a command (/help)."
)
_MAX_TOKENS = 2_000
_SHOWN = 20_000
"""Characters of a formulation that the model is shown."""
_TAG = re.compile(r"<(?=\s*/?\s*(?:model|answer|versions|words)\b)", re.IGNORECASE)

Wish: TypeAlias = Literal[
    "change", "revise", "problem", "why", "limits", "another", "test", "undo", "name", "compare", "export", "discuss"
]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    wish: Wish
    changes: list[str] = Field(default_factory=list)
    names: list[str] = Field(default_factory=list)
    text: str = ""


async def understand(
    text: str,
    conversation: Conversation,
    model: ChatModel,
    whole: Callable[[], Awaitable[Formulation]],
    apart: Reads = asyncio.to_thread,
) -> Intent:
    """What a person's words want.

    Args:
        text: The words.
        conversation: What was said and found so far.
        model: Who is asked, where it is not plain.
        whole: The current formulation with its data in it, which changes have to fit.
        apart: Has changes tried in another thread.

    Raises:
        InputError: It is a command that can't be used, it has the form of changes and the formulation does not take
            them, or no reply of the model can be used.
        LLMError: The model can't be asked.
    """
    command = read_command(text)
    if command is not None:
        return command
    version, asked = conversation.current, conversation.answering
    if asked is not None and chosen(text, asked) is not None:
        return Reply(text=text)
    formulation = await whole() if version is not None and version.formulation is not None else None
    if has_form_of_changes(text) and formulation is None and asked is None:
        raise InputError(f"there is no formulation yet that `{text}` could change: tell a problem first.")
    is_reply = asked is not None
    if formulation is not None and await apart(lambda: _is_changes(text, formulation, is_reply=is_reply)):
        return Change(changes=text)
    if asked is not None and (version is None or version.solution is None):
        return Reply(text=text)
    if version is None or formulation is None:
        return Problem(text=text)
    return await _asked(text, conversation, version, formulation, model, apart)


def chosen(text: str, asked: Asked) -> int | None:
    """Which option of a question the words choose, by its number from 1 or by its own words; from 0."""
    words = text.strip().rstrip(".")
    if words.isdecimal():
        return int(words) - 1 if 0 < int(words) <= len(asked.options) else None
    options = [each.strip().rstrip(".").casefold() for each in asked.options]
    return options.index(words.casefold()) if words.casefold() in options else None


def _with_question(explanation: str, asked: Asked | None) -> str:
    return "\n".join([explanation, asked.question, *asked.options]) if asked is not None else explanation


def _is_changes(text: str, formulation: Formulation, *, is_reply: bool) -> bool:
    """Whether the words are changes as they stand: `flour = 50; drop enough_cakes`.

    Raises:
        InputError: They have the form of changes, which the formulation does not take, and are no reply to a question;
            no model is asked then.
    """
    try:
        changed(scenario_of(text, formulation), formulation)
    except FormulationError as error:
        if has_form_of_changes(text) and not is_reply:
            raise InputError("\n".join(map(_reason, error.diagnostics))) from error
        return False
    except SteepestError:
        return False
    return True


def _reason(found: Diagnostic) -> str:
    return found.message + (f"; {found.repair}" if found.repair else "")


async def _asked(
    text: str, conversation: Conversation, version: Version, formulation: Formulation, model: ChatModel, apart: Reads
) -> Intent:
    form = form_of(model)
    written = await apart(lambda: version.formulation.to_text() if version.formulation is not None else "")
    prompt = load_prompt(f"turn_{form}").render(
        formulation=_as_data(written[:_SHOWN]),
        answer=_as_data(_with_question(version.explanation, conversation.answering)),
        versions=[_as_data(_told(each, conversation)) for each in conversation.versions.values()],
        forms=list(FORMS),
        words=_as_data(text),
    )

    def read(reply: str) -> Intent:
        said = _read_json(reply) if form == "json" else _read_text(reply)
        return _intent(said, text, formulation)

    schema = strict_schema(_Reply.model_json_schema()) if form == "json" else None
    asked = await ask(model, prompt, read, sample=0, schema=schema, max_tokens=_MAX_TOKENS)
    if asked.value is None:
        raise InputError(_NOT_UNDERSTOOD)
    return asked.value


def _as_data(text: str) -> str:
    """A text that can't end the block it stands in."""
    return _TAG.sub("‹", text)


def _told(version: Version, conversation: Conversation) -> str:
    changes = "; ".join(version.changes) or "as stated"
    value = version.solution.objective if version.solution is not None else None
    return f"{conversation.name_of(version.number)}: {changes}" + (
        f", objective {value:g}" if value is not None else ""
    )


def _read_json(reply: str) -> _Reply:
    try:
        return _Reply.model_validate(json_object(reply))
    except ValidationError as error:
        first = error.errors()[0]
        raise UnusableReply(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _read_text(reply: str) -> _Reply:
    """Lines such as `wish: change`, `changes: flour = 50`, `names: a, b` and `text: ...`, which may go on."""
    fields: dict[str, list[str]] = {}
    name = ""
    for line in reply.splitlines():
        word, colon, rest = line.strip().strip("*-` ").partition(":")
        if colon and word.strip("* ").lower() in _Reply.model_fields:
            name = word.strip("* ").lower()
            fields.setdefault(name, []).append(rest.strip())
        elif name and line.strip():
            fields[name].append(line.strip())
    if "wish" not in fields:
        raise UnusableReply("there is no line `wish: ...`: begin with it, and one of the words in the list")
    try:
        return _Reply(
            wish=fields["wish"][0].split()[0].strip(".,`\"'").lower() if fields["wish"][0] else "",  # type: ignore[arg-type]  # pydantic says which words there are
            changes=[each for each in fields.get("changes", []) if each],
            names=[each.strip() for line in fields.get("names", []) for each in line.split(",") if each.strip()],
            text="\n".join(fields.get("text", [])).strip(),
        )
    except ValidationError as error:
        raise UnusableReply(f"`wish` is one of {', '.join(get_args(Wish))}") from error


def _intent(said: _Reply, words: str, formulation: Formulation) -> Intent:
    if said.wish == "change":
        return Change(changes=_applicable(said.changes, formulation))
    if said.wish == "why":
        return Why(name=next((each for each in said.names if is_named(each, formulation)), ""))
    if said.wish in ("discuss", "export") and not (said.text or said.names):
        raise UnusableReply(f"`{said.wish}` needs `{'text' if said.wish == 'discuss' else 'names'}`")
    return _INTENTS[said.wish](said, words)


_INTENTS: Mapping[Wish, Callable[[_Reply, str], Intent]] = {
    "revise": lambda said, words: Revise(text=words),
    "problem": lambda said, words: Problem(text=words),
    "limits": lambda said, words: Limits(),
    "another": lambda said, words: Alternatives(),
    "test": lambda said, words: Test(),
    "undo": lambda said, words: Undo(),
    "name": lambda said, words: Name(name=_first(said) or said.text or words),
    "compare": lambda said, words: Compare(names=tuple(said.names)),
    "export": lambda said, words: Export(format=(_first(said) or said.text).lower()),
    "discuss": lambda said, words: Discuss(text=said.text),
}


def _first(said: _Reply) -> str:
    return said.names[0] if said.names else ""


def _applicable(changes: list[str], formulation: Formulation) -> str:
    """The changes as one text, if the formulation takes them."""
    text = "; ".join(changes)
    try:
        if not any(pieces(text)):
            raise UnusableReply("`changes` is empty: write at least one change, in the forms of the list")
        changed(scenario_of(text, formulation), formulation)
    except UnusableReply:
        raise
    except SteepestError as error:
        raise UnusableReply(f"{error}") from error
    return text
