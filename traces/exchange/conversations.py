"""What a span's attributes say about a call of a model, an agent or a tool, in whichever convention they say it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from steepest.traces.exchange import conventions as names
from steepest.traces.exchange.spans import Span

SYSTEM_ROLES = ("system", "developer")
_AROUND = ("messages", "choices", "generations", "message", "kwargs")
"""Keys under which messages, or one, are kept."""
_ROLES = {"system": "system", "human": "user", "ai": "assistant", "tool": "tool"}
"""By LangChain's types of messages."""
_DEEPEST = 10
"""Levels of what is put around messages."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What went into a span and came out of it."""

    system: tuple[str, ...]
    """Instructions that the model was given besides the conversation or at its begin."""
    template: str
    """The prompt before its variables were filled in."""
    variables: Any
    messages: Any
    """What it was asked: messages as `{"role", "content"}`, or the input as it was recorded; None if it was not."""
    output: Any
    tokens: int
    money: float


def conversation(span: Span) -> Conversation:
    """Read a span by the GenAI conventions, present and older, OpenInference's, and as OpenLLMetry and LangSmith do."""
    found = _attributes(span)
    messages = _input_messages(span, found)
    system = [*_parts(_parsed(found.get(names.SYSTEM_INSTRUCTIONS)))]
    system += [str(each["content"]) for each in messages if each["role"] in SYSTEM_ROLES]
    others = [each for each in messages if each["role"] not in SYSTEM_ROLES]
    given = _first(found, names.TOOL_ARGUMENTS, names.INPUT_VALUE, names.TRACELOOP_INPUT)
    return Conversation(
        system=tuple(dict.fromkeys(text for text in system if text.strip())),
        template=str(_first(found, names.OI_TEMPLATE, names.TRACELOOP_TEMPLATE) or ""),
        variables=_parsed(_first(found, names.OI_VARIABLES, names.TRACELOOP_VARIABLES)),
        messages=others if messages else _parsed(given),
        output=_output(span, found),
        tokens=_count(found, names.INPUT_TOKENS, names.OLD_INPUT_TOKENS, names.OI_INPUT_TOKENS)
        + _count(found, names.OUTPUT_TOKENS, names.OLD_OUTPUT_TOKENS, names.OI_OUTPUT_TOKENS),
        money=_amount(_first(found, names.OI_COST, names.COST)),
    )


def owner(span: Span) -> str:
    """Whose prompt the span has: the prompt's own name, or the agent's; empty if it says neither."""
    keys = (names.PROMPT_NAME, names.AGENT, names.OI_AGENT, names.TRACELOOP_ENTITY)
    return str(_first(span.attributes, *keys) or "")


def _attributes(span: Span) -> Mapping[str, Any]:
    """The span's attributes, with those that an event tells of its content."""
    details = [event.attributes for event in span.events if event.name == names.DETAILS]
    return {**details[-1], **span.attributes} if details else span.attributes


def _input_messages(span: Span, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages of the request, from the first convention that has any."""
    for recorded in (found.get(names.INPUT_MESSAGES), found.get(names.OLD_PROMPT)):
        if messages := _messages(_parsed(recorded)):
            return messages
    for prefix in (names.OI_INPUT, names.OLD_PROMPT):
        if messages := _flattened(found, prefix):
            return messages
    return _from_events(span, ("system", "user", "assistant", "tool"), names.OLD_PROMPT)


def _output(span: Span, found: Mapping[str, Any]) -> Any:
    for recorded in (found.get(names.OUTPUT_MESSAGES), found.get(names.OLD_COMPLETION)):
        if messages := _messages(_parsed(recorded)):
            return _only(messages)
    for prefix in (names.OI_OUTPUT, names.OLD_COMPLETION):
        if messages := _flattened(found, prefix):
            return _only(messages)
    if messages := _from_events(span, ("choice",), names.OLD_COMPLETION):
        return _only(messages)
    if (said := _first(found, names.TOOL_RESULT, names.OUTPUT_VALUE)) is not None:
        return _parsed(said)
    return _parsed(found.get(names.TRACELOOP_OUTPUT), start=("{", "[", '"'))  # which writes texts as JSON, too


def _only(messages: list[dict[str, Any]]) -> Any:
    """The text of a single message; several as they are."""
    return messages[0]["content"] if len(messages) == 1 else messages


def _messages(recorded: Any) -> list[dict[str, Any]]:
    """Messages of the GenAI schema (role and parts) or the older one (role and content)."""
    return [
        {"role": str(each.get("role") or _ROLES.get(str(each.get("type")), "")), "content": _content(each)}
        for each in _unpacked(recorded, 0)
        if isinstance(each, Mapping) and ("parts" in each or "content" in each or "tool_calls" in each)
    ]


def _unpacked(recorded: Any, depth: int) -> list[Any]:
    """Messages out of what requests, replies and LangChain's serialization put around them."""
    if depth > _DEEPEST:
        return []
    if isinstance(recorded, (list, tuple)):
        return [message for each in recorded for message in _unpacked(each, depth + 1)]
    inner = _first(recorded, *_AROUND) if isinstance(recorded, Mapping) else None
    return _unpacked(inner, depth + 1) if isinstance(inner, (Mapping, list, tuple)) else [recorded]


def _content(message: Mapping[str, Any]) -> Any:
    """A message's text, or its parts where they are no texts."""
    recorded = message.get("parts", message.get("content"))
    texts = _parts(recorded)
    if texts and (isinstance(recorded, str) or len(texts) == len(recorded)):
        return "\n".join(texts)
    if not recorded and message.get("tool_calls"):
        return message["tool_calls"]
    return recorded if recorded is not None else ""


def _parts(recorded: Any) -> list[str]:
    """The texts of `[{"type": "text", "content": ...}]`, of a list of texts, or of a text."""
    if isinstance(recorded, str):
        return [recorded]
    if not isinstance(recorded, (list, tuple)):
        return []
    found = [each if isinstance(each, str) else _text_of_part(each) for each in recorded]
    return [text for text in found if text is not None]


def _text_of_part(part: Any) -> str | None:
    if not isinstance(part, Mapping) or part.get("type", "text") != "text":
        return None
    text = part.get("content", part.get("text"))
    return text if isinstance(text, str) else None


def _flattened(attributes: Mapping[str, Any], prefix: str) -> list[dict[str, Any]]:
    """Messages of an attribute each: `llm.input_messages.0.message.content`, `gen_ai.prompt.0.content`."""
    pattern = re.compile(rf"{re.escape(prefix)}\.(\d{{1,6}})\.(?:message\.)?(.+)")
    found: dict[int, dict[str, Any]] = {}
    for key, value in attributes.items():
        if key.startswith(prefix) and (match := pattern.fullmatch(key)):
            found.setdefault(int(match[1]), {})[match[2]] = value
    return [
        {"role": str(fields.get("role", "")), "content": fields["content"] if "content" in fields else _rest(fields)}
        for _, fields in sorted(found.items())
    ]


def _rest(fields: Mapping[str, Any]) -> Any:
    """What a message without content holds: texts of its parts, else all that is recorded, such as calls of tools."""
    texts = [value for key, value in sorted(fields.items()) if key.endswith("message_content.text")]
    return "\n".join(map(str, texts)) if texts else {key: value for key, value in fields.items() if key != "role"}


def _from_events(span: Span, roles: Iterable[str], attribute: str) -> list[dict[str, Any]]:
    """Messages that older instrumentations put into events."""
    wanted = {"gen_ai.choice" if role == "choice" else f"gen_ai.{role}.message": role for role in roles}
    found: list[dict[str, Any]] = []
    for event in span.events:
        if event.name in wanted:
            content = _first(event.attributes, "content", "message", "gen_ai.event.content")
            found.append({"role": wanted[event.name], "content": _parsed(content) if content is not None else ""})
        elif attribute in event.attributes:
            found += _messages(_parsed(event.attributes[attribute]))
    return found


def _parsed(recorded: Any, start: tuple[str, ...] = ("{", "[")) -> Any:
    """What a text that is JSON, as its start tells, says; anything else as it is."""
    if not isinstance(recorded, str) or not recorded.lstrip().startswith(start):
        return list(recorded) if isinstance(recorded, tuple) else recorded
    try:
        return json.loads(recorded)
    except (ValueError, RecursionError):
        return recorded


def _first(attributes: Mapping[str, Any], *keys: str) -> Any:
    return next((attributes[key] for key in keys if attributes.get(key) is not None), None)


def _count(attributes: Mapping[str, Any], *keys: str) -> int:
    found = _first(attributes, *keys)
    return found if type(found) is int and found >= 0 else 0


def _amount(recorded: Any) -> float:
    return float(recorded) if isinstance(recorded, (int, float)) else 0.0
