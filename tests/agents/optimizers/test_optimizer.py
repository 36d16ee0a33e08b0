"""Optimizers in the manner of PyTorch: feedback, proposals, steps that commit or leave all as it was, memory."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.llm.chat import ChatRequest
from steepest.agents.llm.errors import LLMError
from steepest.agents.llm.function import FunctionModel
from steepest.agents.optimizers import OPRO, Optimizer, OptoPrime, Proposal, Situation, TextGrad
from steepest.agents.optimizers.search.values import Rejection
from steepest.errors import InputError
from steepest.traces import Between, ExecutionError, Node, TraceError, bundle, model, node
from steepest.traces.parameters import state_of

Answer = str | Callable[[ChatRequest], str]


class Model:
    """Answers in turn, the last answer again and again, and keeps every request."""

    def __init__(self, *answers: Answer) -> None:
        self.requests: list[ChatRequest] = []
        self.answers = answers
        self.model = FunctionModel(self.answer)

    def answer(self, request: ChatRequest) -> str:
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        return answer if isinstance(answer, str) else answer(request)

    @property
    def question(self) -> str:
        """The last one."""
        return self.requests[-1].messages[-1].content


class Scripted:
    """A proposer that needs no model."""

    def __init__(self, *proposals: Proposal) -> None:
        self.proposals = proposals
        self.situations: list[Situation] = []

    async def propose(self, situation: Situation) -> Sequence[Proposal]:
        self.situations.append(situation)
        return self.proposals


def change(**values: object) -> str:
    return "\n".join(f'<change name="{name}">\n{value}\n</change>' for name, value in values.items())


def rate() -> Node[float]:
    return node(0.5, "rate", trainable=True, constraint=Between(0, 1))


def flag() -> Node[bool]:
    return node(True, "flag", trainable=True)


def outcomes(parameter: Node[Any]) -> list[str]:
    return [each.outcome for each in state_of(parameter).history]


def test_a_step_commits_what_the_model_proposes() -> None:
    x, asked = rate(), Model(f"<reasoning>too low</reasoning>\n{change(rate='0.75')}")
    optimizer = OptoPrime([x], asked.model)
    optimizer.backward(x * 2, "larger")

    made = optimizer.step()

    assert made.is_committed
    assert (x.value, made.changes, made.reasoning, made.reasons) == (0.75, {"rate": 0.75}, "too low", ())
    assert outcomes(x) == ["committed"]
    assert "mul = rate * 2" in asked.question
    assert "- larger" in asked.question


def test_false_for_a_flag_is_false() -> None:
    x = flag()
    optimizer = OptoPrime([x], Model(change(flag="False")).model)
    optimizer.backward(x & True, "no")

    assert optimizer.step().is_committed
    assert x.value is False


def test_propose_changes_nothing_until_one_is_committed() -> None:
    x, asked = rate(), Model(change(rate="0.6"), change(rate="0.7"))
    optimizer = OptoPrime([x], asked.model)
    optimizer.backward(x * 2, "larger")

    proposals = optimizer.propose(2)

    assert [each.changes for each in proposals] == [{"rate": 0.6}, {"rate": 0.7}]
    assert x.value == 0.5
    assert optimizer.commit(proposals[1]).is_committed
    assert x.value == 0.7


def test_an_unusable_reply_is_an_outcome_with_its_reasons() -> None:
    x, asked = rate(), Model("The rate should be larger, I think.", change(rate="7"), change(speed="1"))
    optimizer = OptoPrime([x], asked.model)
    optimizer.backward(x * 2, "larger")

    made = optimizer.step()

    assert (made.outcome, x.value, len(asked.requests)) == ("rejected", 0.5, 3)
    assert [each.component for each in made.reasons] == ["", "rate", "speed"]
    assert [each.outcome for each in optimizer.history] == ["rejected"] * 3
    assert "from 0 to 1" in optimizer.history[1].reason


def test_rejections_on_the_way_to_a_committed_value_are_kept() -> None:
    x, asked = rate(), Model(change(rate="7"), change(rate="0.7"))
    optimizer = OptoPrime([x], asked.model)
    optimizer.backward(x * 2, "larger")

    made = optimizer.step()

    assert made.is_committed
    assert [each.outcome for each in optimizer.history] == ["rejected", "committed"]
    assert len(made.reasons) == 1


def test_no_change_is_an_outcome() -> None:
    x = rate()
    optimizer = OptoPrime([x], Model("<reasoning>it is right</reasoning>\n<no_change/>").model)
    optimizer.backward(x * 2, "fine")

    made = optimizer.step()

    assert (made.outcome, made.reasoning, made.reasons) == ("no change", "it is right", ())
    assert [each.outcome for each in optimizer.history] == ["no change"]


def test_the_values_that_are_there_already_are_no_step() -> None:
    x = rate()
    optimizer = Optimizer([x], None, Scripted(Proposal({"rate": 0.5})))
    optimizer.backward(x * 2, "larger")

    made = optimizer.step()

    assert made.outcome == "rejected"
    assert made.reasons[0].reason == "it proposes the values that are there already"


def test_a_trial_that_raises_puts_all_values_back() -> None:
    x, y = rate(), flag()
    seen = []

    def trial() -> None:
        seen.append((x.value, y.value))
        raise ValueError("worse")

    optimizer = OptoPrime([x, y], Model(change(rate="0.75", flag="no")).model)
    optimizer.backward(x * 2 + y, "larger")

    made = optimizer.step(trial)

    assert seen == [(0.75, False)]
    assert (x.value, y.value, made.outcome) == (0.5, True, "rolled back")
    assert "worse" in made.reasons[0].reason
    assert (outcomes(x), outcomes(y)) == (["rolled back"], ["rolled back"])
    assert optimizer.history[-1].outcome == "rolled back"


def test_a_trial_that_passes_lets_all_values_stand() -> None:
    x, y = rate(), flag()
    optimizer = OptoPrime([x, y], Model(change(rate="0.75", flag="no")).model)
    optimizer.backward(x * 2 + y, "larger")

    assert optimizer.step(lambda: None).is_committed
    assert (x.value, y.value, outcomes(x), outcomes(y)) == (0.75, False, ["committed"], ["committed"])


def test_of_several_proposals_the_first_that_stands_is_taken() -> None:
    x = rate()
    proposals = [Proposal({"rate": value}) for value in (0.6, 0.7, 0.8)]
    optimizer = Optimizer([x], None, Scripted(*proposals))
    optimizer.backward(x * 2, "larger")

    def trial() -> None:
        if x.value < 0.65:
            raise ValueError("too low")

    made = optimizer.step(trial, count=3)

    assert (made.outcome, x.value) == ("committed", 0.7)
    assert [each.outcome for each in optimizer.history] == ["rolled back", "committed", "not used"]
    assert "too low" in made.reasons[0].reason


def test_one_value_that_does_not_fit_keeps_all_as_they_are() -> None:
    x, y = rate(), flag()
    optimizer = Optimizer([x, y], None, Scripted(Proposal({"flag": False, "rate": 7.0, "speed": 1})))
    optimizer.backward(x * 2 + y, "larger")

    made = optimizer.step()

    assert (x.value, y.value, made.outcome) == (0.5, True, "rejected")
    assert [each.component for each in made.reasons] == ["rate", "speed"]


def test_a_proposer_with_nothing_to_propose_is_told() -> None:
    x = rate()
    optimizer = Optimizer([x], None, Scripted())
    optimizer.backward(x * 2, "larger")

    assert optimizer.step().reasons == (Rejection("the proposer has nothing to propose"),)


def test_code_is_a_parameter_like_any_other() -> None:
    @bundle(trainable=True)
    def double(x: float) -> float:
        """Twice as much."""
        return 2 * x

    assert double.code is not None
    better = "def double(x: float) -> float:\n    return 2 * x + 1"
    asked = Model(change(double_code="def triple(x): return 3 * x"), change(double_code=f"```python\n{better}\n```"))
    optimizer = OptoPrime([double.code.node], asked.model)
    optimizer.backward(double(3), "one more")

    made = optimizer.step()

    assert made.is_committed
    assert "return 2 * x + 1" in double.code.node.value
    assert "double" in made.reasons[0].reason


def test_feedback_on_an_error_reaches_the_parameters() -> None:
    @bundle()
    def invert(x: float) -> float:
        """One over x."""
        return 1 / x

    x = node(0.0, "x", trainable=True)
    asked = Model(change(x="0.5"))
    optimizer = OptoPrime([x], asked.model)
    with pytest.raises(ExecutionError) as caught:
        invert(x)
    optimizer.backward(caught.value, caught.value)

    assert optimizer.step().is_committed
    assert "ZeroDivisionError" in asked.question


def test_without_feedback_there_is_nothing_to_go_by() -> None:
    optimizer = OptoPrime([rate()], Model("").model)

    with pytest.raises(TraceError, match="call backward"):
        optimizer.step()


def test_zero_feedback_forgets_feedback_and_keeps_memory() -> None:
    x = rate()
    optimizer = OptoPrime([x], Model(change(rate="0.75")).model)
    optimizer.backward(x * 2, "larger", score=1.0)
    optimizer.step()
    optimizer.zero_feedback()

    assert state_of(x).feedback == []
    assert len(optimizer.history) == 1
    with pytest.raises(TraceError):
        optimizer.propose()


def test_runs_of_a_minibatch_are_told_one_by_one() -> None:
    x, asked = rate(), Model("<no_change/>")
    optimizer = OptoPrime([x], asked.model)
    for number in range(3):
        optimizer.backward(x * node(float(number), "question"), f"wrong on {number}", score=number)
    both = x + 1
    optimizer.backward([both, -both], "two outputs of one run")
    optimizer.step()

    assert asked.question.count("== Run ") == 4
    assert "== Run 2, score 1 ==" in asked.question


def test_scores_come_with_the_tries_of_later_prompts() -> None:
    x, asked = rate(), Model(change(rate="0.6"), change(rate="0.7"), "<no_change/>")
    optimizer = OptoPrime([x], asked.model)
    for score in (0.1, 0.3, 0.2):
        optimizer.zero_feedback()
        optimizer.backward(x * 2, "larger", score=score)
        optimizer.step()

    assert "- committed, score 0.3: rate = 0.6" in asked.question
    assert "- committed, score 0.2: rate = 0.7" in asked.question


def test_a_score_is_counted_once_however_often_is_asked() -> None:
    x, proposer = rate(), Scripted(Proposal({"rate": 0.6}))
    optimizer = Optimizer([x], None, proposer)
    optimizer.backward(x * 2, "larger", score=1.0)
    optimizer.propose()
    optimizer.backward(x * 3, "larger", score=3.0)
    optimizer.propose()
    optimizer.propose()

    pool = proposer.situations[-1].pool
    assert [pool.mean(number, "train") for number in pool.numbers] == [2.0]


def test_every_question_has_a_sample_of_its_own() -> None:
    x, asked = rate(), Model("<no_change/>")
    optimizer = OptoPrime([x], asked.model)
    optimizer.backward(x * 2, "larger")
    for _ in range(3):
        optimizer.propose(2)

    assert len({each.sample for each in asked.requests}) == 6


def test_opro_is_shown_the_values_so_far_and_their_scores() -> None:
    x, asked = rate(), Model(change(rate="0.6"), change(rate="0.7"))
    optimizer = OPRO([x], asked.model, goal="a large rate")
    for score in (0.25, 0.75):
        optimizer.zero_feedback()
        optimizer.backward(x * 2, "larger", score=score)
        optimizer.step()

    assert "a large rate" in asked.question
    assert "Solution:\n0.5\nScore: 25" in asked.question
    assert "Solution:\n0.6\nScore: 75" in asked.question


def test_textgrad_asks_step_by_step() -> None:
    x, asked = rate(), Model("an essay")
    optimizer = TextGrad([x], asked.model)
    optimizer.backward((x * 2) + 1, "larger")

    assert optimizer.step().outcome == "rejected"
    assert optimizer.history


def test_a_step_is_made_inside_of_a_running_loop_too() -> None:
    x = rate()
    optimizer = OptoPrime([x], Model(change(rate="0.75"), change(rate="0.8")).model)
    optimizer.backward(x * 2, "larger")

    async def run() -> list[str]:
        return [(await optimizer.astep()).outcome, optimizer.step().outcome]

    assert asyncio.run(run()) == ["committed", "committed"]
    assert x.value == 0.8


def test_a_model_that_cannot_be_asked_is_an_error() -> None:
    def broken(_: ChatRequest) -> str:
        raise LLMError("the key is wrong")

    x = rate()
    optimizer = OptoPrime([x], FunctionModel(broken))
    optimizer.backward(x * 2, "larger")

    with pytest.raises(LLMError):
        optimizer.step()
    assert x.value == 0.5


def test_what_was_saved_is_gone_on_from(tmp_path: Path) -> None:
    x, asked = rate(), Model(change(rate="7"), change(rate="0.75"), "<no_change/>")
    optimizer = OptoPrime([x], asked.model)
    optimizer.backward(x * 2, "larger", score=0.5)
    optimizer.step()
    optimizer.save(tmp_path / "optimizer.json")

    other, again = rate(), Model("<no_change/>")
    restored = OptoPrime([other], again.model)
    restored.load(tmp_path / "optimizer.json")
    restored.backward(other * 2, "larger", score=0.75)
    restored.step()

    assert other.value == 0.75
    assert restored.history[:2] == optimizer.history
    assert "committed, score 0.75: rate = 0.75" in again.question
    assert again.requests[0].sample not in {each.sample for each in asked.requests}
    assert json.loads((tmp_path / "optimizer.json").read_text())["format"] == "steepest-optimizer/1"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "can't be read as what an optimizer saved"),
        ("[" * 100_000, "can't be read as what an optimizer saved"),
        ("[]", "is nothing that an optimizer saved"),
        ('{"format": "steepest-optimizer/1", "values": {"rate": 0.5}}', "can't be read as what an optimizer saved"),
        ('{"format": "steepest-optimizer/1", "values": {"speed": 1}, "memory": {}}', "is about the parameters speed"),
        ('{"format": "steepest-optimizer/1", "values": {"rate": 7}, "memory": {}}', "from 0 to 1"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_changes_nothing(content: str, told: str, tmp_path: Path) -> None:
    x = rate()
    optimizer = OptoPrime([x], Model("").model)
    path = tmp_path / "optimizer.json"
    path.write_text(content)

    with pytest.raises(InputError, match=told):
        optimizer.load(path)
    assert (x.value, optimizer.history) == (0.5, ())


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        OptoPrime([rate()], Model("").model).load(tmp_path / "none.json")


def test_parameters_of_a_module_are_named_by_their_places() -> None:
    @model
    class Agent:
        def __init__(self) -> None:
            self.prompt = node("Think.", trainable=True)

        def __call__(self, question: str) -> object:
            return self.prompt + question

    agent = Agent()
    optimizer = OptoPrime(agent, Model(change(prompt="Think twice.")).model)
    optimizer.backward(agent("?"), "think more")  # type: ignore[arg-type]

    assert optimizer.step().is_committed
    assert str(agent.prompt.value) == "Think twice."


@pytest.mark.parametrize("count", [0, -1, True, 1.5])
def test_a_count_that_is_none_is_told(count: int) -> None:
    with pytest.raises(InputError, match="a whole number of 1 or more"):
        OptoPrime([rate()], Model("").model).propose(count)


def test_a_plain_node_is_no_parameter() -> None:
    with pytest.raises(TraceError):
        OptoPrime([node(3)], Model("").model)


def test_an_optimizer_shows_what_it_is_about() -> None:
    assert repr(OptoPrime([rate(), flag()], Model("").model)) == "<OptoPrimeProposer over rate, flag; 0 tries>"
