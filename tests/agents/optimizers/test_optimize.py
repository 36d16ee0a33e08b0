"""`steepest.optimize`: from a workflow, examples, a guide and a budget to the best values, and again from a folder."""

import json
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import steepest
from steepest.agents.llm import ChatRequest, FunctionModel, ProviderError
from steepest.agents.optimizers.catalogue import STRATEGIES, strategy_named
from steepest.agents.optimizers.guides.guide import GuideError
from steepest.agents.optimizers.search.limits import BudgetSpent, SearchLimits
from steepest.agents.optimizers.search.rollouts import Judgement
from steepest.agents.optimizers.search.values import Component
from steepest.agents.optimizers.settings import settings_of
from steepest.agents.optimizers.strategies.minibatch import Minibatch
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
