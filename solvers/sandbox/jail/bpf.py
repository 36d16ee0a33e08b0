"""An assembler for the kernel's packet filter language (classic BPF), as far as seccomp uses it.

A program is a list of steps; jumps name their target and only go forward. Linux, Documentation/networking/filter.rst.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

_LOAD_WORD, _JUMP, _RETURN = 0x20, 0x05, 0x06
_FARTHEST = 255
"""A conditional jump has 8 bits for its distance."""


class Comparison(IntEnum):
    """How a conditional jump compares the accumulator with its constant, unsigned."""

    EQUAL = 0x15
    AT_LEAST = 0x35
    ANY_BIT = 0x45
    """Whether a bit of the constant is set."""


@dataclass(frozen=True, slots=True)
class Load:
    """The 32-bit word at an offset of the data becomes the accumulator."""

    offset: int


@dataclass(frozen=True, slots=True)
class Branch:
    """Go to one of two labels; None is the step that follows."""

    test: Comparison
    value: int
    then: str | None
    otherwise: str | None


@dataclass(frozen=True, slots=True)
class Jump:
    """Go to a label, however far."""

    target: str


@dataclass(frozen=True, slots=True)
class Return:
    """End with a verdict."""

    verdict: int


@dataclass(frozen=True, slots=True)
class Label:
    """A place in the program; it takes no instruction."""

    name: str


Step = Load | Branch | Jump | Return | Label


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction as the kernel reads it (struct sock_filter)."""

    code: int
    if_true: int
    if_false: int
    constant: int


def assemble(steps: Sequence[Step]) -> list[Instruction]:
    """Turn steps into instructions.

    Raises:
        ValueError: A label is unknown, stands twice or before the jump to it, or is too far for a conditional jump.
    """
    places = _places(steps)
    program: list[Instruction] = []
    for step in steps:
        if not isinstance(step, Label):
            program.append(_instruction(step, len(program), places))
    return program


def encode(program: Iterable[Instruction]) -> bytes:
    """The bytes of a program in the machine's byte order."""
    return b"".join(struct.pack("=HBBI", step.code, step.if_true, step.if_false, step.constant) for step in program)


def _places(steps: Sequence[Step]) -> dict[str, int]:
    places: dict[str, int] = {}
    length = 0
    for step in steps:
        if not isinstance(step, Label):
            length += 1
        elif step.name in places:
            raise ValueError(f"the label {step.name!r} stands twice")
        else:
            places[step.name] = length
    return places


def _instruction(step: Load | Branch | Jump | Return, here: int, places: dict[str, int]) -> Instruction:
    match step:
        case Load(offset):
            return Instruction(_LOAD_WORD, 0, 0, offset)
        case Return(verdict):
            return Instruction(_RETURN, 0, 0, verdict)
        case Jump(target):
            return Instruction(_JUMP, 0, 0, _distance(target, here, places))
        case Branch(test, value, then, otherwise):
            distances = [_distance(label, here, places) for label in (then, otherwise)]
            if max(distances) > _FARTHEST:
                raise ValueError(f"{then!r} or {otherwise!r} is over {_FARTHEST} instructions away: put a Jump between")
            return Instruction(test, distances[0], distances[1], value)


def _distance(label: str | None, here: int, places: dict[str, int]) -> int:
    """Instructions to skip."""
    if label is None:
        return 0
    if label not in places:
        raise ValueError(f"there is no label {label!r}")
    distance = places[label] - here - 1
    if distance < 0:
        raise ValueError(f"the label {label!r} stands before the jump to it")
    return distance
