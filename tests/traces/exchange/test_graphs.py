import asyncio
import functools
import operator
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import create_react_agent
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

        def write(state: State) -> State:
            return {"draft": model(prompt, state["question"])}

        prompt = "You write about machines."
        recorded = record_graph(straight(write, divide), prompts={"writing": prompt})
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


class TestPlacesThatAreShared:
    def test_two_recorded_graphs_have_one_parameter_for_a_place_that_both_read(self) -> None:
        first, second = (record_graph(an_agent(), prompts=["WRITE"]) for _ in range(2))
        assert first.parameters[0] is second.parameters[0]
        update(first.parameters[0], "You sing about animals.")
        result = second.invoke({"question": "?"})["answer"]
        assert result._value == "sing(?)"
        assert "You sing about animals." in trace_of(result).to_text()

    def test_a_text_that_somebody_else_puts_in_the_place_does_not_run(self) -> None:
        recorded = record_graph(an_agent(), prompts=["WRITE"])
        globals()["WRITE"] = "You bark at animals."
        result = recorded.invoke({"question": "?"})["answer"]
        assert result._value == "write(?)"
        update(recorded.parameters[0], "You sing about animals.")
        recorded.invoke({"question": "?"})
        globals()["WRITE"] = "You bark at animals."
        assert recorded.invoke({"question": "?"})["answer"]._value == "sing(?)"

    def test_recording_again_begins_with_the_text_that_was_put_there_meanwhile(self) -> None:
        first = record_graph(an_agent(), prompts=["WRITE"])
        update(first.parameters[0], "You sing about animals.")
        first.invoke({"question": "?"})
        globals()["WRITE"] = "You bark at animals."
        second = record_graph(an_agent(), prompts=["WRITE"])
        for each in (first, second):
            assert each.invoke({"question": "?"})["answer"]._value == "bark(?)"

    def test_what_one_of_them_restores_is_what_stood_there_before_both(self) -> None:
        first = record_graph(an_agent(), prompts=["WRITE"])
        update(first.parameters[0], "You sing about animals.")
        first.invoke({"question": "?"})
        record_graph(an_agent(), prompts=["WRITE"]).restore()
        assert WRITE == "You write about animals in short sentences."

    def test_when_no_recorded_graph_is_left_a_place_gets_a_new_parameter(self) -> None:
        parameter = record_graph(an_agent(), prompts=["WRITE"]).parameters[0]
        assert record_graph(an_agent(), prompts=["WRITE"]).parameters[0] is not parameter

    def test_a_text_that_stands_in_the_places_of_two_parameters_is_an_error(self) -> None:
        text = "You judge what is written here."

        def both() -> Any:
            return straight(judge, again)

        judge, again = judge_with(text), judge_with(text)
        again.__name__ = "again"
        first = record_graph(both(), prompts=["judge.prompt", "again.prompt"])
        assert len(first.parameters) == 2
        with pytest.raises(InputError, match=r"'judge\.prompt' and 'again\.prompt': name these two"):
            record_graph(both(), prompts={"judging": text})


class TestNodesInside:
    @pytest.mark.parametrize("is_awaited", [False, True])
    def test_the_functions_and_checkpoints_of_a_graph_see_no_nodes(self, is_awaited: bool) -> None:
        seen: list[Any] = []

        def answer(state: State) -> State:
            (talk,) = state["log"]
            seen.append((type(talk["content"]), type(talk["parts"][0]), talk))  # type: ignore[index]
            return {"answer": talk["content"] + "!"}  # type: ignore[index]

        words = node("hello", "words", trainable=True)
        recorded = record_graph(straight(answer, checkpointer=InMemorySaver()))
        config: Any = {"configurable": {"thread_id": "1"}}
        state: Any = {"log": [{"content": words + " there", "parts": (words,)}]}
        run = recorded.ainvoke(state, config) if is_awaited else None
        result = (asyncio.run(run) if run else recorded.invoke(state, config))["answer"]
        assert seen == [(str, str, {"content": "hello there", "parts": ("hello",)})]
        assert type(result._value) is str
        assert backward(result, "bad") == [words]
        assert isinstance(state["log"][0]["content"], Node)

    def test_nodes_in_what_a_function_returns_stay_out_of_the_state_and_in_the_trace(self) -> None:
        words = node("hello", "words", trainable=True)
        kinds: list[type] = []

        def say(state: State) -> State:
            return {"log": [words + "?"], "draft": words.upper()}

        def last(state: State) -> State:
            kinds.extend((type(state["draft"]), type(state["log"][0])))
            return {"answer": state["draft"]}

        recorded = record_graph(straight(say, last, checkpointer=InMemorySaver()))
        config = {"configurable": {"thread_id": "1"}}
        state = recorded.invoke({"question": "?"}, config)
        assert kinds == [str, str]
        assert backward(state["answer"], "bad") == [words]
        assert recorded.graph.invoke({"question": "?"}, config)["log"] == ["hello?", "hello?"]

    def test_messages_commands_and_sends_carry_no_nodes(self) -> None:
        words = node("hello", "words", trainable=True)
        seen: list[Any] = []

        def begin(state: MessagesState) -> Any:
            message = state["messages"][0]
            sent = {"messages": [HumanMessage(message.content, additional_kwargs={"by": words + "!"})]}
            return Command(goto=Send("end", sent))

        def end(state: MessagesState) -> Any:
            seen.append(state["messages"][0].additional_kwargs)
            return {"messages": [AIMessage("bye")]}

        graph = StateGraph(MessagesState)
        graph.add_node("begin", begin, destinations=("end",))
        graph.add_node("end", end)
        graph.add_edge(START, "begin")
        recorded = record_graph(graph.compile(checkpointer=InMemorySaver()))
        given = {"messages": [HumanMessage("hi", additional_kwargs={"by": words})]}
        state = recorded.invoke(given, {"configurable": {"thread_id": "1"}})
        assert type(seen[0]["by"]) is str
        assert seen == [{"by": "hello!"}]
        assert backward(state["messages"], "bad") == [words]

    def test_a_state_that_is_a_model_may_hold_nodes(self) -> None:
        class Model(BaseModel):
            question: Any = ""
            answer: str = ""

        def answer(state: Model) -> dict[str, str]:
            return {"answer": state.question["text"] + "!"}

        words = node("hello", "words", trainable=True)
        state = record_graph(straight(answer, schema=Model)).invoke(Model(question={"text": words}))
        assert state["answer"]._value == "hello!"
        assert backward(state["answer"], "bad") == [words]

    def test_nodes_that_were_put_into_a_nodes_value_stay_out_of_the_graph(self) -> None:
        words = node("hello", "words", trainable=True)
        log = node(["first"], "log")
        log.append(words + "!")
        kinds: list[type] = []

        def last(state: State) -> State:
            kinds.extend(map(type, state["log"]))
            return {"answer": state["log"][-1]}

        state = record_graph(straight(last)).invoke({"log": log})
        assert kinds == [str, str]
        assert state["answer"]._value == "hello!"

    def test_an_interrupt_may_be_answered_with_a_node(self) -> None:
        def ask(state: State) -> State:
            return {"answer": interrupt("who?") + state["question"]}

        recorded = record_graph(straight(ask, checkpointer=InMemorySaver()))
        config = {"configurable": {"thread_id": "1"}}
        recorded.invoke({"question": "?"}, config)
        answer = node("me", "answer", trainable=True)
        state = recorded.invoke(Command(resume=answer), config)
        assert state["answer"]._value == "me?"
        assert backward(state["answer"], "bad") == [answer]

    def test_a_stream_is_given_the_input_without_nodes(self) -> None:
        words = node("hello", "words", trainable=True)
        recorded = record_graph(straight(write))
        with recorded.recording({"question": words}) as run:
            (step,) = recorded.graph.stream(run.input)
        assert step == {"write": {"draft": "write(hello)", "log": ["write"]}}

    def test_a_value_that_holds_itself_is_left_as_it_is(self) -> None:
        circle: list[Any] = []
        circle.append(circle)

        def answer(state: State) -> State:
            return {"answer": str(len(state["draft"]))}

        assert record_graph(straight(answer)).invoke({"draft": circle})["answer"]._value == "1"


class Scripted(BaseChatModel):
    """A model that calls a tool once and then says how it was instructed."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **_: Any) -> Any:
        return self

    def _generate(self, messages: list[Any], *_: Any, **__: Any) -> ChatResult:
        if messages[-1].type == "tool":
            reply = AIMessage(f"{messages[0].content.split()[1]}: {messages[-1].content}", id="2")
        else:
            reply = AIMessage("", id="1", tool_calls=[{"name": "weather", "args": {"place": "Bonn"}, "id": "c1"}])
        return ChatResult(generations=[ChatGeneration(message=reply)])


@tool
def weather(place: str) -> str:
    """What the weather is like."""
    return f"rain in {place}"


@pytest.mark.filterwarnings("ignore:create_react_agent has been moved")
class TestAgents:
    @pytest.mark.parametrize("is_awaited", [False, True])
    def test_an_agent_with_tools_is_recorded_and_its_prompt_is_a_parameter(self, is_awaited: bool) -> None:
        agent = create_react_agent(Scripted(), [weather], prompt="You report what tools say.")
        assert find_prompts(agent) == {"agent.prompt": "You report what tools say."}
        recorded = record_graph(agent, prompts="found")
        state: Any = {"messages": [("user", "How is it in Bonn?")]}
        result = (asyncio.run(recorded.ainvoke(state)) if is_awaited else recorded.invoke(state))["messages"]
        assert result._value[-1].content == "report: rain in Bonn"
        assert backward(result, "be brief") == recorded.parameters
        calls = [each.operation.name for each in trace_of(result).nodes if each.operation and each.record]
        assert calls == ["agent", "should_continue", "tools", "agent", "should_continue"]
        update(recorded.parameters[0], "You sing what tools say.")
        assert recorded.invoke(state)["messages"]._value[-1].content == "sing: rain in Bonn"

    def test_a_graph_inside_of_a_graph_is_one_call_that_reads_what_it_is_given(self) -> None:
        words = node("cats", "words", trainable=True)
        graph = StateGraph(State)
        graph.add_node("inner", straight(write, keep))
        graph.add_edge(START, "inner")
        graph.add_edge("inner", END)
        state = record_graph(graph).invoke({"question": words})
        assert state["answer"]._value == "write(cats)"
        assert backward(state["answer"], "bad") == [words]

    def test_an_interrupt_inside_of_an_inner_graph_is_resumed(self) -> None:
        def ask(state: State) -> State:
            return {"answer": interrupt("who?") + state["question"]}

        graph = StateGraph(State)
        graph.add_node("inner", straight(ask))
        graph.add_edge(START, "inner")
        recorded = record_graph(graph.compile(checkpointer=InMemorySaver()))
        config = {"configurable": {"thread_id": "1"}}
        assert "__interrupt__" in recorded.invoke({"question": "?"}, config)
        assert recorded.invoke(Command(resume="me"), config)["answer"]._value == "me?"


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
