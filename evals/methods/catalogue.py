"""The methods by name: `five+repair+vote` is a base, and parts that are added to it, each with its settings."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from steepest.errors import InputError
from steepest.evals.methods.agent_command import AgentCommand, split_command
from steepest.evals.methods.agent_function import AgentFunction, load_function
from steepest.evals.methods.code import PyomoCode
from steepest.evals.methods.direct import DirectAnswer
from steepest.evals.methods.experience import RecordedExperience
from steepest.evals.methods.five import FiveElements
from steepest.evals.methods.formulation_vote import FormulationVote
from steepest.evals.methods.protocol import Method
from steepest.evals.methods.self_correction import SelfCorrection
from steepest.evals.methods.settings import (
    AgentSettings,
    Asking,
    Correcting,
    FormulationVoting,
    Recollection,
    Repairing,
    Sampling,
    Settings,
    Voting,
)
from steepest.evals.methods.voting import MajorityVote

__all__ = ["METHODS", "method_settings", "open_method"]

METHODS: Mapping[str, str] = MappingProxyType(
    {
        "direct": "the model gives the numbers, without formulation or code",
        "code": "one prompt to a Pyomo script, run in the sandbox",
        "code+repair": "the same, and the model is shown what went wrong",
        "five": "one prompt to a five-element formulation, checked and solved",
        "five+repair": "the same, and the model is shown what the checks found",
        "five+library": "the same, and the model is given what an experience library has for the problem",
        "five+repair+library": "the same with repairs",
        "five+vote": "several formulations vote by value and structure, with a calibrated confidence",
        "five+repair+vote": "the same with repairs (+vote goes with direct, code and +library, too)",
        "llmopt": "five elements, a Pyomo script from them; the model judges both and redoes what it finds wrong",
        "agent:MODULE:FUNCTION": "a Python function of your own, from the question's text to an answer",
        "agent:COMMAND": "a command of your own: question on standard input, JSON or a number on standard output",
    }
)
"""Method by method, a line for the help."""

_FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
_AGENT = "agent"


Found = TypeVar("Found", bound=Settings)


@dataclass(frozen=True)
class _Part:
    """A part of a method's name."""

    settings: type[Settings]
    goes_with: tuple[str, ...] = ()
    """The bases that it can be added to; empty for a base."""
    special: Mapping[str, type[Settings]] = field(default_factory=dict)
    """Its settings with certain bases, where those take others."""

    def settings_with(self, base: str) -> type[Settings]:
        """Its settings when it is added to this base."""
        return self.special.get(base, self.settings)


_PARTS: dict[str, _Part] = {
    "direct": _Part(Asking),
    "code": _Part(Asking),
    "five": _Part(Sampling),
    "llmopt": _Part(Correcting),
    "repair": _Part(Repairing, goes_with=("code", "five")),
    "library": _Part(Recollection, goes_with=("five",)),
    "vote": _Part(Voting, goes_with=("direct", "code", "five", "llmopt"), special={"five": FormulationVoting}),
}
"""In the order of a name's spelling."""


@dataclass(frozen=True)
class _Recipe:
    """A name, read: its parts with their settings."""

    name: str
    parts: dict[str, Settings]

    @property
    def base(self) -> str:
        return next(iter(self.parts))

    def find(self, kind: type[Found]) -> Found | None:
        """The settings of this kind, if one of the parts has them."""
        return next((each for each in self.parts.values() if isinstance(each, kind)), None)


def open_method(name: str, settings: Mapping[str, Any] | None = None, *, library: str | None = None) -> Method:
    """The method of this name.

    Args:
        name: One of `METHODS`; the order of added parts does not matter.
        settings: Of its parts, such as `{"repairs": 2}`.
        library: The experience library that `+library` asks; it is opened at the first question.

    Raises:
        InputError: There is no such method or setting, a value is out of its range, an agent can't be found, or there
            is a library without `+library`, or the other way round.
    """
    recipe = _read(name, settings or {})
    _require_library(recipe, library)
    if (limits := recipe.find(AgentSettings)) is not None:
        return _agent(recipe.name, limits)
    if (voting := recipe.find(Voting)) is None:
        return _of_one_answer(recipe, recipe.name, library, varied=False)
    voter = _of_one_answer(recipe, recipe.name.removesuffix("+vote"), library, varied=True)
    if isinstance(voter, FiveElements) and isinstance(voting, FormulationVoting):
        return FormulationVote(recipe.name, voter, voting)
    return MajorityVote(recipe.name, voter, voting)


def method_settings(name: str, settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All settings of a method, those left at their defaults too: what a run records.

    Raises:
        InputError: There is no such method or setting, or a value is out of its range.
    """
    recipe = _read(name, settings or {})
    return {key: value for part in recipe.parts.values() for key, value in part.model_dump(mode="json").items()}


def _require_library(recipe: _Recipe, library: str | None) -> None:
    if "library" in recipe.parts and not library:
        raise InputError(f"The method {recipe.name} asks an experience library: give one (--library FILE).")
    if library and "library" not in recipe.parts:
        raise InputError(f"The method {recipe.name} asks no library: add +library to its name, or give no library.")


def _of_one_answer(recipe: _Recipe, name: str, library: str | None, *, varied: bool) -> Method:
    repairing = recipe.find(Repairing)
    repairs = repairing.repairs if repairing is not None else 0
    match recipe.base, recipe.parts[recipe.base]:
        case "direct", Asking() as asking:
            return DirectAnswer(name, asking, varied)
        case "code", Asking() as asking:
            return PyomoCode(name, asking, repairs, varied)
        case "llmopt", Correcting() as correcting:
            return SelfCorrection(name, correcting, varied)
        case "five", Sampling() as sampling:
            recollection = recipe.find(Recollection)
            recorded = RecordedExperience(library, recollection) if library and recollection else None
            return FiveElements(name, sampling, repairs, varied, recorded)
        case _:
            raise TypeError(f"{recipe.base} is no base")


def _agent(name: str, limits: AgentSettings) -> Method:
    named = name.partition(":")[2]
    if _FUNCTION.fullmatch(named):
        return AgentFunction(name, load_function(named), limits)
    return AgentCommand(name, split_command(named), limits)


def _read(name: str, settings: Mapping[str, Any]) -> _Recipe:
    """The parts of a name, with their settings."""
    given = dict(settings)
    if name.strip() == _AGENT or name.strip().startswith(f"{_AGENT}:"):
        chosen = f"{_AGENT}:{name.strip().partition(':')[2].strip()}"
        return _Recipe(chosen, _settings_of(chosen, {_AGENT: AgentSettings}, given))
    parts = _parts_of(name)
    kinds = {part: _PARTS[part].settings_with(parts[0]) for part in parts}
    return _Recipe("+".join(parts), _settings_of("+".join(parts), kinds, given))


def _parts_of(name: str) -> list[str]:
    words = [word.strip() for word in name.strip().lower().split("+")]
    for word in words:
        if word not in _PARTS:
            raise InputError(f"There is no method {name!r}{_nearest(name, word)}. There are:\n{_listed()}")
    bases = [word for word in words if not _PARTS[word].goes_with]
    if len(bases) != 1 or words[0] != bases[0] or len(set(words)) != len(words):
        raise InputError(
            f"A method is one of direct, code, five and llmopt, then its parts, each once; {name!r} is not."
        )
    for word in words[1:]:
        if bases[0] not in _PARTS[word].goes_with:
            fitting = ", ".join(_PARTS[word].goes_with)
            raise InputError(f"+{word} goes with {fitting}; {bases[0]} has nothing for it to work on.")
    return [part for part in _PARTS if part in words]


def _settings_of(name: str, kinds: Mapping[str, type[Settings]], given: dict[str, Any]) -> dict[str, Settings]:
    """The settings of each part; every given one belongs to one of them."""
    known = [field for kind in kinds.values() for field in kind.model_fields]
    if unknown := [key for key in given if key not in known]:
        near = _did_you_mean(unknown[0], known)
        raise InputError(f"The method {name} has no setting {unknown[0]!r}{near}; it has {', '.join(known)}.")
    try:
        return {
            part: kind.model_validate({key: given[key] for key in given if key in kind.model_fields})
            for part, kind in kinds.items()
        }
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"The setting {place}={first['input']!r} of {name}: {first['msg']}.") from error


def _nearest(name: str, word: str) -> str:
    whole = difflib.get_close_matches(name.strip().lower(), [each for each in METHODS if ":" not in each], n=1)
    return f" (did you mean {whole[0]!r}?)" if whole else _did_you_mean(word, _PARTS)


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _listed() -> str:
    width = max(map(len, METHODS))
    return "\n".join(f"  {name:<{width}}  {line}" for name, line in METHODS.items())
