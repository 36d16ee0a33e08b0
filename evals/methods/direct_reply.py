"""An answer in numbers alone, as a model gives it: JSON, or lines of `name: number unit`."""

import json
import re
from math import isfinite
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from steepest.agents.llm.chat import ChatReply
from steepest.agents.llm.errors import InvalidReply
from steepest.agents.llm.replies import FENCED, finished_text, parse_reply

__all__ = ["DirectReply", "DirectValue", "read_direct"]

_LINE = re.compile(
    r"""^[\s*_`•-]*                                   # list marks and emphasis
        (?P<name>[^\W\d_][^:=\n]{0,119}?)[\s*_`]*
        [:=][\s*_`]*
        (?P<sign>-?)[\s$€£]*(?P<late_sign>-?)
        (?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?|\.\d+)
        (?![\d.,/]*\d)(?!\s*/)                        # a number of another spelling is none, rather than a part of it
        \s*(?P<unit>[^\n<>=+*]{0,60})[\s*_`]*$        # no formula goes on here""",
    re.VERBOSE,
)
_LONGEST_LINE = 300
"""Characters of a line that is read; nobody says a number in more."""

_SENTENCE = re.compile(
    r"""\b(?:optimal|objective)(?:\s+(?:objective|function|total|solution))?\s+(?:value|profit|cost|revenue|objective)
        \s*(?:is|of|equals|=|will\ be|would\ be)?[\s*_`:=]+
        (?P<sign>-?)[\s$€£]*
        (?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)
        (?![\d.,/]*\d)(?!\w|\s*/\s*\d|\s*\*+\s*[\w(]|[^.\n]*[+=<>^])  # no formula""",
    re.VERBOSE | re.IGNORECASE,
)
"""The objective as people say it: `The optimal value is 336.`"""

_STATUS = re.compile(r"^[\s*_`-]*status[\s*_`]*[:=][\s*_`]*(?P<status>[a-z]+)", re.IGNORECASE)
_CLAIMS: dict[str, Literal["infeasible", "unbounded"]] = {"infeasible": "infeasible", "unbounded": "unbounded"}
_OBJECTIVE = frozenset({"objective", "objective value", "optimal value", "optimal objective value"})


class DirectValue(BaseModel):
    """A value that the question asks for."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="what it is, in the words of the problem")
    value: float = Field(allow_inf_nan=False)
    unit: str | None = None


class DirectReply(BaseModel):
    """The answer to an optimization problem, in numbers."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["optimal", "infeasible", "unbounded"]
    objective: float | None = Field(allow_inf_nan=False, description="the best value; null unless optimal")
    values: list[DirectValue] = Field(description="the decisions of the best answer")


def read_direct(reply: ChatReply, *, structured: bool) -> DirectReply:
    """Read a reply.

    Raises:
        InvalidReply: It was refused, cut off or empty, or holds neither a value nor a claim that there is none.
    """
    if structured:
        return parse_reply(reply, DirectReply)
    text = finished_text(reply)
    if (written := _read_json(text)) is not None:
        return written
    found = _read_lines(text)
    if found.status == "optimal" and found.objective is None:
        found.objective = _said_objective(text)
    if found.status == "optimal" and found.objective is None and not found.values:
        raise InvalidReply(f"{reply.model} gave no line of the form `name: number`.")
    return found


def _read_json(text: str) -> DirectReply | None:
    """A reply that is JSON though lines were asked for: any of the fields will do, and `values` may be an object."""
    fenced = FENCED.search(text)
    try:
        fields = json.loads(fenced.group(1) if fenced else text)
        if not isinstance(fields, dict) or fields.keys().isdisjoint({"status", "objective", "values"}):
            return None
        values = fields.get("values") or []
        if isinstance(values, dict):
            values = [{"name": name, "value": value} for name, value in values.items()]
        read = {"status": "optimal", "objective": None, **fields, "values": values}
        found = DirectReply.model_validate(read, extra="ignore")
    except (ValueError, RecursionError):
        return None
    is_empty = found.status == "optimal" and found.objective is None and not found.values
    return None if is_empty else found


def _said_objective(text: str) -> float | None:
    """The last objective that stands in a sentence."""
    said: re.Match[str] | None = None
    for line in text.splitlines():
        if len(line) <= _LONGEST_LINE:
            said = next(reversed(list(_SENTENCE.finditer(line))), said)
    if said is None:
        return None
    size = float(said["number"].replace(",", ""))
    if not isfinite(size):
        return None
    return -size if said["sign"] else size


def _read_lines(text: str) -> DirectReply:
    """The lines that can be read; the last of several objectives counts, since small models think aloud."""
    found = DirectReply(status="optimal", objective=None, values=[])
    for line in text.splitlines():
        if len(line) > _LONGEST_LINE:
            continue
        if said := _STATUS.match(line):
            found.status = _CLAIMS.get(said["status"].lower(), "optimal")
        elif (value := _read_line(line)) is None:
            continue
        elif value.name.lower() in _OBJECTIVE:
            found.objective = value.value
        else:
            found.values.append(value)
    return found


def _read_line(line: str) -> DirectValue | None:
    read = _LINE.match(line)
    if read is None:
        return None
    size = float(read["number"].replace(",", ""))
    if not isfinite(size):
        return None
    value = -size if read["sign"] or read["late_sign"] else size
    unit = read["unit"].strip(" .*_`") or None
    return DirectValue(name=" ".join(read["name"].split()), value=value, unit=unit)
