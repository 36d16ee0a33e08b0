"""Read a structured reply: checked here, against the full type, while the reply and what it cost stay known."""

import re
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from steepest.agents.llm.chat import ChatReply
from steepest.agents.llm.errors import InvalidReply
from steepest.agents.llm.redaction import redact

__all__ = ["finished_text", "parse_reply"]

Parsed = TypeVar("Parsed", bound=BaseModel)

FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n[ \t]*```", re.DOTALL)
SHOWN_ERRORS = 5

STOPPED = {
    "length": "was cut off at max_tokens",
    "refusal": "refused to answer",
    "context": "ran out of its context window",
    "other": "stopped for a reason of its own",
}


def finished_text(reply: ChatReply) -> str:
    """The text of a reply that came to its end.

    Raises:
        InvalidReply: The reply was refused, cut off or empty.
    """
    if reply.stop != "end":
        said = f": {redact(reply.text[:200])}" if reply.stop == "refusal" and reply.text else "."
        raise InvalidReply(f"{reply.model} {STOPPED[reply.stop]}{said}")
    if not reply.text.strip():
        raise InvalidReply(f"{reply.model} gave an empty answer.")
    return reply.text


def parse_reply(reply: ChatReply, answer: type[Parsed]) -> Parsed:
    """The reply as an `answer`; a fence around the JSON is forgiven.

    Raises:
        InvalidReply: The reply was refused, cut off or empty, is no JSON, or does not fit the type; the message
            names the places and can be shown to the model.
    """
    text = finished_text(reply)
    fenced = FENCED.search(text)
    try:
        return answer.model_validate_json(fenced.group(1) if fenced else text)
    except ValidationError as error:
        places = [
            f"{'.'.join(map(str, detail['loc'])) or 'the whole answer'}: {detail['msg']}" for detail in error.errors()
        ]
        more = f"; and {len(places) - SHOWN_ERRORS} more" if len(places) > SHOWN_ERRORS else ""
        raise InvalidReply(
            f"{reply.model} did not answer as asked ({answer.__name__}): {'; '.join(places[:SHOWN_ERRORS])}{more}"
        ) from error
