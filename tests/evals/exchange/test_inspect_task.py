"""Our methods run by the real inspect_ai, where it is installed (extra `inspect`)."""

from pathlib import Path
from typing import Any

import pytest

from steepest.agents.llm import FunctionModel
from steepest.errors import InputError
from steepest.evals.methods import agent_method
from steepest.evals.problems import Problem
from steepest.evals.runs import open_run
from tests.evals.runs_for_tests import problem

inspect_ai = pytest.importorskip("inspect_ai", reason="needs the extra inspect")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # inspect's own, of the libraries it stands on

REPLY = "status: optimal\nobjective: 12.5"
FORMULATION = "variables:\n  tea: real >= 0\nmaximize: 5 * tea\nconstraints:\n  stock: tea <= 2.5\n"


@pytest.fixture
def kiosks() -> list[Problem]:
    return [problem(f"kiosks/{number}", answer=12.5 if number % 2 else 13.0) for number in range(4)]


def evaluated(task: Any, folder: Path, **options: Any) -> Any:
    (log,) = inspect_ai.eval(task, log_dir=str(folder), display="none", **options)
    assert log.status == "success", log.error
    return log


def test_a_method_is_a_task_that_inspect_runs_with_our_model(kiosks: list[Problem], tmp_path: Path) -> None:
    from steepest.evals.exchange.inspect_task import as_task

    task = as_task(kiosks, "direct", model=FunctionModel(lambda request: REPLY), profiles=["orlm"])
    log = evaluated(task, tmp_path, epochs=2)
    assert {each.name: each.metrics["accuracy"].value for each in log.results.scores} == {"strict": 0.5, "orlm": 0.5}
    assert [message.role for message in log.samples[0].messages][-1] == "assistant"
    assert log.samples[0].output.completion == "12.5"


def test_its_log_is_read_back_as_a_run(kiosks: list[Problem], tmp_path: Path) -> None:
    from steepest.evals.exchange.inspect_task import as_task

    log = evaluated(as_task(kiosks, agent_method(lambda text: 13.0, "thirteen")), tmp_path, model="none/none")
    run = open_run(log.location.removeprefix("file://"))
    assert run.specification().method == "thirteen"
    assert list(run.problems()) == kiosks
    assert run.summary.overall.verdicts == {"correct": 2, "wrong_value": 2}


def test_inspects_own_model_is_asked_and_its_tokens_are_counted(kiosks: list[Problem], tmp_path: Path) -> None:
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    from steepest.evals.exchange.inspect_task import as_task

    def answer(*given: Any) -> ModelOutput:
        output = ModelOutput.from_content("mockllm/model", REPLY)
        output.usage = ModelUsage(input_tokens=10, output_tokens=5, total_tokens=15)
        return output

    model = get_model("mockllm/model", custom_outputs=answer)
    log = evaluated(as_task(kiosks, "direct"), tmp_path, model=model)
    assert log.results.scores[0].metrics["accuracy"].value == 0.5
    assert log.stats.model_usage["mockllm/model"].total_tokens == 60
    (first, *_) = open_run(log.location.removeprefix("file://")).samples()
    assert (first.attempt.spent.input_tokens, first.attempt.spent.cost) == (10, None)


def test_a_formulation_is_solved_in_another_process(kiosks: list[Problem], tmp_path: Path) -> None:
    from steepest.evals.exchange.inspect_task import as_task

    model = FunctionModel(lambda request: FORMULATION)
    asked = [each.model_copy(update={"question": "A litre of tea earns $5; there are 2.5 l."}) for each in kiosks]
    log = evaluated(as_task(asked, "five", model=model), tmp_path)
    assert log.results.scores[0].metrics["accuracy"].value == 0.5


def test_a_failure_of_the_infrastructure_is_an_error_and_the_others_go_on(
    kiosks: list[Problem], tmp_path: Path
) -> None:
    from steepest.evals.exchange.inspect_task import as_task

    def unreachable(text: str) -> float:
        if "0" in text:
            raise ConnectionError("no route to the host")
        return 12.5

    asked = [each.model_copy(update={"question": f"{each.question} {each.id}"}) for each in kiosks]
    log = evaluated(as_task(asked, agent_method(unreachable)), tmp_path, model="none/none")
    assert ["no route" in (each.error.message if each.error else "") for each in log.samples] == [True] + [False] * 3
    assert log.results.completed_samples == 3


def test_an_unknown_method_or_profile_is_refused_at_once(kiosks: list[Problem]) -> None:
    from steepest.evals.exchange.inspect_task import as_task

    with pytest.raises(InputError, match="six"):
        as_task(kiosks, "six")
    with pytest.raises(InputError, match="lenient"):
        as_task(kiosks, profiles=["lenient"])
