"""Classic BPF as the kernel runs it on one system call, in a page: what a filter says can be asked without a kernel."""

import struct
from collections.abc import Sequence

from steepest.solvers.sandbox.jail.bpf import Instruction


def verdict(program: Sequence[Instruction], architecture: int, number: int, arguments: Sequence[int] = ()) -> int:
    """What the filter returns for a call with up to six arguments."""
    padded = [argument & (1 << 64) - 1 for argument in arguments] + [0] * (6 - len(arguments))
    data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, architecture, 0, *padded)
    accumulator, here = 0, 0
    while True:
        step = program[here]
        here += 1
        match step.code:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, step.constant)
            case 0x05:
                here += step.constant
            case 0x15:
                here += step.if_true if accumulator == step.constant else step.if_false
            case 0x35:
                here += step.if_true if accumulator >= step.constant else step.if_false
            case 0x45:
                here += step.if_true if accumulator & step.constant else step.if_false
            case 0x06:
                return step.constant
            case unknown:
                raise AssertionError(f"instruction {unknown:#x}")
