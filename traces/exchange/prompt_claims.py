"""Which parameter a place of a prompt belongs to: one, however many recorded graphs read the place.

A claim lives as long as a recorded graph that made use of it; nothing is kept for others.
"""

import threading
from dataclasses import dataclass
from weakref import WeakValueDictionary

from steepest.errors import InputError
from steepest.traces.exchange.graph_prompts import Prompt, PromptPlace
from steepest.traces.graph import Node
from steepest.traces.parameters import node, update


@dataclass(slots=True, eq=False, weakref_slot=True)
class Claim:
    """A parameter's hold on a place."""

    place: PromptPlace
    parameter: Node[str]
    original: str
    """What stood there before."""
    known: str
    """What we know to stand there; another text was put there by somebody else."""


_claims: "WeakValueDictionary[tuple[int, object], Claim]" = WeakValueDictionary()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class ClaimedPrompt:
    """A prompt that is a parameter."""

    prompt: Prompt
    parameter: Node[str]
    claims: tuple[Claim, ...]

    def put(self) -> None:
        """Put the parameter's value in its places, whatever stands there.

        Raises:
            InputError: A place can't be changed.
        """
        for claim in self.claims:
            self._write(claim, str.__str__(self.parameter._value))

    def restore(self) -> None:
        """Put back what stood in the places before."""
        for claim in self.claims:
            self._write(claim, claim.original)

    def _write(self, claim: Claim, text: str) -> None:
        if claim.place.read() != text:
            try:
                claim.place.write(text)
            except (AttributeError, TypeError) as error:
                told = f"the prompt {self.prompt.name!r} stands where it can't be changed: {error}"
                raise InputError(told) from error
        claim.known = text


def claimed(prompt: Prompt, description: str) -> ClaimedPrompt:
    """The parameter of a prompt: the one that its places have already, or a new one.

    A text that somebody else has put in a place meanwhile, or that is asked for now, is the parameter's next value.

    Raises:
        InputError: Its places belong to different parameters.
    """
    with _lock:
        known = [_claims.get(place.identity) for place in prompt.places]
        holders = {id(claim.parameter): claim.parameter for claim in known if claim is not None}
        if len(holders) > 1:
            names = " and ".join(repr(str(each.label)) for each in holders.values())
            raise InputError(f"the text of {prompt.name!r} stands in the places of {names}: name these two instead")
        if holders:
            (parameter,) = holders.values()
            if prompt.text not in {claim.known for claim in known if claim is not None}:
                update(parameter, prompt.text)
        else:
            parameter = node(prompt.text, prompt.name, trainable=True, description=description)
        claims = tuple(claim or _claim(place, parameter) for claim, place in zip(known, prompt.places, strict=True))
    return ClaimedPrompt(prompt, parameter, claims)


def _claim(place: PromptPlace, parameter: Node[str]) -> Claim:
    text = place.read()
    return _claims.setdefault(place.identity, Claim(place, parameter, text, text))
