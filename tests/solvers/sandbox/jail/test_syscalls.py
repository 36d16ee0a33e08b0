import re
from pathlib import Path

import pytest

from steepest.solvers.sandbox.jail.syscalls import UnknownMachineError, for_machine

X86_64 = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
GENERIC = Path("/usr/include/asm-generic/unistd.h")
"""The header that aarch64 takes its numbers from; it has `__NR3264_` for calls that are called otherwise on 32 bits."""


@pytest.mark.parametrize(("machine", "header"), [("x86_64", X86_64), ("aarch64", GENERIC)])
def test_the_numbers_are_the_kernels_own(machine: str, header: Path):
    if not header.exists():
        pytest.skip(f"the kernel's header {header} is not installed")
    official = {name: int(number) for name, number in re.findall(r"__NR(?:3264)?_(\w+)\s+(\d+)", header.read_text())}
    if header == GENERIC:
        official["newfstatat"] = official["fstatat"]
    numbers = for_machine(machine).numbers
    assert numbers == {name: official[name] for name in numbers}


def test_aarch64_has_only_the_newer_forms():
    numbers = for_machine("aarch64").numbers
    assert not {"open", "stat", "access", "pipe", "readlink", "fork", "poll", "dup2", "getdents"} & set(numbers)
    assert {"openat", "newfstatat", "faccessat", "pipe2", "readlinkat", "clone", "ppoll", "dup3"} <= set(numbers)


@pytest.mark.parametrize("machine", ["riscv64", "armv7l", "arm64", "i686", ""])
def test_an_unknown_machine_is_named(machine: str):
    with pytest.raises(UnknownMachineError, match=f"x86_64 and aarch64, not those of {machine or 'this machine'}"):
        for_machine(machine)
