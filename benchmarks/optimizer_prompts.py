"""What one step of an optimizer sends to a model: characters and calls, beside Trace (trace-opt) and TextGrad.

    python benchmarks/optimizer_prompts.py                     # makes .venv/rivals with the two on the first run (1 GB)
    python benchmarks/optimizer_prompts.py --rivals PYTHON     # the interpreter of an environment that has them
    python benchmarks/optimizer_prompts.py --rivals none       # steepest alone

One step: a graph of N operations over a trainable number x, "too high" said about its output, a new value asked for.
The model is a function that answers at once. Counted is what it is sent, instructions included: the longest prompt, all
prompts of the step together, and the calls; CPU seconds are those of feedback and step, without the graph. Every cell
is a process of its own; one that takes more than `--seconds` is stopped.

Graphs: `chain` y = y + 1; `varied` y = one of four operations on y, drawn at random, so that there is no loop to fold
(steepest leaves out the middle and says so); `calls` y = f(y) with a traced function. TextGrad's sum appends each
feedback twice, so that its text doubles at every operation: it gets `calls` alone.
"""

import argparse
import json
import logging
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import process_time
from typing import Any

from traces import RIVALS, made_for_rivals, run_apart

SIZES = (100, 1_000, 3_000)
GRAPHS = ("chain", "varied", "calls")
OPTIMIZERS = {"steepest OptoPrime": "steepest", "steepest TextGrad": "steepest"} | {
    "trace-opt OptoPrime": "trace-opt",
    "textgrad": "textgrad",
}
LARGEST = 4800
"""Tokens that a prompt of steepest's OptoPrime has at most unless told otherwise; three bytes each."""

Figures = dict[str, Any]


@dataclass
class Sent:
    """What a model was sent."""

    sizes: list[int] = field(default_factory=list)

    def add(self, *texts: str) -> None:
        """Count a prompt."""
        self.sizes.append(sum(map(len, texts)))


def grown(graph: str, size: int, first: Any, traced: Callable[[Any], Any]) -> Any:
    """The output of a graph over a trainable node."""
    y, source = first, random.Random(size)
    steps: list[Callable[[Any], Any]] = [lambda y: y + 1, lambda y: y * 2, lambda y: y - 3, lambda y: -y]
    for _ in range(size):
        y = {"chain": steps[0], "varied": source.choice(steps), "calls": traced}[graph](y)
    return y


def same(x: Any) -> Any:
    """Give it back."""
    return x


def steepest(optimizer: str, graph: str, size: int) -> tuple[Sent, float]:
    from steepest.agents.llm import FunctionModel
    from steepest.agents.optimizers import OptoPrime, TextGrad
    from steepest.traces import bundle, node

    sent = Sent()

    def answer(request: Any) -> str:
        sent.add(request.system, *(each.content for each in request.messages), json.dumps(request.output_schema))
        if "changes" in request.output_schema["properties"]:
            return json.dumps({"reasoning": "", "no_change": False, "changes": [{"name": "x", "value": 0}]})
        asked = request.messages[-1].content.rpartition("different: ")[2].partition(". Be concrete")[0].split(", ")
        return json.dumps({"feedback": [{"name": each, "words": "too high"} for each in asked]})

    x = node(1.0, "x", trainable=True)
    make = OptoPrime if optimizer == "steepest OptoPrime" else TextGrad
    used = make([x], FunctionModel(answer, structured=True))
    output = grown(graph, size, x, bundle(same))
    begin = process_time()
    used.backward(output, "too high")
    made = used.step()
    if not made.is_committed:
        raise RuntimeError(f"the step was {made.outcome}: {made.reasons}")
    return sent, process_time() - begin


def trace_opt(_: str, graph: str, size: int) -> tuple[Sent, float]:
    from opto.optimizers import OptoPrime
    from opto.trace import bundle, node

    sent = Sent()

    class Reply:
        content = '{"reasoning": "", "answer": "", "suggestion": {"x": 0.0}}'

    def answer(messages: Sequence[dict[str, str]], **_: Any) -> Any:
        sent.add(*(each["content"] for each in messages))
        choice = type("Choice", (), {"message": Reply})
        return type("Answer", (), {"choices": [choice]})

    x = node(1.0, "x", trainable=True)
    used = OptoPrime([x], llm=answer, log=False)
    output = grown(graph, size, x, bundle()(same))
    begin = process_time()
    used.zero_feedback()
    used.backward(output, "too high")
    used.step()
    return sent, process_time() - begin


def textgrad(_: str, graph: str, size: int) -> tuple[Sent, float]:
    import textgrad as tg
    from textgrad.autograd.string_based_ops import StringBasedFunction

    logging.disable(logging.CRITICAL)
    sent = Sent()

    class Answering(tg.EngineLM):
        model_string = "answers at once"

        def generate(self, prompt: Any, system_prompt: Any = "", **_: Any) -> str:
            sent.add(str(prompt), str(system_prompt or ""))
            return "<IMPROVED_VARIABLE>0</IMPROVED_VARIABLE>"

        __call__ = generate

    engine = Answering()
    tg.set_backward_engine(engine, override=True)
    apply = StringBasedFunction(lambda item: item.value, "gives it back")
    x = tg.Variable("1", role_description="a value", requires_grad=True)
    used = tg.TextualGradientDescent(parameters=[x], engine=engine)
    output = grown(graph, size, x, lambda y: apply({"item": y}))
    begin = process_time()
    output.gradients.add(tg.Variable("too high", role_description="feedback"))
    output.backward()
    used.step()
    return sent, process_time() - begin


STEPS = {"steepest": steepest, "trace-opt": trace_opt, "textgrad": textgrad}


def run_cell(order: Sequence[Any]) -> Figures:
    """One step, in this process."""
    optimizer, graph, size = order
    try:
        sent, seconds = STEPS[OPTIMIZERS[optimizer]](optimizer, graph, size)
    except RecursionError:
        return {"failed": "recursion"}
    return {"longest": max(sent.sizes), "all": sum(sent.sizes), "calls": len(sent.sizes), "seconds": seconds}


def measured(python: str, order: list[Any], seconds: float) -> Figures:
    """The figures of a process of its own."""
    print(*order, file=sys.stderr, flush=True)
    try:
        finished = run_apart([python, os.path.abspath(__file__), "--cell", json.dumps(order)], seconds)
    except subprocess.TimeoutExpired:
        return {"failed": "time"}
    if finished.returncode:
        print((finished.stderr.strip() or "no output").splitlines()[-1][:300], file=sys.stderr)
        return {"failed": "error"}
    figures: Figures = json.loads(finished.stdout.splitlines()[-1])
    return figures


def shown(figures: Figures) -> str:
    """A row's figures."""
    if "failed" in figures:
        return f"{figures['failed']:>12}"
    return f"{figures['longest']:>12,}{figures['all']:>14,}{figures['calls']:>8,}{figures['seconds']:>9.2f}"


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivals", help="interpreter of an environment with the rivals, or `none`")
    parser.add_argument("--seconds", type=float, default=180, help="that a cell may take (default 180)")
    parser.add_argument("--cell", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.cell:
        sys.stdout.write(json.dumps(run_cell(json.loads(arguments.cell))) + "\n")
        return
    rivals = "" if arguments.rivals == "none" else arguments.rivals or made_for_rivals()
    pythons = {"steepest": sys.executable} | (dict.fromkeys(RIVALS, rivals) if rivals else {})
    heads = f"{'longest prompt':>17}{'all prompts':>14}{'calls':>8}{'CPU s':>9}"
    print(f"{'one step of':<21}{'graph':<8}{'nodes':>7}{heads}   (prompts in characters)")
    missed = []
    for graph in GRAPHS:
        for optimizer, library in OPTIMIZERS.items():
            if library not in pythons or (library == "textgrad" and graph != "calls"):
                continue
            for size in SIZES:
                figures = measured(pythons[library], [optimizer, graph, size], arguments.seconds)
                print(f"{optimizer:<21}{graph:<8}{size:>7,}     {shown(figures)}", flush=True)
                if optimizer == "steepest OptoPrime" and not figures.get("longest", 1e9) <= 3 * LARGEST:
                    missed.append(f"{graph} of {size:,}")
    print("\ntarget (OptoPrime's prompt within its budget): " + (f"missed by {', '.join(missed)}" if missed else "met"))


if __name__ == "__main__":
    main()
