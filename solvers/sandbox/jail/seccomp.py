"""seccomp: rules about system calls, turned into a filter that the kernel runs before each call.

Linux, Documentation/userspace-api/seccomp_filter.rst.
"""

import ctypes
import errno
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from steepest.solvers.sandbox.jail import libc
from steepest.solvers.sandbox.jail.bpf import (
    Branch,
    Comparison,
    Instruction,
    Jump,
    Label,
    Load,
    Return,
    Step,
    assemble,
    encode,
)
from steepest.solvers.sandbox.jail.syscalls import Table, this_machine

ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000


def fail_with(error: int) -> int:
    """The verdict that a call fails with this errno."""
    return 0x00050000 | error


EPERM = fail_with(errno.EPERM)
ENOSYS = fail_with(errno.ENOSYS)

_SET_MODE_FILTER = 1
_SYNCHRONIZE_THREADS = 1 << 0
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets in struct seccomp_data; an argument has 8 bytes, the low half first on both machines."""
_ALL_BITS = (1 << 64) - 1
_X32 = 0x40000000
"""x86-64 runs a second set of calls under numbers with this bit, which would pass by every comparison."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """An argument is one of some values. The kernel reads 32 bits of most arguments; `wide` compares all 64."""

    argument: int
    values: tuple[int, ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Bits:
    """A 64-bit argument has all of the bits `needed` and none but these and `possible`."""

    argument: int
    needed: int
    possible: int


Condition = OneOf | Bits


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of one call: the verdict `then` if all conditions hold, else `otherwise`."""

    call: str
    conditions: tuple[Condition, ...] = ()
    then: int = ALLOW
    otherwise: int = EPERM


def compile_rules(table: Table, rules: Iterable[Rule], default: int = EPERM) -> list[Instruction]:
    """A filter for one kind of machine: its calls by the rules, other calls `default`; other machines' calls are death.

    The number of a call is found by bisection, so that no call waits long. Rules for calls that the machine doesn't
    have are left out.

    Raises:
        ValueError: Two rules for one call, or the program is too long for its jumps.
    """
    by_number: dict[int, Rule] = {}
    for rule in rules:
        if rule.call not in table.numbers:
            continue
        number = table.number(rule.call)
        if number in by_number:
            raise ValueError(f"two rules for {rule.call}")
        by_number[number] = rule
    return assemble([*_prologue(table), *_bisect(_ranges(by_number, default)), *_blocks(by_number.values())])


def install(rules: Iterable[Rule], default: int = EPERM) -> None:
    """Put the rules in force in all threads of the calling process, for good.

    The process must have given up new privileges before (or be privileged).

    Raises:
        OSError: The kernel refused.
    """
    program = compile_rules(this_machine(), rules, default)
    code = ctypes.create_string_buffer(encode(program))
    header = bytes(_Program(len(program), ctypes.addressof(code)))
    libc.syscall("seccomp", _SET_MODE_FILTER, _SYNCHRONIZE_THREADS, header)


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def _prologue(table: Table) -> list[Step]:
    """A wrong machine means that the numbers mean something else, as for 32-bit calls on x86-64."""
    steps: list[Step] = [
        Load(_ARCHITECTURE),
        Branch(Comparison.EQUAL, table.audit_arch, "right machine", None),
        Return(KILL_PROCESS),
        Label("right machine"),
        Load(_NUMBER),
    ]
    if table.machine == "x86_64":
        steps += [Branch(Comparison.AT_LEAST, _X32, None, "a call"), Return(EPERM), Label("a call")]
    return steps


Leaf = int | str
"""A verdict, or the label of the block that looks at the arguments."""


def _ranges(rules: Mapping[int, Rule], default: int) -> list[tuple[int, Leaf]]:
    """Where the numbers of calls begin that share a fate: `(0, a), (5, b)` is a for 0 to 4 and b from 5 on."""
    starts: dict[int, Leaf] = {0: default}
    for number in sorted(rules):
        rule = rules[number]
        starts[number] = rule.call if rule.conditions else rule.then
        starts[number + 1] = default
    ranges: list[tuple[int, Leaf]] = []
    for start in sorted(starts):
        if not ranges or ranges[-1][1] != starts[start]:
            ranges.append((start, starts[start]))
    return ranges


def _bisect(ranges: Sequence[tuple[int, Leaf]]) -> list[Step]:
    """Steps that go from a call's number, in the accumulator, to its leaf."""
    if len(ranges) == 1:
        leaf = ranges[0][1]
        return [Return(leaf) if isinstance(leaf, int) else Jump(leaf)]
    middle = len(ranges) // 2
    start = ranges[middle][0]
    upper = f"from {start}"
    return [
        Branch(Comparison.AT_LEAST, start, upper, None),
        *_bisect(ranges[:middle]),
        Label(upper),
        *_bisect(ranges[middle:]),
    ]


def _blocks(rules: Iterable[Rule]) -> list[Step]:
    steps: list[Step] = []
    for rule in rules:
        if rule.conditions:
            steps += _block(rule)
    return steps


def _block(rule: Rule) -> list[Step]:
    refused = f"{rule.call} refused"
    steps: list[Step] = [Label(rule.call)]
    for place, condition in enumerate(rule.conditions):
        if isinstance(condition, OneOf):
            steps += _one_of(condition, refused, f"{rule.call} {place}")
        else:
            steps += _bits(condition, refused)
    return [*steps, Return(rule.then), Label(refused), Return(rule.otherwise)]


def _one_of(condition: OneOf, refused: str, name: str) -> list[Step]:
    """Goes on below if the argument is one of the values, with the one high half that all of them share."""
    low, high = _halves(condition.argument)
    steps: list[Step] = []
    if condition.wide:
        (upper,) = {value >> 32 for value in condition.values}
        steps += [Load(high), Branch(Comparison.EQUAL, upper, None, refused)]
    steps.append(Load(low))
    steps += [Branch(Comparison.EQUAL, value & 0xFFFFFFFF, name, None) for value in condition.values]
    return [*steps, Jump(refused), Label(name)]


def _bits(condition: Bits, refused: str) -> list[Step]:
    steps: list[Step] = []
    forbidden = _ALL_BITS & ~(condition.needed | condition.possible)
    for offset, shift in zip(_halves(condition.argument), (0, 32), strict=True):
        steps += [Load(offset), Branch(Comparison.ANY_BIT, forbidden >> shift & 0xFFFFFFFF, refused, None)]
        needed = condition.needed >> shift & 0xFFFFFFFF
        steps += [
            Branch(Comparison.ANY_BIT, 1 << bit, None, refused)
            for bit in range(needed.bit_length())
            if needed >> bit & 1
        ]
    return steps


def _halves(argument: int) -> tuple[int, int]:
    low = _ARGUMENTS + 8 * argument
    return low, low + 4
