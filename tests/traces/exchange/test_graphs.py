import asyncio
import functools
import operator
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, RetryPolicy, Send, interrupt
from pydantic import BaseModel, TypeAdapter

from steepest.errors import InputError
from steepest.traces.exchange import PromptPlace, find_prompts, json_document, read_json, record_graph
from steepest.traces.failures import ExecutionError
from steepest.traces.feedback import backward
from steepest.traces.graph import Node
from steepest.traces.parameters import node, update
from steepest.traces.scope import charge
from steepest.traces.trace import trace_of

WRITE = "You write about animals in short sentences."


class State(TypedDict, total=False):
    question: str
    draft: str
    answer: str
    log: Annotated[list[str], operator.add]


def model(prompt: str, text: str) -> str:
    """A model that is a function."""
    charge(11, 0.01)
    return f"{prompt.split()[1]}({text})"


def write(state: State) -> State:
    return {"draft": model(WRITE, state["question"]), "log": ["write"]}


def judge_with(prompt: str) -> Callable[[State], State]:
    def judge(state: State) -> State:
        return {"answer": model(prompt, state.get("draft", state["question"])), "log": ["judge"]}

    return judge


def keep(state: State) -> State:
    return {"answer": state["draft"]}


def is_long(state: State) -> str:
    return "judge" if len(state["question"]) > 3 else "keep"


def an_agent(judging: str = "You judge what others have written.") -> Any:
    graph = StateGraph(State)
    graph.add_node("write", write)
    graph.add_node("judge", judge_with(judging))
    graph.add_node("keep", keep)
    graph.add_edge(START, "write")
    graph.add_conditional_edges("write", is_long, ["judge", "keep"])
    graph.add_edge("judge", END)
    graph.add_edge("keep", END)
    return graph.compile()


def straight(*nodes: Callable[..., Any], schema: Any = State, **compiled: Any) -> Any:
    """A graph of nodes one after the other."""
    graph = StateGraph(schema)
    previous = START
    for each in nodes:
        graph.add_node(each.__name__, each)
        graph.add_edge(previous, each.__name__)
        previous = each.__name__
    graph.add_edge(previous, END)
    return graph.compile(**compiled)


def inputs_of(result: Node[Any], call: str) -> list[str]:
    """The names of what the last run of a graph's node was made from."""
    calls = [each for each in trace_of(result).nodes if each.operation and each.operation.name == call and each.record]
    return list(calls[-1].record.names) if calls and calls[-1].record else []


class TestRuns:
    def test_each_node_is_a_call_of_the_entries_it_reads(self) -> None:
        state = record_graph(an_agent()).invoke({"question": "What is a cat?"})
        assert state["answer"]._value == "judge(write(What is a cat?))"
        assert inputs_of(state["answer"], "write") == ["question"]
        assert inputs_of(state["answer"], "judge") == ["route", "question", "draft"]

    def test_a_recorded_graph_gives_what_the_graph_gives(self) -> None:
        for question in ("What is a cat?", "?"):
            plain = an_agent().invoke({"question": question})
            recorded = record_graph(an_agent()).invoke({"question": question})
            assert {key: each._value for key, each in recorded.items()} == plain

    def test_awaited_it_records_the_same(self) -> None:
        recorded = record_graph(an_agent(), prompts="found")
        now = recorded.invoke({"question": "What is a cat?"})["answer"]
        later = asyncio.run(recorded.ainvoke({"question": "What is a cat?"}))["answer"]
        assert trace_of(now).to_text() == trace_of(later).to_text()

    def test_coroutines_are_recorded(self) -> None:
        async def answer(state: State) -> State:
            await asyncio.sleep(0)
            return {"answer": state["question"] + "!"}

        state = asyncio.run(record_graph(straight(answer)).ainvoke({"question": "hm"}))
        assert state["answer"]._value == "hm!"
        assert inputs_of(state["answer"], "answer") == ["question"]

    def test_many_runs_at_once_do_not_mix(self) -> None:
        async def answer(state: State) -> State:
            question = state["question"]
            await asyncio.sleep(0.001)
            return {"answer": question}

        recorded = record_graph(straight(answer))

        async def every() -> list[Any]:
            return await asyncio.gather(*(recorded.ainvoke({"question": node(f"q{n}", f"q{n}")}) for n in range(50)))

        for place, state in enumerate(asyncio.run(every())):
            leaves = [each.label for each in trace_of(state["answer"]).nodes if each.is_leaf]
            assert leaves == [f"q{place}"]

    def test_entries_of_the_input_may_be_nodes(self) -> None:
        question = node("why", "question", trainable=True)
        state = record_graph(straight(write, keep)).invoke({"question": question + "?"})
        assert backward(state["answer"], "bad") == [question]

    def test_a_node_depends_on_the_decision_that_led_to_it(self) -> None:
        state = record_graph(an_agent()).invoke({"question": "?"})
        assert inputs_of(state["answer"], "keep") == ["route", "draft"]
        assert inputs_of(state["answer"], "is_long") == ["question"]

    def test_what_runs_after_a_decision_depends_on_it_although_it_reads_nothing_of_it(self) -> None:
        threshold = node(3, "threshold", trainable=True)
        graph = StateGraph(State)
        graph.add_node("left", lambda state: {"draft": "left"})
        graph.add_node("right", lambda state: {"draft": "right"})
        graph.add_node("last", lambda state: {"answer": "done"})
        graph.add_conditional_edges(START, lambda state: "left" if threshold.value > 2 else "right", ["left", "right"])
        graph.add_edge("left", "last")
        graph.add_edge("right", END)
        graph.add_edge("last", END)
        assert backward(record_graph(graph).invoke({"question": "?"})["answer"], "bad") == [threshold]

    def test_an_entry_that_nobody_changed_depends_on_the_decision_not_to(self) -> None:
        switch = node(False, "switch", trainable=True)
        graph = StateGraph(State)
        graph.add_node("begin", lambda state: {"answer": "first"})
        graph.add_node("change", lambda state: {"answer": "second"})
        graph.add_edge(START, "begin")
        graph.add_conditional_edges("begin", lambda state: "change" if switch.value else END, ["change", END])
        graph.add_edge("change", END)
        state = record_graph(graph).invoke({"question": "?"})
        assert state["answer"]._value == "first"
        assert backward(state["answer"], "should be second") == [switch]

    def test_entries_that_are_merged_come_from_all_who_wrote_them(self) -> None:
        state = record_graph(an_agent(), prompts="found").invoke({"question": "What is a cat?"})
        assert state["log"]._value == ["write", "judge"]
        assert len(backward(state["log"], "too long")) == 2

    def test_nodes_side_by_side_do_not_see_each_other(self) -> None:
        def slow(state: State) -> State:
            time.sleep(0.02)
            return {"log": ["slow"]}

        def fast(state: State) -> State:
            return {"log": [f"fast {len(state.get('log', []))}"]}

        graph = StateGraph(State)
        graph.add_node("slow", slow)
        graph.add_node("fast", fast)
        graph.add_node("last", lambda state: {"answer": " ".join(state["log"])})
        for name in ("slow", "fast"):
            graph.add_edge(START, name)
        graph.add_edge(["slow", "fast"], "last")
        graph.add_edge("last", END)
        state = record_graph(graph).invoke({"question": "?"})
        assert state["answer"]._value == "fast 0 slow"
        assert inputs_of(state["answer"], "fast") == ["log"]
        assert [each.operation.name for each in trace_of(state["answer"]).nodes if each.operation].count("slow") == 1

    def test_a_loop_has_a_call_each_time(self) -> None:
        class Count(TypedDict):
            n: int

        graph = StateGraph(Count)
        graph.add_node("more", lambda state: {"n": state["n"] + 1})
        graph.add_edge(START, "more")
        graph.add_conditional_edges("more", lambda state: END if state["n"] > 4 else "more", ["more", END])
        state = record_graph(graph).invoke({"n": 0})
        calls = [each for each in trace_of(state["n"]).nodes if each.operation and each.operation.name == "more"]
        assert (state["n"]._value, len(calls)) == (5, 5)

    def test_what_was_sent_to_a_run_comes_from_who_sent_it(self) -> None:
        class Topics(TypedDict, total=False):
            topics: list[str]
            jokes: Annotated[list[str], operator.add]

        graph = StateGraph(Topics)
        graph.add_node("joke", lambda state: {"jokes": [state["topic"] + "!"]})
        graph.add_conditional_edges(
            START, lambda state: [Send("joke", {"topic": each}) for each in state["topics"]], ["joke"]
        )
        state = record_graph(graph).invoke({"topics": node(["cats", "dogs"], "topics", trainable=True)})
        assert state["jokes"]._value == ["cats!", "dogs!"]
        assert [each.label for each in backward(state["jokes"], "not funny")] == ["topics"]

    def test_a_command_writes_and_leads(self) -> None:
        def begin(state: State) -> Command[Any]:
            return Command(update={"draft": state["question"].upper()}, goto="keep")

        graph = StateGraph(State)
        graph.add_node("begin", begin, destinations=("keep",))
        graph.add_node("keep", keep)
        graph.add_edge(START, "begin")
        state = record_graph(graph).invoke({"question": "a"})
        assert state["answer"]._value == "A"
        assert inputs_of(state["answer"], "keep") == ["route", "draft"]

    def test_states_that_are_models_are_read_as_a_whole(self) -> None:
        class Model(BaseModel):
            question: str = ""
            answer: str = ""

        def answer(state: Model) -> dict[str, str]:
            return {"answer": state.question + "!"}

        state = record_graph(straight(answer, schema=Model)).invoke({"question": "a"})
        assert "question" in inputs_of(state["answer"], "answer")

    @pytest.mark.parametrize(
        "read",
        [
            lambda state: {**state},
            lambda state: dict(state),
            lambda state: state | {},
            lambda state: {} | state,
            lambda state: list(state.values()),
            lambda state: list(state.items()),
            lambda state: [state[key] for key in state],
            lambda state: state.copy(),
            lambda state: repr(state),
            lambda state: state == {},
            lambda state: (lambda **given: given)(**state),
            lambda state: state.pop("question"),
            lambda state: State(**state),
            lambda state: TypeAdapter(dict[str, Any]).validate_python(state),
            lambda state: "nothing",
        ],
    )
    def test_no_way_of_reading_the_state_is_missed(self, read: Callable[[Any], Any]) -> None:
        def reader(state: State) -> State:
            return {"answer": str(read(state))}

        state = record_graph(straight(reader)).invoke({"question": "a"})
        assert "question" in inputs_of(state["answer"], "reader")

    def test_a_match_on_the_state_is_a_reading(self) -> None:
        def reader(state: State) -> State:
            match state:
                case {"question": question}:
                    return {"answer": question}
            return {}

        assert inputs_of(record_graph(straight(reader)).invoke({"question": "a"})["answer"], "reader") == ["question"]

    def test_calls_carry_what_their_models_took(self) -> None:
        state = record_graph(straight(write)).invoke({"question": "a"})
        (record,) = [each.record for each in trace_of(state["draft"]).nodes if each.record]
        assert (record.tokens, record.money) == (11, 0.01)

    def test_nothing_is_recorded_of_runs_that_are_not_asked_for(self) -> None:
        assert record_graph(an_agent()).graph.invoke({"question": "?"})["answer"] == "write(?)"

    def test_a_trace_of_a_graph_can_be_written_and_read(self) -> None:
        trace = trace_of(record_graph(an_agent(), prompts="found").invoke({"question": "What is a cat?"})["answer"])
        assert read_json(json_document(trace)).to_text() == trace.to_text()

    def test_the_same_program_gives_the_same_trace(self) -> None:
        texts = {trace_of(record_graph(an_agent()).invoke({"question": "What?"})["answer"]).to_text() for _ in range(3)}
        assert len(texts) == 1


class TestFailures:
    def test_a_failing_node_raises_an_error_of_its_type_that_feedback_goes_back_from(self) -> None:
        def divide(state: State) -> State:
            return {"answer": str(1 / len(state["draft"].strip("write()?")))}

        recorded = record_graph(straight(write, divide), prompts={"writing": WRITE})
        with pytest.raises(ZeroDivisionError) as caught:
            recorded.invoke({"question": "?"})
        assert isinstance(caught.value, ExecutionError)
        assert "# <--- ZeroDivisionError: division by zero" in str(caught.value)
        assert backward(caught.value, str(caught.value)) == recorded.parameters

    def test_a_node_that_is_tried_again_goes_on(self) -> None:
        tries = []

        def shaky(state: State) -> State:
            tries.append(state["question"])
            if len(tries) < 3:
                raise ConnectionError("again")
            return {"answer": "ok"}

        graph = StateGraph(State)
        graph.add_node("shaky", shaky, retry_policy=RetryPolicy(initial_interval=0, max_attempts=3, jitter=False))
        graph.add_edge(START, "shaky")
        assert record_graph(graph).invoke({"question": "?"})["answer"]._value == "ok"

    def test_an_interrupted_run_is_resumed(self) -> None:
        def ask(state: State) -> State:
            return {"answer": interrupt("who?") + state["question"]}

        recorded = record_graph(straight(ask, checkpointer=InMemorySaver()))
        config = {"configurable": {"thread_id": "1"}}
        assert "__interrupt__" in recorded.invoke({"question": "?"}, config)
        state = recorded.invoke(Command(resume="me"), config)
        assert state["answer"]._value == "me?"
        assert inputs_of(state["answer"], "ask") == ["question"]


class Writer:
    """A node that is an object."""

    def __init__(self, prompt: str) -> None:
        self.prompt = prompt

    def __call__(self, state: State) -> State:
        return {"answer": model(self.prompt, state["question"])}

    def method(self, state: State) -> State:
        return self(state)


def in_code(state: State) -> State:
    return {"answer": model("You shout at everybody all day.", state["question"])}


def in_default(state: State, prompt: str = "You mumble when you are asked.") -> State:
    return {"answer": model(prompt, state["question"])}


def with_keyword(state: State, *, prompt: str) -> State:
    return {"answer": model(prompt, state["question"])}


def through_another(state: State) -> State:
    return write_about(state["question"])


def write_about(text: str) -> State:
    return {"answer": model(WRITE, text)}


@pytest.fixture(autouse=True)
def _prompts_stay() -> Any:
    kept = WRITE
    yield
    globals()["WRITE"] = kept


class TestPrompts:
    def test_prompts_are_found_in_globals_and_closures(self) -> None:
        assert find_prompts(an_agent()) == {
            "WRITE": "You write about animals in short sentences.",
            "judge.prompt": "You judge what others have written.",
        }

    def test_a_changed_prompt_changes_the_next_run(self) -> None:
        recorded = record_graph(an_agent(), prompts=["judge.prompt"])
        before = recorded.invoke({"question": "What?"})["answer"]
        (prompt,) = backward(before, "praise more")
        update(prompt, "You praise whatever was written.")
        assert recorded.invoke({"question": "What?"})["answer"]._value == "praise(write(What?))"

    def test_a_prompt_is_reached_from_the_nodes_that_use_it_only(self) -> None:
        recorded = record_graph(an_agent(), prompts="found")
        state = recorded.invoke({"question": "What is a cat?"})
        assert [each.label for each in backward(state["log"], "bad")] == ["WRITE", "judge.prompt"]
        draft = next(each for each in trace_of(state["answer"]).nodes if each.label == "draft")
        assert [each.label for each in backward(draft, "bad")] == ["WRITE"]
        assert [each.label for each in backward(state["answer"], "bad")] == ["WRITE", "judge.prompt"]

    @pytest.mark.parametrize(
        ("function", "text"),
        [
            (write, WRITE),
            (through_another, WRITE),
            (in_code, "You shout at everybody all day."),
            (in_default, "You mumble when you are asked."),
            (judge_with("You judge a lot."), "You judge a lot."),
            (Writer("You scribble on the walls."), "You scribble on the walls."),
            (Writer("You scrawl on the walls.").method, "You scrawl on the walls."),
            (functools.partial(with_keyword, prompt="You whisper in the woods."), "You whisper in the woods."),
        ],
        ids=["global", "in a function it calls", "code", "default", "closure", "attribute", "method", "partial"],
    )
    def test_a_text_is_found_wherever_it_stands_and_put_back(self, function: Any, text: str) -> None:
        graph = StateGraph(State)
        graph.add_node("answer", function)
        graph.add_edge(START, "answer")
        recorded = record_graph(graph, prompts={"mine": text})
        (prompt,) = recorded.parameters
        before = recorded.invoke({"question": "?"})
        update(prompt, "You sing all of it.")
        after = recorded.invoke({"question": "?"})
        key = "answer" if "answer" in after else "draft"
        assert after[key]._value == "sing(?)"
        assert backward(after[key], "fine") == [prompt]
        recorded.restore()
        assert graph.compile().invoke({"question": "?"})[key] == before[key]._value

    def test_a_name_with_another_text_begins_with_that_text(self) -> None:
        recorded = record_graph(an_agent(), prompts={"judge.prompt": "You bless what was written."})
        assert recorded.invoke({"question": "What?"})["answer"]._value == "bless(write(What?))"

    def test_a_prompt_that_is_kept_elsewhere_is_given_by_its_place(self) -> None:
        registry = {"p": "You fetch it."}

        def answer(state: State) -> State:
            return {"answer": model(registry["p"], state["question"])}

        place = PromptPlace(lambda: registry["p"], functools.partial(registry.__setitem__, "p"), nodes=("answer",))
        recorded = record_graph(straight(answer), prompts={"fetching": place})
        update(recorded.parameters[0], "You carry it.")
        assert recorded.invoke({"question": "?"})["answer"]._value == "carry(?)"

    def test_a_node_in_a_closure_is_a_parameter_as_it_is(self) -> None:
        prompt = node("You hum.", "humming", trainable=True)

        def answer(state: State) -> State:
            return {"answer": model(prompt.value, state["question"])}

        assert backward(record_graph(straight(answer)).invoke({"question": "?"})["answer"], "bad") == [prompt]

    def test_a_text_that_stands_nowhere_is_an_error_that_tells_what_there_is(self) -> None:
        with pytest.raises(InputError, match=r"stands nowhere.*WRITE, judge\.prompt"):
            record_graph(an_agent(), prompts={"mine": "You are not there at all."})
        with pytest.raises(InputError, match="no prompt 'other'"):
            record_graph(an_agent(), prompts=["other"])

    def test_a_prompt_in_something_frozen_is_an_error(self) -> None:
        @dataclass(frozen=True)
        class Frozen:
            prompt: str = "You are as hard as ice."

            def __call__(self, state: State) -> State:
                return {"answer": model(self.prompt, state["question"])}

        graph = StateGraph(State)
        graph.add_node("answer", Frozen())
        graph.add_edge(START, "answer")
        recorded = record_graph(graph, prompts="found")
        update(recorded.parameters[0], "You melt.")
        with pytest.raises(InputError, match="can't be changed"):
            recorded.invoke({"question": "?"})


def test_what_is_no_graph_is_refused() -> None:
    with pytest.raises(InputError, match="no graph of LangGraph"):
        record_graph(3)


def test_without_langgraph_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from steepest.traces import exchange

    for name in list(sys.modules):
        if name.startswith(("steepest.traces.exchange.graph_recording", "steepest.traces.exchange.recorded_nodes")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "langgraph.constants", None)
    with pytest.raises(InputError, match="pip install langgraph"):
        exchange.__getattr__("record_graph")
