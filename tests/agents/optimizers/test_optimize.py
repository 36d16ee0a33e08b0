"""`steepest.optimize`: from a workflow, examples, a guide and a budget to the best values, and again from a folder."""

import json
import random
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import steepest
from steepest.agents.llm import ChatReply, ChatRequest, FunctionModel, PriceUnknown, ProviderError
from steepest.agents.llm.chat import Usage
from steepest.agents.optimizers.catalogue import STRATEGIES, strategy_named
from steepest.agents.optimizers.guides.guide import GuideError
from steepest.agents.optimizers.search.limits import BudgetSpent, SearchLimits
from steepest.agents.optimizers.search.rollouts import Judgement
from steepest.agents.optimizers.search.values import Component
from steepest.agents.optimizers.settings import settings_of
from steepest.agents.optimizers.strategies.minibatch import Minibatch
from steepest.agents.optimizers.strategies.pareto import Pareto
from steepest.errors import InputError
from steepest.traces import Between, Module, Node, bundle, charge, model, node

GREETINGS = ["Hi", "Hello there", "Good day, dear reader", "Yo"]
PEOPLE = [{"id": f"p{number}", "name": f"Person {number}", "formal": number % 2 == 0} for number in range(6)]


def writer() -> FunctionModel:
    """Proposes the greetings in turn."""

    def reply(request: ChatRequest) -> str:
        greeting = random.Random(request.sample).choice(GREETINGS)
        return f'<reasoning>try</reasoning>\n<change name="greeting">\n{greeting}\n</change>'

    return FunctionModel(reply, name="writer")


def greeter(start: str = "Hey") -> tuple[Callable[..., Any], Node[str]]:
    greeting = node(start, "greeting", trainable=True, description="how a letter begins")

    @bundle
    def write(greeting: str, name: str) -> str:
        """A letter's first line."""
        charge(10, 0.001)
        return f"{greeting}, {name}"

    return lambda name: write(greeting, name), greeting


def liking(person: dict[str, Any], line: str) -> tuple[float, str]:
    """Long greetings are liked."""
    return min(1.0, len(line) / 40), "longer, please"


def test_a_text_gets_better_and_the_workflow_has_the_best_one() -> None:
    workflow, greeting = greeter()
    found = steepest.optimize(workflow, PEOPLE, guide=liking, llm=writer(), budget=80, strategy="minibatch")
    assert found.values == {"greeting": "Good day, dear reader"}
    assert greeting.value == "Good day, dear reader"
    assert found.score > found.seed_score
    assert found.spent.metric_calls <= 80
    assert greeting.trainable is not None
    assert [each.outcome for each in greeting.trainable.history] == ["committed"]


def test_numbers_need_no_model() -> None:
    x = node(4.0, "x", trainable=True, constraint=Between(-5, 5))

    @bundle
    def square(x: float) -> float:
        return x * x

    found = steepest.optimize(lambda: square(x), guide=lambda output: -output, budget=60)
    assert abs(float(found.values["x"])) < 1
    assert found.spent.tokens == 0


def test_what_the_workflow_and_the_judge_spend_is_counted() -> None:
    workflow, _ = greeter()

    def judge(person: dict[str, Any], line: str) -> float:
        charge(5, 0.002)
        return len(line) / 100

    found = steepest.optimize(workflow, PEOPLE, guide=judge, llm=writer(), strategy="minibatch", steps=0)
    assert found.spent.metric_calls == len(PEOPLE)
    assert found.spent.tokens == len(PEOPLE) * 15
    assert found.spent.money == pytest.approx(len(PEOPLE) * 0.003)


def test_tokens_end_a_search() -> None:
    workflow, _ = greeter()
    limits = SearchLimits(tokens=200)
    found = steepest.optimize(workflow, PEOPLE, guide=liking, llm=writer(), strategy="minibatch", budget=limits)
    assert "200" in found.reason


def test_a_budget_that_is_too_small_for_the_seed_is_an_error() -> None:
    workflow, _ = greeter()
    with pytest.raises(BudgetSpent, match="5 metric calls are too few: the values to begin with take 6"):
        steepest.optimize(workflow, PEOPLE, guide=liking, llm=writer(), budget=5, strategy="minibatch")


def test_the_sealed_split_is_run_once_and_paid_for_from_what_was_set_aside() -> None:
    workflow, _ = greeter()
    seen: list[str] = []

    def judge(person: dict[str, Any], line: str) -> float:
        seen.append(person["id"])
        return liking(person, line)[0]

    found = steepest.optimize(
        workflow, PEOPLE[:2], guide=judge, llm=writer(), strategy="minibatch", budget=30, test=PEOPLE[2:], workers=1
    )
    assert found.test is not None
    assert found.test.n == 4
    assert found.test.gain > 0
    assert set(seen[:-8]) == {"p0", "p1"}
    assert found.spent.metric_calls <= 30


def test_a_search_goes_on_in_its_folder_and_comes_to_the_same(tmp_path: Path) -> None:
    def optimized(folder: Path, budget: int) -> Any:
        workflow, _ = greeter()
        return steepest.optimize(
            workflow, PEOPLE, guide=liking, llm=writer(), strategy="minibatch", budget=budget, out=folder
        )

    whole = optimized(tmp_path / "whole", 60)
    optimized(tmp_path / "parts", 15)
    optimized(tmp_path / "parts", 32)
    parts = optimized(tmp_path / "parts", 60)
    assert [each.values for each in parts.pool] == [each.values for each in whole.pool]
    assert parts.spent.metric_calls == whole.spent.metric_calls


def test_going_on_after_the_best_values_were_set_is_the_same_search(tmp_path: Path) -> None:
    workflow, greeting = greeter()
    for budget in (30, 60):
        found = steepest.optimize(
            workflow, PEOPLE, guide=liking, llm=writer(), strategy="minibatch", budget=budget, out=tmp_path / "run"
        )
    assert found.pool[0].values == {"greeting": "Hey"}
    assert greeting.value == found.values["greeting"]


def test_another_search_is_kept_out_of_a_folder(tmp_path: Path) -> None:
    workflow, _ = greeter()
    steepest.optimize(workflow, PEOPLE, guide=liking, llm=writer(), strategy="minibatch", steps=0, out=tmp_path)
    with pytest.raises(InputError, match=r"holds another search .*digests"):
        steepest.optimize(workflow, PEOPLE[:3], guide=liking, llm=writer(), strategy="minibatch", out=tmp_path)
    other, _ = greeter("Dear")
    with pytest.raises(InputError, match="seed_values"):
        steepest.optimize(other, PEOPLE, guide=liking, llm=writer(), strategy="minibatch", out=tmp_path)


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")
    workflow, _ = greeter()
    with pytest.raises(InputError, match=r"thesis\.tex"):
        steepest.optimize(workflow, PEOPLE, guide=liking, llm=writer(), out=tmp_path)


def test_a_run_that_raises_is_told_and_counts_less() -> None:
    divisor = node(1.0, "divisor", trainable=True, constraint=Between(-3, 3))
    words: list[str] = []

    @bundle
    def share(divisor: float, amount: float) -> float:
        if divisor < 0:
            raise ValueError("no negative shares")
        return amount / (1 + divisor)

    found = steepest.optimize(
        lambda amount: share(divisor, amount), [1.0, 2.0], guide=lambda amount, output: -output, budget=80
    )
    assert float(found.values["divisor"]) > 1
    failing = [each for record in found.records for each in record.tried if "divisor" in each.changes]
    assert any(float(each.changes["divisor"]) < 0 for each in failing)
    assert not words


def test_the_parameters_are_restored_when_a_search_is_broken_off() -> None:
    workflow, greeting = greeter()
    calls = 0

    def judge(person: dict[str, Any], line: str) -> float:
        nonlocal calls
        calls += 1
        if calls > 20:
            raise KeyboardInterrupt
        return len(line) / 100

    with pytest.raises((KeyboardInterrupt, GuideError)):
        steepest.optimize(
            workflow, PEOPLE, guide=judge, llm=writer(), strategy="minibatch", budget=100, engine="inline"
        )
    assert greeting.value == "Hey"


def test_a_guide_that_judges_nothing_ends_the_search() -> None:
    workflow, _ = greeter()
    with pytest.raises(GuideError, match="a guide returns a number"):
        steepest.optimize(workflow, PEOPLE, guide=lambda person, line: "good", llm=writer(), budget=50)


def test_a_model_that_can_not_be_asked_ends_the_search_and_the_folder_keeps_what_was_done(tmp_path: Path) -> None:
    def refuse(request: ChatRequest) -> str:
        raise ProviderError("the key is wrong", kind="authentication")

    workflow, greeting = greeter()
    with pytest.raises(ProviderError, match="the key is wrong"):
        steepest.optimize(
            workflow,
            PEOPLE,
            guide=liking,
            llm=FunctionModel(refuse, name="writer"),
            strategy="minibatch",
            out=tmp_path,
        )
    assert greeting.value == "Hey"
    found = steepest.optimize(
        workflow, PEOPLE, guide=liking, llm=writer(), strategy="minibatch", budget=60, out=tmp_path
    )
    assert found.score > found.seed_score


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"guide": None}, "pass guide="),
        ({"strategy": "paretto"}, "is it pareto"),
        ({"strategy": "magic"}, "there are auto"),
        ({"engine": "abacus"}, "there is no engine"),
        ({"data": []}, "there are no examples"),
        ({"data": "nowhere.jsonl"}, "nowhere.jsonl"),
        ({"budget": -1}, "metric_calls"),
        ({"budget": 2.5}, "metric_calls"),
        ({"steps": -1}, "0 steps or more"),
        ({"parameters": []}, "nothing to optimize"),
        ({"workflow": "text"}, "something to call"),
        ({"workflow": lambda name: name}, "nothing to optimize"),
    ],
)
def test_wrong_arguments_are_told(arguments: dict[str, Any], words: str) -> None:
    workflow, _ = greeter()
    given: dict[str, Any] = {"workflow": workflow, "data": PEOPLE, "guide": liking, "llm": writer(), **arguments}
    with pytest.raises(InputError, match=words):
        steepest.optimize(given.pop("workflow"), given.pop("data"), **given)


@model
class Pair:
    """Two prompts and a number; holds nothing that can't be copied."""

    def __init__(self) -> None:
        self.first = node("a", trainable=True, description="the first word")
        self.second = node("b", trainable=True)
        self.times = node(1, trainable=True, constraint=Between(1, 4))

    def forward(self, text: str) -> Any:
        return (self.first + self.second) * self.times + text


def test_a_module_is_optimized_by_the_names_of_its_attributes() -> None:
    pair = Pair()

    def reply(request: ChatRequest) -> str:
        return '<change name="times">\n3\n</change>' if "times" in request.messages[-1].content else "nothing"

    found = steepest.optimize(
        pair, ["x", "y"], guide=lambda text, output: len(output) / 10, llm=FunctionModel(reply), budget=40
    )
    assert found.values == {"first": "a", "second": "b", "times": 3}
    assert isinstance(pair, Module)
    assert pair.times.value == 3


def test_candidates_of_a_module_run_side_by_side_and_never_see_each_others_values() -> None:
    pair, seen = Pair(), set[tuple[int, str]]()
    lock = threading.Lock()

    def judge(text: str, output: str) -> float:
        with lock:
            seen.add((len(output), output))
        return len(output)

    def reply(request: ChatRequest) -> str:
        return f'<change name="times">\n{random.Random(request.sample).randint(1, 4)}\n</change>'

    steepest.optimize(
        pair, list("xyz"), guide=judge, llm=FunctionModel(reply), budget=60, strategy="best-of-n", workers=6
    )
    assert {output.strip("xyz") for _, output in seen} <= {"ab" * times for times in range(1, 5)}


def test_several_objectives_are_kept() -> None:
    workflow, _ = greeter()

    def judge(person: dict[str, Any], line: str) -> Judgement:
        return Judgement(len(line) / 100, "longer", {"length": len(line), "brevity": -len(line)})

    found = steepest.optimize(workflow, PEOPLE, guide=judge, llm=writer(), strategy="minibatch", budget=60)
    objectives = found.pool.scores(found.best.number, "train").objectives
    assert objectives["p0"]["length"] == -objectives["p0"]["brevity"]
    seed, best = found.objectives["length"]
    assert seed < best
    assert "objectives: brevity" in str(found)
    assert {each.number for each in found.trade_offs} >= {0, found.best.number}


def test_jsonl_and_a_list_are_the_same_data(tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in PEOPLE) + "\n", "utf-8")
    runs = []
    for data in (PEOPLE, file):
        workflow, _ = greeter()
        runs.append(steepest.optimize(workflow, data, guide=liking, llm=writer(), strategy="minibatch", budget=40))
    assert [each.values for each in runs[0].pool] == [each.values for each in runs[1].pool]


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_of_the_catalogue_can_be_had(name: str) -> None:
    made = strategy_named(name, [], has_model=True)
    assert made.name in STRATEGIES
    assert " at 0x" not in settings_of(made)
    assert settings_of(made) == settings_of(strategy_named(name, [], has_model=True))


@pytest.mark.parametrize(
    ("kinds", "has_model", "name"),
    [
        (("float", "choice"), False, "tpe"),
        (("integer",), True, "llambo"),
        (("code",), True, "islands"),
        (("text", "float"), True, "pareto"),
        (("code", "text"), True, "pareto"),
    ],
)
def test_auto_takes_what_suits(kinds: tuple[Any, ...], has_model: bool, name: str) -> None:
    components = [Component(f"c{place}", kind, choices=("a",), low=0, high=1) for place, kind in enumerate(kinds)]
    assert strategy_named("auto", components, has_model=has_model).name == name


def test_a_strategy_of_ones_own_is_taken_as_it_is() -> None:
    mine = Minibatch()
    assert strategy_named(mine, [], has_model=True) is mine


def test_a_model_in_the_workflow_that_can_not_be_asked_ends_the_search_and_leaves_no_score(tmp_path: Path) -> None:
    greeting = node("Hey", "greeting", trainable=True)
    calls = 0

    @bundle
    def ask(greeting: str, name: str) -> str:
        nonlocal calls
        calls += 1
        if calls > 8:
            raise ProviderError("the server is gone", kind="server")
        return f"{greeting}, {name}"

    with pytest.raises(ProviderError, match="the server is gone"):
        steepest.optimize(
            lambda name: ask(greeting, name),
            PEOPLE,
            guide=liking,
            llm=writer(),
            strategy="minibatch",
            out=tmp_path,
            engine="inline",
        )
    assert greeting.value == "Hey"
    calls = -1000
    found = steepest.optimize(
        lambda name: ask(greeting, name),
        PEOPLE,
        guide=liking,
        llm=writer(),
        strategy="minibatch",
        out=tmp_path,
        engine="inline",
        budget=60,
    )
    assert not any(each.score == 0 for record in found.records for each in record.tried)


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
