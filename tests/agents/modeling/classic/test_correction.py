"""The model judges its elements and its script, and redoes the one that it finds wrong."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from steepest.agents.llm import FunctionModel, Transcript
from steepest.agents.modeling import solve_problem
from steepest.agents.modeling.classic.comparison import check_by_script
from steepest.agents.modeling.classic.correction import Corrected, Judgement, read_judgement, self_corrected
from steepest.agents.modeling.classic.writing import Writer
from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox import Limits, Sandbox, SandboxUnavailableError

PROBLEM = "Make at most 40 loaves. Each earns 3 dollars. Earn the most."
FIVE = (
    'parameters:\n  most = 40   # "at most 40"\n  price = 3   # "3 dollars"\nvariables:\n  x: real >= 0\n'
    "maximize: price * x\nconstraints:\n  limit: x <= most\n"
)
RIGHT = """\
```python
import pyomo.environ as pyo

model = pyo.ConcreteModel()
model.x = pyo.Var(domain=pyo.NonNegativeReals, bounds=(0, 40))
model.earnings = pyo.Objective(expr=3 * model.x, sense=pyo.maximize)
```
"""
OTHER = RIGHT.replace("40", "41")
BROKEN = RIGHT.replace("pyo.Objective", "pyo.Objectve")
FINE = "ELEMENTS: right\nSCRIPT: right\nANALYSIS: none"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(wall_seconds=5, memory_mib=256)) as opened:
        try:
            assert opened.isolation
        except SandboxUnavailableError as error:
            pytest.skip(str(error))
        yield opened


class Talk:
    """A model that says prepared things in order, and what it was asked, by step."""

    def __init__(self, said: Sequence[str], sandbox: Sandbox) -> None:
        self.said = list(said)
        self.asked: list[str] = []
        self.transcript = Transcript()
        model = FunctionModel(lambda request: self._next(request.messages[-1].content), name="fn", structured=False)
        self.writer = Writer(model, sandbox, SolveOptions(time_limit=5), self.transcript)

    def _next(self, asked: str) -> str:
        self.asked.append(asked)
        return self.said[len(self.asked) - 1]

    def corrected(self, most: int = 3) -> tuple[Corrected, list[str]]:
        analyses: list[str] = []

        async def formulate(analysis: str) -> str:
            analyses.append(analysis)
            return FIVE

        return asyncio.run(self_corrected(PROBLEM, formulate, self.writer, most)), analyses


def test_what_is_judged_right_stands_after_one_solve(sandbox: Sandbox) -> None:
    came, analyses = Talk([RIGHT, FINE], sandbox).corrected()

    assert came.ran.answer is not None
    assert (came.ran.answer.objective, came.solves, analyses) == (120, 1, [""])


def test_a_script_that_is_judged_wrong_is_written_again_from_the_same_elements(sandbox: Sandbox) -> None:
    talk = Talk([OTHER, "ELEMENTS: right\nSCRIPT: wrong\nANALYSIS: the bound is 40", RIGHT, FINE], sandbox)
    came, analyses = talk.corrected()

    assert came.ran.answer is not None
    assert (came.ran.answer.objective, came.solves, analyses) == (120, 2, [""])
    assert "the bound is 40" in talk.asked[2]


def test_elements_that_are_judged_wrong_are_written_again_with_the_script(sandbox: Sandbox) -> None:
    talk = Talk([OTHER, "ELEMENTS: wrong\nSCRIPT: right\nANALYSIS: at most 40", RIGHT, FINE], sandbox)
    came, analyses = talk.corrected()

    assert (came.solves, analyses) == (2, ["", "at most 40"])
    assert came.judgements[0] == Judgement(elements=False, script=True, analysis="at most 40")


def test_a_script_without_an_answer_is_not_right_whatever_the_model_thinks(sandbox: Sandbox) -> None:
    talk = Talk([BROKEN, FINE, RIGHT, FINE], sandbox)
    came, _ = talk.corrected()

    assert came.solves == 2
    assert "Objectve" in talk.asked[2]


def test_the_loop_ends_after_so_many_corrections(sandbox: Sandbox) -> None:
    wrong = "ELEMENTS: right\nSCRIPT: wrong\nANALYSIS: no"
    came, _ = Talk([OTHER, wrong, OTHER, wrong, OTHER], sandbox).corrected(most=2)

    assert (came.solves, len(came.judgements)) == (3, 2)


@pytest.mark.parametrize(
    ("reply", "judged"),
    [
        (FINE, (True, True, "")),
        ("**Elements**: Wrong\n- SCRIPT : right\nAnalysis: a\nb", (False, True, "a\nb")),
        ("I think that all is well.", (True, True, "")),
    ],
)
def test_a_judgement_is_read_in_many_forms(reply: str, judged: tuple[bool, bool, str]) -> None:
    read = read_judgement(reply)

    assert (read.elements, read.script, read.analysis) == judged


@pytest.mark.parametrize(("script", "agrees"), [(RIGHT, True), (OTHER, False), (BROKEN, None), ("I can't.", None)])
def test_a_script_by_the_model_is_compared_with_the_compiled_answer(
    script: str, agrees: bool | None, sandbox: Sandbox
) -> None:
    answer = solve_problem(PROBLEM, FunctionModel(lambda request: FIVE, name="fn", structured=False))
    checked = asyncio.run(check_by_script(answer, Talk([script], sandbox).writer))

    assert checked is not None
    assert checked.agrees is agrees
    assert checked.told


def test_without_a_solve_there_is_nothing_to_compare(sandbox: Sandbox) -> None:
    answer = solve_problem(PROBLEM, FunctionModel(lambda request: "no", name="fn", structured=False), max_repairs=0)

    assert asyncio.run(check_by_script(answer, Talk([], sandbox).writer)) is None
