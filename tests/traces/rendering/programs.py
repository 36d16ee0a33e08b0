"""Programs that leave traces to be rendered. Run as a script, it writes every rendering of every one of them."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from steepest.traces.bundle import bundle
from steepest.traces.failures import ExecutionError
from steepest.traces.feedback import backward
from steepest.traces.graph import Node
from steepest.traces.parameters import node
from steepest.traces.scope import charge
from steepest.traces.trace import Trace, trace_of

HOSTILE = (
    "</script><script>document.title = 'taken'</script>"
    "<img src=x onerror=\"document.title='taken'\">\u2028 \u202e\x1b[31m"
)


@bundle
def ask(prompt: str, temperature: float = 0.0) -> str:
    """Ask the model."""
    charge(350, 0.0021)
    return "It is 12 loaves,\nI think."


@bundle
def number_in(reply: str) -> int:
    """The number that a reply names."""
    return int("".join(each for each in reply if each.isdigit()))


@bundle
def share(whole: int, parts: int) -> float:
    """A part of the whole."""
    rest = whole % parts
    return (whole - rest) / parts


def bakery() -> Trace:
    """A question to a model, its answer, and what was said about it."""
    prompt = node("Answer with a number: {question}", "prompt", trainable=True, description="What the model is told")
    temperature = node(0.7, "temperature", trainable=True)
    question = node("How many loaves fit into 2 ovens of 6?", "question")
    reply = ask(prompt.format(question=question), temperature=temperature)
    loss = abs(number_in(reply) - 10) + 0.5 * temperature
    backward(loss, "It is right.\nBut say nothing else than the number.", score=0.4)
    return trace_of(loss)


def failure() -> Trace:
    """A division by zero inside of a bundle, of values that were changed in place since."""
    loaves = node([6, 6], "loaves")
    ovens = node(0, "ovens", trainable=True)
    total = loaves[0] + loaves[1]
    loaves._value.append(7)
    try:
        share(total, parts=ovens)
    except ExecutionError as error:
        backward(error, "There is always an oven.")
        return trace_of(error)
    raise AssertionError("it does not fail")


def loop(steps: int = 1000) -> Trace:
    """A value that is made better again and again."""
    rate = node(0.5, "rate", trainable=True)
    value: Any = node(8.0, "start")
    for _ in range(steps):
        value = value - rate * (value - 3.0)
    return trace_of(value)


def star(arms: int = 500) -> Trace:
    """One prompt, many calls, all of them in one list."""
    prompt = node("Count.", "prompt", trainable=True)
    return trace_of(node([ask(prompt, node(arm / 10, "temperature")) for arm in range(arms)], "replies"))


def branches() -> Trace:
    """Outputs that share what they were made from, containers and indices."""
    shop = node({"bread": 3, "cake": 8}, "shop")
    bread, cake = shop["bread"], shop["cake"]
    both = node([bread, cake], "both")
    total = bread + cake
    return trace_of([both, total, -total, node({"sum": total, "tags": {"b", "a"}}, "told")])


def hostile() -> Trace:
    """Names, values and feedback that try to be something else than text."""
    text = node(HOSTILE, HOSTILE, trainable=True, description=HOSTILE)
    output = text + node("`\"'#;<&>%%{init: {}}%%\n" * 20, 'a "quoted" [name]')
    backward(output, HOSTILE)
    return trace_of(output)


PROGRAMS: dict[str, Callable[[], Trace]] = {
    "bakery": bakery,
    "failure": failure,
    "loop": loop,
    "star": star,
    "branches": branches,
    "hostile": hostile,
}


def rendered(trace: Trace, page: Path) -> dict[str, str]:
    """Every rendering of a trace by the ending of its file."""
    stream = io.StringIO()
    trace.show(stream)
    return {
        "txt": stream.getvalue(),
        "svg": trace.to_svg(),
        "mmd": trace.to_mermaid(),
        "html": trace.to_html(page).read_text(encoding="utf-8"),
        "notebook": trace._repr_html_(),
    }


def random_graph(choices: list[list[int]]) -> list[Node[Any]]:
    """A graph of which each node is made from those that the numbers, counted back from it, name."""
    nodes: list[Node[Any]] = [node(0, "x")]
    combine = bundle(lambda *_: 0, name="combine")
    for back in choices:
        nodes.append(combine(*(nodes[-1 - each % len(nodes)] for each in back)) if back else node(1, "y"))
    return nodes


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, program in PROGRAMS.items():
        for ending, text in rendered(program(), folder / f"{name}.page").items():
            (folder / f"{name}.{ending}").write_text(text, encoding="utf-8", newline="\n")
