"""The embedded model itself, in a process of its own as the command line runs it."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from steepest.agents.llm import ModelFileError
from steepest.agents.llm.model_files import packaged_parts

REAL_CACHE = {name: os.environ[name] for name in ("STEEPEST_CACHE", "XDG_CACHE_HOME") if name in os.environ}


def missing() -> str:
    """Why the embedded model cannot run here; empty when it can."""
    if find_spec("xllamacpp") is None:
        return "the extra `local` is not installed (xllamacpp)"
    try:
        packaged_parts()
    except ModelFileError as error:
        return str(error)
    return ""


pytestmark = [
    pytest.mark.slow,
    pytest.mark.local_llm,
    pytest.mark.skipif(bool(missing()), reason=missing()),
]

SCENE = """
import json
from steepest.agents.llm import ChatMessage, ChatRequest, ContextOverflow, complete_sync, open_model

def ask(content, **fields):
    return complete_sync(model, ChatRequest(messages=(ChatMessage(role="user", content=content),), **fields))

def cached_of_the_second(*steps):
    for question in ("One?", "Two?"):
        read = [ask(question, system=" ".join([step] * 150), max_tokens=1).usage for step in steps]
    return [usage.cached_tokens / usage.input_tokens for usage in read]

progress = []
model = open_model("local", context=1024, on_progress=progress.append)
city = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
plain = ask("What is 2 + 3? Answer with the number alone.", max_tokens=8)
cut = ask("Count from 1 to 100.", max_tokens=5)
shaped = ask("Name the capital of France.", max_tokens=40, output_schema=city)
try:
    ask("word " * 2000)
    overflow = ""
except ContextOverflow as error:
    overflow = str(error)
answers = [plain.model_dump(mode="json"), cut.model_dump(mode="json"), shaped.text]
print(json.dumps([*answers, overflow, max(progress), cached_of_the_second("read", "write")]))
"""


def test_the_embedded_model_answers_and_prints_nothing_of_its_own():
    environment = {**os.environ, **REAL_CACHE}
    if "STEEPEST_CACHE" not in REAL_CACHE:
        environment.pop("STEEPEST_CACHE", None)
    run = subprocess.run(
        [sys.executable, "-c", SCENE], capture_output=True, text=True, timeout=300, env=environment, cwd=Path.home()
    )
    assert (run.returncode, run.stderr) == (0, "")
    plain, cut, shaped, overflow, most, cached = json.loads(run.stdout)
    assert "5" in plain["text"]
    assert (plain["stop"], plain["cost"], plain["usage"]["output_tokens"] > 0) == ("end", "0", True)
    assert (cut["stop"], cut["usage"]["output_tokens"]) == ("length", 5)
    assert "Paris" in json.loads(shaped)["name"]
    assert "1024" in overflow
    assert most >= 5
    assert min(cached) > 0.8  # instructions of steps that take turns are read once
