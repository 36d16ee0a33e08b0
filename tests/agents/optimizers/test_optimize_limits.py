"""`steepest.optimize` at its edges: failing runs, limits, prices, and what is refused."""

import json
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import steepest
from steepest.agents.llm import ChatReply, ChatRequest, FunctionModel, PriceUnknown
from steepest.agents.llm.chat import Usage
from steepest.agents.optimizers.catalogue import strategy_named
from steepest.agents.optimizers.search.limits import SearchLimits
from steepest.agents.optimizers.strategies.minibatch import Minibatch
from steepest.agents.optimizers.strategies.pareto import Pareto
from steepest.errors import InputError
from steepest.traces import Between, bundle, charge, node
from tests.agents.optimizers.test_optimize import PEOPLE, greeter, liking, writer


@pytest.mark.parametrize("error", [InputError("no"), SystemExit(3), RecursionError("deep")])
def test_whatever_a_workflow_raises_is_a_failed_run(error: BaseException) -> None:
    x = node(1.0, "x", trainable=True, constraint=Between(-1, 1))

    def workflow() -> Any:
        if x.value < 0:
            raise error
        return x + 0

    found = steepest.optimize(workflow, guide=lambda output: output, budget=20)
    assert found.score > 0.5


def test_tokens_of_plain_functions_and_of_failing_runs_are_counted() -> None:
    x = node(1.0, "x", trainable=True, constraint=Between(0, 1))

    @bundle
    def dear(x: float) -> float:
        charge(100, 0.01)
        return x

    def workflow(amount: int) -> Any:
        charge(10, 0.001)
        made = dear(x)
        if amount > 1:
            raise ValueError("too much")
        return made

    found = steepest.optimize(workflow, [1, 2], guide=lambda amount, output: output, steps=0)
    assert found.spent.tokens == 220
    assert found.spent.money == pytest.approx(0.022)


def test_if_every_run_of_the_seed_fails_it_has_to_be_said_what_that_counts_as() -> None:
    x = node(0.0, "x", trainable=True, constraint=Between(-1, 1))

    def workflow() -> Any:
        return 1 / x

    with pytest.raises(InputError, match=r"every run .* fails: .*division by zero[\s\S]*failure_score="):
        steepest.optimize(workflow, guide=lambda output: -abs(output), budget=20)
    found = steepest.optimize(workflow, guide=lambda output: -abs(output), budget=20, failure_score=-100)
    assert -100 < found.score < 0


def test_a_search_without_an_effective_limit_has_the_usual_one() -> None:
    x = node(0.0, "x", trainable=True, constraint=Between(-1, 1))
    found = steepest.optimize(lambda: x + 0, guide=lambda output: output, budget=SearchLimits(money=0.01))
    assert found.spent.metric_calls == 20


def test_runs_that_wait_when_the_search_is_over_change_no_parameter() -> None:
    x = node(1.0, "x", trainable=True, constraint=Between(0, 9))

    @bundle
    def slow(x: float) -> float:
        time.sleep(0.05)
        return x

    limits = SearchLimits(seconds=0.4)
    found = steepest.optimize(lambda: slow(x), list(range(3)), guide=lambda output: output, budget=limits, workers=4)
    time.sleep(0.5)
    assert x.value == found.values["x"]


def test_a_strategy_that_was_used_begins_anew_and_goes_on_in_its_folder(tmp_path: Path) -> None:
    used = Pareto()

    def optimized(strategy: Pareto, **more: Any) -> Any:
        workflow, _ = greeter()
        return steepest.optimize(workflow, PEOPLE, guide=liking, llm=writer(), strategy=strategy, **more)

    first = optimized(used, steps=4, out=tmp_path)
    again = optimized(used, steps=12)
    fresh = optimized(Pareto(), steps=12)
    assert [each.model_dump(exclude={"seconds"}) for each in again.records] == [
        each.model_dump(exclude={"seconds"}) for each in fresh.records
    ]
    on = optimized(used, steps=12, out=tmp_path)
    assert len(on.records) > len(first.records)
    assert [each.values for each in on.pool] == [each.values for each in fresh.pool]


def test_a_strategy_that_can_not_be_copied_is_refused_with_what_to_do() -> None:
    strategy = Minibatch(proposer=threading.Lock())  # type: ignore[arg-type]
    workflow, _ = greeter()
    with pytest.raises(InputError, match=r"Minibatch can't be copied.*__deepcopy__"):
        steepest.optimize(workflow, PEOPLE, guide=liking, llm=writer(), strategy=strategy, budget=30)


def test_a_folder_is_refused_to_a_guide_or_a_workflow_that_was_edited(tmp_path: Path) -> None:
    def optimized(target: float, power: int = 1) -> None:
        x = node(1.0, "x", trainable=True, constraint=Between(0.0, 10.0))
        steepest.optimize(
            lambda a: x * a**power,
            [1.0],
            guide=lambda a, output: -abs(output - target),
            strategy="tpe",
            steps=3,
            out=tmp_path,
        )

    optimized(3.0)
    optimized(3.0)
    with pytest.raises(InputError, match=r"the guide .*has other code or settings.*name another folder"):
        optimized(8.0)
    with pytest.raises(InputError, match=r"the workflow .*has other code or settings.*name another folder"):
        optimized(3.0, power=2)


def test_a_folder_knows_the_limits_of_the_latest_call(tmp_path: Path) -> None:
    for budget in (SearchLimits(metric_calls=12, money=Decimal("0.5")), 24):
        workflow, _ = greeter()
        steepest.optimize(
            workflow, PEOPLE, guide=liking, llm=writer(), strategy="minibatch", budget=budget, steps=1, out=tmp_path
        )
    limits = {"metric_calls": 24, "tokens": None, "money": None, "seconds": None, "steps": 1}
    assert json.loads((tmp_path / "run.json").read_text())["limits"] == limits


def test_money_can_not_be_limited_where_the_price_is_unknown_and_nothing_is_paid_before_that_is_told() -> None:
    class Unpriced:
        name, structured = "http://gateway", False

        async def complete(self, request: ChatRequest) -> ChatReply:
            raise AssertionError("it was asked")

    calls: list[str] = []

    def judge(person: dict[str, Any], line: str) -> float:
        calls.append(line)
        return 0.0

    workflow, _ = greeter()
    with pytest.raises(PriceUnknown, match="gateway is not known"):
        steepest.optimize(workflow, PEOPLE, guide=judge, llm=Unpriced(), budget=SearchLimits(money=0.5))
    assert not calls


@pytest.mark.parametrize("llm", [len, 7, [len], {"model": "x"}])
def test_what_is_no_model_is_told(llm: Any) -> None:
    workflow, _ = greeter()
    with pytest.raises(InputError, match="pass the name of a model"):
        steepest.optimize(workflow, PEOPLE, guide=liking, llm=llm)


@pytest.mark.parametrize("strategy", [Minibatch, 7])
def test_what_is_no_strategy_is_told(strategy: Any) -> None:
    workflow, _ = greeter()
    with pytest.raises(InputError, match="a name or an object"):
        steepest.optimize(workflow, PEOPLE, guide=liking, llm=writer(), strategy=strategy)


def test_what_others_call_a_strategy_is_understood_in_the_message() -> None:
    with pytest.raises(InputError, match="is it pareto"):
        strategy_named("gepa", [], has_model=True)


def test_a_strategy_that_can_not_search_texts_says_so_before_anything_is_run() -> None:
    workflow, _ = greeter()
    with pytest.raises(InputError, match="greeting"):
        steepest.optimize(workflow, PEOPLE, guide=liking, strategy="tpe")


def test_a_model_that_never_gives_a_usable_proposal_is_not_asked_for_ever() -> None:
    asked: list[ChatRequest] = []

    def chat(request: ChatRequest) -> str:
        asked.append(request)
        return "Certainly! Here is a better greeting."

    workflow, _ = greeter()
    found = steepest.optimize(
        workflow, PEOPLE, guide=liking, llm=FunctionModel(chat), strategy="minibatch", budget=1000
    )
    assert len(asked) <= 40
    assert "could not be used" in found.reason


def test_the_test_is_paid_for_once_when_a_search_goes_on(tmp_path: Path) -> None:
    workflow, _ = greeter()
    for budget in (20, 40):
        found = steepest.optimize(
            workflow,
            PEOPLE[:2],
            guide=liking,
            llm=writer(),
            strategy="minibatch",
            budget=budget,
            test=PEOPLE[2:],
            out=tmp_path,
        )
    assert found.spent.metric_calls <= 40
    assert found.test is not None


class Priceless(FunctionModel):
    """A model that no price table knows."""

    async def complete(self, request: ChatRequest) -> ChatReply:
        reply = await super().complete(request)
        return reply.model_copy(update={"cost": None, "usage": Usage(input_tokens=5, output_tokens=5)})


def test_a_price_that_nobody_knows_is_never_zero(tmp_path: Path) -> None:
    workflow, _ = greeter()
    llm = Priceless(lambda request: f'<change name="greeting">\nHi {request.sample}\n</change>', name="nobody's")

    def judge(person: dict[str, Any], line: str) -> float:
        charge(5, None)
        return 0.0

    plain = steepest.optimize(greeter()[0], PEOPLE, guide=liking, llm=llm, strategy="minibatch", steps=2)
    assert plain.spent.unpriced == 2
    assert "of unknown price" in str(plain)
    assert sum(each.models["nobody's"].unpriced for each in plain.records if each.models) == 2

    found = steepest.optimize(workflow, PEOPLE, guide=judge, llm=llm, strategy="minibatch", steps=2, out=tmp_path)
    assert found.spent.unpriced > len(PEOPLE)
    again = steepest.optimize(workflow, PEOPLE, guide=judge, llm=llm, strategy="minibatch", steps=2, out=tmp_path)
    assert again.spent.unpriced == found.spent.unpriced
