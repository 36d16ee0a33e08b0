"""The first look at a source: friendlier than the kernel, and never the boundary."""

import pytest

from steepest.solvers.sandbox.inside.screening import screen

BENIGN = """
from __future__ import annotations
import os, sys, time, logging, warnings, io, math, re
from pathlib import Path
from collections import defaultdict
from dataclasses import dataclass
import numpy as np
import pandas as pd
import scipy.sparse as sp
import pyomo.environ as pyo
from pyomo.environ import *
from pyomo.opt import SolverStatus

@dataclass
class Route:
    length: float
    def __post_init__(self):
        self.name = self.__class__.__name__
    def __lt__(self, other):
        return self.length < other.length

class Model(dict):
    def __init__(self):
        super().__init__()
        re.compile("a")

model = pyo.ConcreteModel()
model.open = pyo.Var([1, 2], within=pyo.Binary)
if __name__ == "__main__":
    print(model.open[1], Route.__doc__)
"""


def test_an_ordinary_script_passes() -> None:
    assert screen(BENIGN) is None


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("import subprocess", "no other process"),
        ("import socket", "no network"),
        ("from urllib.request import urlopen", "no network"),
        ("import requests", "no network"),
        ("import shutil", "no files"),
        ("import ctypes", "below Python"),
        ("import importlib", "plain `import`"),
        ("import pickle", "use json"),
        ("import numpy.ctypeslib", "below Python"),
        ("import numpy.ctypeslib as c", "below Python"),
        ("from numpy import ctypeslib", "below Python"),
        ("from numpy.ctypeslib import ctypes", "below Python"),
        ("import numpy as np\nnp.ctypeslib", "below Python"),
        ("from concurrent.futures.process import ProcessPoolExecutor", "no use"),
        ("import tkinter", "not offered"),
        ("import cvxpy", "only the standard library, highspy, numpy"),
        ("from . import other", "a single file"),
        ("eval('1')", "written out"),
        ("exec('x = 1')", "write it out"),
        ("open('data.csv')", "no files"),
        ("input()", "nobody is there"),
        ("__import__('os')", "plain `import`"),
        ("().__class__.__base__.__subclasses__()", "`__base__`"),
        ("f.__globals__", "`__globals__`"),
        ("__builtins__", "`__builtins__`"),
    ],
)
def test_what_is_refused_comes_with_its_line_and_what_to_do_instead(source: str, advice: str) -> None:
    found = screen(f"x = 1\n{source}\n")
    assert found is not None
    assert found["kind"] == "forbidden"
    assert found["line"] == 2 + source.count("\n")
    assert advice.replace("written out", "write the expression out") in found["message"]
    assert found["traceback"].startswith(f"line {found['line']}:\n    {source.splitlines()[-1]}\n")


def test_all_that_is_refused_is_told_at_once() -> None:
    found = screen("import socket\nx = 1\nopen('x')\n")
    assert found is not None
    assert found["line"] == 1
    assert "(and 1 more)" in found["message"]
    assert "line 3:\n    open('x')\n" in found["traceback"]


@pytest.mark.parametrize(
    "source",
    ["def open(x):\n    return x\nopen(3)", "def f(eval):\n    return eval(1)", "compile = max\ncompile(1, 2)"],
)
def test_a_name_of_the_sources_own_is_its_own(source: str) -> None:
    assert screen(source) is None


def test_a_syntax_error_shows_its_place() -> None:
    found = screen("x = 1\nprint((x\n")
    assert found is not None
    assert (found["kind"], found["line"]) == ("exception", 2)
    assert found["traceback"] == "line 2:\n    print((x\n          ^\nSyntaxError: '(' was never closed"


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 100_000 + "1",
        "x = a" + ".a" * 100_000,
        "x = 1" + " + 1" * 200_000,
        "x = " + "[" * 150 + "]" * 150 + ")",
        "#" * 2_000_000,
        "\x00",
        "'\ud800'",
    ],
    ids=["parentheses", "signs", "attributes", "sum", "brackets", "large", "null", "surrogate"],
)
def test_no_source_breaks_the_screen(source: str) -> None:
    found = screen(source)
    assert found is not None
    assert found["kind"] == "exception"
    assert len(found["message"]) < 300


def test_an_empty_source_is_fine_and_warnings_are_left_to_the_compiler() -> None:
    assert screen("") is None
    assert screen("x = '\\d'\nx is 3\n") is None
