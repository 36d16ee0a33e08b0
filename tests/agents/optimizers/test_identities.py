"""A digest changes with what is run, and not with what is learned or counted."""

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from steepest.agents.optimizers.identities import digest_of_program
from steepest.agents.optimizers.objectives import Weighted
from steepest.traces import bundle, model, node

SOURCE = """
from steepest.traces import bundle, node
TARGET = 3
WEIGHTS = {"up": 1}
PROMPT = "Be brief."
prompt = node(PROMPT, "prompt", trainable=True)
seen = []
def distance(a, b):
    return abs(a - b)
@bundle(trainable=True)
def guess(x):
    return x + 1
def workflow(x):
    step = node(0.5, "step", trainable=True)
    seen.append(x)  # grows
    return guess(x) * step
def guide(example, output):
    return -distance(output, TARGET) * WEIGHTS["up"]
class Program:
    def __init__(self, low):
        self.low, self.calls = low, 0
    def run(self, x):
        self.calls += 1
        low = self.low
        return low + x
"""


def loaded(folder: Path, source: str, name: str) -> Any:
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.py"
    file.write_text(source)
    specification = importlib.util.spec_from_file_location("of_the_user", file)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def digests(folder: Path, source: str, name: str) -> dict[str, str]:
    module = loaded(folder, source, name)
    things = {"workflow": module.workflow, "guide": module.guide, "program": module.Program(1)}
    return {each: digest_of_program(thing) for each, thing in things.items()}


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("TARGET = 3", "TARGET = 4", {"guide"}),
        ('{"up": 1}', '{"up": 2}', {"guide"}),
        ("abs(a - b)", "(a - b) ** 2", {"guide"}),
        ("-distance(output, TARGET)", "distance(output, TARGET)", {"guide"}),
        (") * step", ") + step", {"workflow"}),
        ("low + x", "low - x", {"program"}),
        ('"Be brief."', '"Be long,\\nand loud."', set()),
        ("node(0.5,", "node(0.9,", set()),
        ("return x + 1", "y = x\n    return y * 2", set()),
        ("  # grows", "", set()),
        ("abs(a - b)", "abs(a-b)  # of both", set()),
    ],
)
def test_an_edit_counts_unless_it_is_of_what_is_learned(tmp_path: Path, old: str, new: str, changed: set[str]) -> None:
    assert old in SOURCE
    before = digests(tmp_path, SOURCE, "before")
    after = digests(tmp_path, SOURCE.replace(old, new), "after")
    assert {name for name in before if before[name] != after[name]} == changed


def test_what_a_run_changes_does_not_count(tmp_path: Path) -> None:
    module = loaded(tmp_path, SOURCE, "before")
    program = module.Program(1)
    before = digest_of_program(program), digest_of_program(module.workflow)
    program.run(2)
    module.workflow(2)
    assert (digest_of_program(program), digest_of_program(module.workflow)) == before
    assert digest_of_program(module.Program(2)) != before[0]


def test_the_digest_is_the_same_in_another_process(tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(SOURCE + '\nNAMES = {"aa", "bb", "cc", "dd"}\ndef f(x): return x in NAMES\n')
    code = "import user; from steepest.agents.optimizers.identities import digest_of_program as d; "
    code += "print(d(user.f), d(user.workflow), d(user.Program(1)))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_values_of_closures_defaults_and_partials_count() -> None:
    def made(target: float) -> Callable[..., float]:
        return lambda example, output: -abs(output - target)

    def given(output: float, target: float = 1.0) -> float:
        return output - target

    assert digest_of_program(made(1.0)) == digest_of_program(made(1.0))
    assert digest_of_program(made(1.0)) != digest_of_program(made(2.0))
    assert digest_of_program(partial(given, target=1.0)) != digest_of_program(partial(given, target=2.0))
    assert digest_of_program(lru_cache(made)) != digest_of_program(lru_cache(given))


def test_lambdas_on_one_line_are_told_apart() -> None:
    first, second = (lambda x: x + 1), (lambda x: x + 2)
    assert digest_of_program(first) != digest_of_program(second)


def test_a_function_without_a_source_is_known_by_its_code() -> None:
    def made(text: str) -> str:
        (code, *_) = compile(f"lambda x: {text}", "<nowhere>", "eval").co_consts
        return digest_of_program(FunctionType(code, {}))

    assert made("x + 1") == made("x + 1") != made("x + 2")


def test_settings_of_guides_count() -> None:
    def objectives(example: Any, output: Any) -> float:
        return 1.0

    up, again, down = (digest_of_program(Weighted(objectives, {name: 1.0})) for name in ("up", "up", "down"))
    assert up == again != down


def test_methods_count_with_their_object() -> None:
    class Judge:
        def __init__(self, target: float) -> None:
            self.target = target

        def judge(self, example: Any, output: float) -> float:
            target = self.target
            return -abs(output - target)

    assert digest_of_program(Judge(1).judge) == digest_of_program(Judge(1).judge)
    assert digest_of_program(Judge(1).judge) != digest_of_program(Judge(2).judge)


def test_a_modules_parameters_do_not_count_and_its_other_values_do() -> None:
    @model
    class Pair:
        def __init__(self, text: str, times: int) -> None:
            self.text = node(text, trainable=True)
            self.times = times

        @bundle(trainable=True)
        def forward(self, x: str) -> str:
            return x * self.times

    assert digest_of_program(Pair("a", 1)) == digest_of_program(Pair("b", 1))
    assert digest_of_program(Pair("a", 1)) != digest_of_program(Pair("a", 2))
