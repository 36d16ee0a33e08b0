import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import code_attributes, gen_ai_attributes

from steepest.errors import InputError
from steepest.traces.bundle import bundle
from steepest.traces.exchange import SpanRecorder, conventions, from_spans, to_spans
from steepest.traces.failures import ExecutionError, TraceError
from steepest.traces.feedback import backward
from steepest.traces.parameters import node, state_of, update
from steepest.traces.scope import charge
from steepest.traces.trace import Trace, trace_of
from tests.work import calls_in


def span(name: str, begin: int, end: int, parent: str = "", /, **given: Any) -> dict[str, Any]:
    """A span as OTLP/JSON has it; its name is its id."""
    attributes = [
        {"key": key.replace("__", "."), "value": {"intValue": str(v)} if type(v) is int else {"stringValue": v}}
        for key, v in given.get("attributes", {}).items()
    ]
    return {
        "traceId": "t",
        "spanId": name,
        "parentSpanId": parent,
        "name": name,
        "startTimeUnixNano": str(begin),
        "endTimeUnixNano": str(end),
        **given,
        "attributes": attributes,
    }


def document(*spans: dict[str, Any]) -> dict[str, Any]:
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}


def chat(name: str, begin: int, end: int, system: str, asked: str, said: str, parent: str = "") -> dict[str, Any]:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.system_instructions": json.dumps([{"type": "text", "content": system}]),
        "gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"type": "text", "content": asked}]}]),
        "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": said}]}]),
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 5,
    }
    return span(name, begin, end, parent, attributes=attributes)


def _serialized(kind: str, content: str) -> dict[str, Any]:
    """A message as LangChain writes it."""
    return {"lc": 1, "type": "constructor", "id": ["langchain", kind], "kwargs": {"content": content, "type": kind}}


def written(trace: Trace) -> list[str]:
    return [f"{trace.name(each)} = {trace.written(each)}" for each in trace.nodes if each.operation is not None]


def labels(trace: Trace) -> list[str | None]:
    return [each.label for each in trace.parameters]


class TestReading:
    def test_prompts_of_an_agent_become_parameters_that_feedback_reaches(self) -> None:
        trace = from_spans(
            document(
                chat("draft", 1, 5, "You write.", "a poem", "roses"), chat("judge", 6, 9, "You judge.", "roses", "bad")
            )
        )
        assert [each._value for each in trace.parameters] == ["You write.", "You judge."]
        assert backward(trace.outputs, "too harsh") == list(trace.parameters)
        assert trace.outputs[0]._value == "bad"

    def test_a_span_depends_on_what_had_ended_when_it_began_and_not_on_what_ran_beside_it(self) -> None:
        trace = from_spans(document(span("a", 1, 3), span("b", 2, 6), span("c", 4, 5), span("d", 7, 8)))
        assert written(trace) == ["a = a()", "b = b()", "c = c(after=a)", "after = after(c, b)", "d = d(after=after)"]

    def test_a_result_depends_on_all_that_happened_inside(self) -> None:
        trace = from_spans(document(span("run", 1, 9), span("one", 2, 3, "run"), span("two", 4, 5, "run")))
        assert written(trace) == ["one = one()", "two = two(after=one)", "run = run(after=two)"]

    def test_what_an_agent_was_given_reaches_the_spans_inside(self) -> None:
        agent = span("agent", 1, 9, attributes={"gen_ai.agent.name": "writer", "input.value": "hello"})
        trace = from_spans(document(agent, chat("chat", 2, 3, "Write.", "hello", "bye", "agent")))
        assert labels(trace) == ["writer.system"]
        assert [each._value for each in trace.nodes if not each.inputs and each.trainable is None] == [
            "hello",
            [{"role": "user", "content": "hello"}],
        ]

    def test_the_same_prompt_is_one_parameter(self) -> None:
        trace = from_spans(document(chat("x", 1, 2, "Same.", "1", "a"), chat("y", 3, 4, "Same.", "2", "b")))
        assert len(trace.parameters) == 1

    def test_runs_of_several_traces_share_parameters_that_are_passed(self) -> None:
        first = from_spans(document(chat("x", 1, 2, "Same.", "1", "a")))
        second = from_spans(document(chat("x", 1, 2, "Same.", "2", "b")), parameters=first.parameters)
        backward(first.outputs, "bad")
        backward(second.outputs, "good")
        assert [each.text for each in state_of(first.parameters[0]).feedback] == ["bad", "good"]

    def test_tokens_seconds_and_errors_are_on_the_record(self) -> None:
        failed = chat("call", 1_000_000_000, 3_000_000_000, "Say.", "x", "y")
        failed["status"] = {"code": 2}
        failed["events"] = [
            {
                "name": "exception",
                "attributes": [
                    {"key": "exception.type", "value": {"stringValue": "httpx.ReadTimeout"}},
                    {"key": "exception.message", "value": {"stringValue": "no answer"}},
                ],
            }
        ]
        record = from_spans(document(failed)).outputs[0].record
        assert record is not None
        assert (record.tokens, record.seconds, record.exception) == (12, 2.0, "ReadTimeout: no answer")

    def test_what_an_agents_span_sums_up_is_not_counted_twice(self) -> None:
        agent = span("agent", 1, 9, attributes={"gen_ai.usage.input_tokens": 7})
        trace = from_spans(document(agent, chat("call", 2, 3, "Say.", "x", "y", "agent")))
        assert sum(each.record.tokens for each in trace.nodes if each.record) == 12

    def test_openinference_attributes_are_read(self) -> None:
        attributes = {
            "openinference.span.kind": "LLM",
            "llm.input_messages.0.message.role": "system",
            "llm.input_messages.0.message.content": "You answer.",
            "llm.input_messages.1.message.role": "user",
            "llm.input_messages.1.message.content": "Why?",
            "llm.output_messages.0.message.content": "Because",
            "llm.prompt_template.template": "Answer {q}",
            "llm.prompt_template.variables": '{"q": "Why?"}',
            "llm.token_count.prompt": 3,
            "llm.token_count.completion": 1,
        }
        trace = from_spans(document(span("llm", 1, 2, attributes=attributes)))
        assert labels(trace) == ["llm.system", "llm.template"]
        assert trace.outputs[0]._value == "Because"
        assert written(trace)[0] == "prompt = prompt(template=llm_template, variables=variables)"

    @pytest.mark.parametrize(
        "attributes",
        [
            {"gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "Old.", "gen_ai.completion.0.content": "yes"},
            {"gen_ai.prompt": '[{"role": "system", "content": "Old."}]', "gen_ai.completion": '[{"content": "yes"}]'},
            {"gen_ai.system_instructions": "Old.", "output.value": "yes"},
            {"gen_ai.system_instructions": '["Old."]', "output.value": "yes"},
        ],
    )
    def test_older_conventions_are_read(self, attributes: dict[str, Any]) -> None:
        trace = from_spans(document(span("llm", 1, 2, attributes=attributes)))
        assert ([each._value for each in trace.parameters], trace.outputs[0]._value) == (["Old."], "yes")

    def test_messages_in_events_are_read(self) -> None:
        def event(name: str, content: str) -> dict[str, Any]:
            return {"name": name, "attributes": [{"key": "content", "value": {"stringValue": content}}]}

        events = [
            event("gen_ai.system.message", "Old."),
            event("gen_ai.user.message", "q"),
            event("gen_ai.choice", "a"),
        ]
        trace = from_spans(document(span("llm", 1, 2, events=events)))
        assert (labels(trace), trace.outputs[0]._value) == (["llm.system"], "a")

    def test_openllmetrys_spans_are_read(self) -> None:
        flow = span(
            "flow.workflow", 1, 9,
            attributes={
                "traceloop.span.kind": "workflow",
                "traceloop.entity.name": "flow",
                "traceloop.entity.input": '{"args": ["why?"], "kwargs": {}}',
                "traceloop.entity.output": '"because"',
            },
        )  # fmt: skip
        chat = span(
            "openai.chat", 2, 3, "flow.workflow",
            attributes={
                "llm.request.type": "chat",
                "gen_ai.prompt.0.role": "system",
                "gen_ai.prompt.0.content": "You help people.",
                "gen_ai.prompt.1.role": "user",
                "gen_ai.prompt.1.content": "why?",
                "gen_ai.completion.0.role": "assistant",
                "gen_ai.completion.0.content": "because",
                "gen_ai.usage.prompt_tokens": 7,
                "gen_ai.usage.completion_tokens": 5,
            },
        )  # fmt: skip
        trace = from_spans(document(flow, chat))
        assert labels(trace) == ["flow.system"]
        assert trace.outputs[0]._value == "because"
        assert {"args": ["why?"], "kwargs": {}} in [each._value for each in trace.nodes]
        assert sum(each.record.tokens for each in trace.nodes if each.record) == 12

    def test_a_managed_prompt_of_openllmetry_is_a_parameter(self) -> None:
        attributes = {
            "traceloop.prompt.template": "You {verb} people.",
            "traceloop.prompt.template_variables": '{"verb": "help"}',
        }
        assert [each._value for each in from_spans(document(span("llm", 1, 2, attributes=attributes))).parameters] == [
            "You {verb} people."
        ]

    def test_content_that_an_event_tells_is_read(self) -> None:
        told = {
            "gen_ai.system_instructions": [{"type": "text", "content": "Be kind."}],
            "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "hi"}]}],
            "gen_ai.output.messages": [{"role": "assistant", "parts": [{"type": "text", "content": "yo"}]}],
        }
        attributes = [{"key": key, "value": {"stringValue": json.dumps(value)}} for key, value in told.items()]
        events = [{"name": "gen_ai.client.inference.operation.details", "attributes": attributes}]
        trace = from_spans(document(span("chat", 1, 2, events=events)))
        assert ([each._value for each in trace.parameters], trace.outputs[0]._value) == (["Be kind."], "yo")

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (
                {"messages": [[_serialized("system", "You sing."), _serialized("human", "la?")]]},
                {"generations": [[{"text": "la la", "message": _serialized("ai", "la la")}]]},
            ),
            (
                {"messages": [{"role": "system", "content": "You sing."}, {"role": "user", "content": "la?"}]},
                {"choices": [{"index": 0, "message": {"role": "assistant", "content": "la la"}}]},
            ),
        ],
        ids=["LangChain's messages", "a request and a reply"],
    )
    def test_langsmiths_spans_are_read(self, asked: Any, said: Any) -> None:
        attributes = {
            "langsmith.span.kind": "LLM",
            "gen_ai.prompt": json.dumps(asked),
            "gen_ai.completion": json.dumps(said),
        }
        trace = from_spans(document(span("llm", 1, 2, attributes=attributes)))
        assert [each._value for each in trace.parameters] == ["You sing."]
        assert [{"role": "user", "content": "la?"}] in [each._value for each in trace.nodes]
        assert trace.outputs[0]._value == "la la"

    def test_what_is_nested_around_messages_without_end_is_left_as_it_was_recorded(self) -> None:
        nested: Any = {"role": "system", "content": "x"}
        for _ in range(100):
            nested = {"messages": [nested]}
        trace = from_spans(document(span("llm", 1, 2, attributes={"gen_ai.prompt": json.dumps(nested)})))
        assert not trace.parameters

    def test_a_span_whose_parent_is_missing_begins_a_run_of_its_own(self) -> None:
        trace = from_spans(document(chat("x", 1, 2, "Say.", "1", "a", "gone"), span("y", 3, 4, "x")))
        assert trace.outputs[0].operation is not None
        assert trace.outputs[0].operation.name == "x"

    def test_spans_in_any_order_with_evaluations_take_work_in_proportion_to_their_number(self) -> None:
        def work(count: int) -> int:
            spans = [chat(f"s{n}", n * 10, n * 10 + 5, f"Prompt {n % 50}.", "q", "a") for n in range(count)]
            for each in spans:
                score = [{"key": "gen_ai.evaluation.score.value", "value": {"doubleValue": 0.5}}]
                each["events"] = [{"name": "gen_ai.evaluation.result", "attributes": score}]
            spans.sort(key=lambda each: hashlib.sha256(each["name"].encode()).digest())
            told = document(*spans)
            assert len(from_spans(told).feedback) == count
            return calls_in(lambda: from_spans(told))

        assert work(4000) < 10 * work(500)  # eight times, and 64 times if every evaluation walked the graph

    def test_tools_are_calls_of_their_arguments(self) -> None:
        attributes = {"gen_ai.tool.call.arguments": '{"q": 1}', "gen_ai.tool.call.result": "[1, 2]"}
        trace = from_spans(document(span("search", 1, 2, attributes=attributes)))
        assert [each._value for each in trace.nodes] == [{"q": 1}, [1, 2]]

    def test_which_prompts_are_parameters_can_be_said(self) -> None:
        one = span("llm", 1, 2, attributes={"my.prompt": "Do it.", "gen_ai.system_instructions": "Be."})
        assert labels(from_spans(document(one), trainable=[], attributes=["my.prompt"])) == ["llm.my.prompt"]

    def test_evaluations_in_spans_are_feedback(self) -> None:
        one = chat("llm", 1, 2, "Say.", "x", "y")
        one["events"] = [
            {
                "name": "gen_ai.evaluation.result",
                "attributes": [
                    {"key": "gen_ai.evaluation.score.value", "value": {"doubleValue": 0.5}},
                    {"key": "gen_ai.evaluation.explanation", "value": {"stringValue": "half right"}},
                ],
            }
        ]
        assert [(each.text, each.score) for each in from_spans(document(one)).feedback] == [("half right", 0.5)]

    def test_a_file_with_a_document_a_line_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "spans.jsonl"
        path.write_text("\n".join(json.dumps(document(span(name, 1, 2))) for name in "ab"))
        assert len(from_spans(path).outputs) == 2

    def test_the_same_spans_give_the_same_trace_in_whichever_order_they_come(self) -> None:
        spans = [span("run", 1, 9), chat("x", 2, 3, "A.", "1", "a", "run"), chat("y", 4, 5, "B.", "2", "b", "run")]
        assert written(from_spans(document(*spans))) == written(from_spans(document(*reversed(spans))))

    def test_spans_that_are_nested_deeply_are_read(self) -> None:
        spans = [span(f"s{n}", n, 100_000 - n, f"s{n - 1}" if n else "") for n in range(10_000)]
        assert len(from_spans(document(*spans)).nodes) == 10_000

    def test_thousands_of_spans_side_by_side_are_read(self) -> None:
        spans = [span(f"a{n}", 1, 10) for n in range(3000)] + [span(f"b{n}", 20, 30) for n in range(3000)]
        assert len(from_spans(document(*spans)).nodes) == 6001

    @pytest.mark.parametrize(
        ("source", "words"),
        [
            ([], "no spans"),
            ({}, "no span and no OTLP"),
            ("{", "neither JSON"),
            ("[" * 100_000, "nested too deeply"),
            ("nowhere.json", "can't be read"),
            (3, "holds no spans"),
            (["x"], "is no span"),
            ({"resourceSpans": 3}, "not well formed"),
            (document({"spanId": "a", "startTimeUnixNano": "now"}), "not well formed"),
            (document(span("a", 1, 2, "b"), span("b", 1, 2, "a")), "inside of each other"),
            (document(span("a", 1, 2, "a")), "inside of each other"),
        ],
    )
    def test_what_holds_no_spans_is_refused(self, source: Any, words: str) -> None:
        with pytest.raises(InputError, match=words):
            from_spans(source)


@bundle
def ask(system: str, question: str) -> str:
    """Ask a model."""
    charge(10, 0.002)
    return f"{system} {question}".upper()


def an_answer() -> Trace:
    system = node("Be brief.", "system", trainable=True)
    text = ask(system, node("why?", "question")) + "!"
    backward(text, "secret words", score=0.5)
    return trace_of(text)


def _texts(module: ModuleType) -> set[str]:
    return {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}


class TestWriting:
    def test_each_operation_is_a_span_inside_of_the_whole_linked_to_what_it_used(self) -> None:
        called, added, whole = to_spans(an_answer(), name="answering")
        assert (called.name, added.name, whole.name) == ("ask", "add", "answering")
        assert called.parent is not None
        assert called.parent.span_id == whole.context.span_id
        assert [link.context.span_id for link in added.links] == [called.context.span_id]

    def test_nothing_that_was_written_by_or_for_a_model_goes_along_unless_asked_for(self) -> None:
        told = "".join(each.to_json() for each in to_spans(an_answer()))
        assert not any(words in told for words in ("brief", "why?", "WHY", "secret"))

    def test_with_content_the_genai_conventions_tell_it(self) -> None:
        called, *_ = to_spans(an_answer(), content=True)
        found = called.attributes or {}
        assert found["gen_ai.operation.name"] == "chat"
        assert json.loads(str(found["gen_ai.system_instructions"])) == [{"type": "text", "content": "Be brief."}]
        assert json.loads(str(found["gen_ai.output.messages"]))[0]["parts"][0]["content"] == "BE BRIEF. WHY?"

    def test_feedback_is_an_evaluation_of_the_output(self) -> None:
        _, added, _ = to_spans(an_answer(), content=True)
        assert added.events[0].name == "gen_ai.evaluation.result"
        assert dict(added.events[0].attributes or {}) == {
            "gen_ai.evaluation.name": "feedback",
            "gen_ai.evaluation.score.value": 0.5,
            "gen_ai.evaluation.explanation": "secret words",
        }

    def test_a_failure_is_an_error_with_its_type(self) -> None:
        @bundle
        def fail(x: int) -> float:
            return x / 0

        with pytest.raises(ExecutionError) as caught:
            fail(node(1))
        failed, _ = to_spans(trace_of(caught.value))
        assert (failed.status.status_code.name, (failed.attributes or {})["error.type"]) == (
            "ERROR",
            "ZeroDivisionError",
        )

    def test_spans_that_were_written_with_content_are_the_same_trace_when_they_are_read(self) -> None:
        trace = an_answer()
        again = from_spans(to_spans(trace, content=True))
        assert [each._value for each in again.nodes] == [each._value for each in trace.nodes]
        assert [again.name(each) for each in again.parameters] == ["system"]

    def test_they_go_to_the_tracer_of_a_program(self) -> None:
        memory, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(memory))
        assert to_spans(an_answer(), provider.get_tracer("mine")) == []
        assert [each.name for each in memory.get_finished_spans()] == ["ask", "add", "trace"]

    def test_they_go_to_an_exporter_whose_failure_is_an_error(self) -> None:
        class Full:
            def export(self, spans: Sequence[Any]) -> SpanExportResult:
                return SpanExportResult.FAILURE

        memory = InMemorySpanExporter()
        assert len(to_spans(an_answer(), memory)) == len(memory.get_finished_spans()) == 3
        with pytest.raises(TraceError, match="0 of 3 spans"):
            to_spans(an_answer(), Full())  # type: ignore[arg-type]

    def test_without_the_sdk_the_error_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
        with pytest.raises(InputError, match=r"steepest\[otel\]"):
            to_spans(an_answer())

    def test_the_names_of_attributes_are_those_of_the_conventions(self) -> None:
        published = _texts(gen_ai_attributes) | _texts(code_attributes)
        ours = {name for name in _texts(conventions) if name.startswith(("gen_ai.", "code."))}
        events_and_others = {conventions.EVALUATION, conventions.DETAILS, conventions.COST}
        assert ours - events_and_others <= published


class TestRecording:
    def test_a_run_of_an_agent_that_emits_spans_becomes_a_trace_to_optimize(self) -> None:
        recorder, provider = SpanRecorder(), TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(recorder)
        tracer = provider.get_tracer("agent")
        prompts = {"system": "You are kind."}

        def agent(question: str) -> None:
            with tracer.start_as_current_span("invoke_agent") as run:
                run.set_attribute("gen_ai.agent.name", "helper")
                with tracer.start_as_current_span("chat small") as call:
                    call.set_attribute("gen_ai.system_instructions", prompts["system"])
                    call.set_attribute("output.value", f"{prompts['system']} {question}")

        agent("hm?")
        trace = recorder.trace()
        (system,) = trace.parameters
        assert backward(trace.outputs, "be stern") == [system]
        update(system, "You are stern.")
        prompts["system"] = system._value
        agent("hm?")
        assert recorder.trace(parameters=[system]).parameters == (system,)

    def test_more_spans_than_are_kept_are_an_error_and_not_a_gap(self) -> None:
        recorder, provider = SpanRecorder(most=1), TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(recorder)
        for name in "ab":
            provider.get_tracer("agent").start_span(name).end()
        with pytest.raises(InputError, match="1 spans were not kept"):
            recorder.trace()
