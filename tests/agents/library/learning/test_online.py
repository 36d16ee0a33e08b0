"""Online learning, with functions as student and teacher."""

from pathlib import Path

import pytest

from steepest.agents.library.labels import Definition, Label
from steepest.agents.library.learning.journal import Journal
from steepest.agents.library.library import Library
from steepest.agents.llm import ChatRequest
from steepest.agents.llm.chat import run_sync
from steepest.errors import InputError
from tests.agents.library.insights import ids, insight
from tests.agents.library.learning.kiosks import (
    RIGHT,
    SHARE,
    TAUGHT,
    WRONG,
    forgetful,
    free_kiosk,
    kiosk,
    learning,
    minutes_of,
    seeking_teacher,
    share_insight,
    student,
    teacher,
)


@pytest.fixture
def library(tmp_path: Path):
    with Library.open(tmp_path / "library.db", author="learn", run="r") as opened:
        yield opened


def test_a_failed_task_teaches_an_insight_that_enters_when_its_task_is_solved_with_it(library):
    [record] = run_sync(learning(library, proofs=3).learn([kiosk("Anna's")]))
    assert not record.solved
    assert record.value == 120
    [entry] = library.entries("active")
    assert record.learned == (entry.insight.id,)
    assert record.size == 1
    assert entry.insight.provenance.tasks == ("Anna's",)
    assert entry.insight.provenance.model == "teacher"
    assert entry.insight.provenance.prompt.startswith("extract_text@")
    assert "constraint:linear" in " ".join(entry.insight.fingerprint) or entry.insight.fingerprint
    [event] = library.history(entry.insight.id)
    assert event.body.reason == "Anna's is solved with it 3 of 3 times"
    assert event.body.run == "r"


def test_the_next_task_of_the_kind_is_solved_with_it_and_the_insight_has_helped(library):
    first, second = run_sync(learning(library).learn([kiosk("Anna's"), kiosk("Ben's", 90)]))
    assert second.solved
    assert second.used == second.helped == first.learned
    [entry] = library.entries()
    assert (entry.usage.retrieved, entry.usage.used, entry.usage.helped, entry.usage.hurt) == (1, 1, 1, 0)
    assert entry.usage.tokens > 0


def test_an_insight_that_does_not_solve_its_task_every_time_is_refused_with_the_reason(library):
    asked = []

    def sometimes(request: ChatRequest) -> str:
        asked.append(request)
        return forgetful(request) if request.sample < 2 else WRONG.format(minutes=minutes_of(request))

    [record] = run_sync(learning(library, student=student(sometimes), proofs=3).learn([kiosk("Anna's")]))
    assert ids(library) == []
    assert record.learned == ()
    assert record.size == 0
    [refusal] = record.refused
    assert refusal.title == "a share is of what is made"
    assert refusal.reason == "with it Anna's was solved 2 times of 3"


def test_a_solved_task_that_finds_the_insight_and_then_fails_refuses_it(library):
    def misled(request: ChatRequest) -> str:
        asked = request.messages[-1].content
        if "sum of the decisions" in asked and "25%" not in asked:
            return WRONG.replace("<= minutes", "<= minutes - 10").format(minutes=minutes_of(request))
        return forgetful(request)

    tasks = [free_kiosk("Free"), kiosk("Anna's")]
    free, record = run_sync(learning(library, student=student(misled)).learn(tasks))
    assert free.solved
    assert ids(library) == []
    assert record.refused[0].reason == "Free was solved before, finds it, and is not solved with it"


def test_guards_that_stay_solved_are_told_in_the_event(library):
    run_sync(learning(library).learn([free_kiosk("Free"), kiosk("Anna's")]))
    [event] = library.history()
    assert event.body.reason.endswith("; 1 solved before that find it stay solved")


def test_no_guard_is_tried_where_none_are_wanted(library):
    asked = []

    def counting(request: ChatRequest) -> str:
        asked.append(request.messages[-1].content)
        return forgetful(request)

    run_sync(learning(library, student=student(counting), guards=0).learn([free_kiosk("Free"), kiosk("Anna's")]))
    assert sum("Free sells" in each for each in asked) == 1


def test_an_insight_that_hurt_is_counted_and_not_made_up_for_by_another(library):
    def misled(request: ChatRequest) -> str:
        form = (
            WRONG if "<insights>" not in request.messages[-1].content else WRONG.replace("<= minutes", "<= minutes - 1")
        )
        return form.format(minutes=minutes_of(request))

    library.add([share_insight()])
    taught = teacher()
    [record] = run_sync(learning(library, student=student(misled), teacher=taught).learn([free_kiosk("Free")]))
    assert not record.solved
    assert record.hurt == ("share",)
    assert taught.fn.requests == []
    assert ids(library) == ["share"]
    assert library.entry("share").usage.hurt == 1


def test_without_the_comparison_nothing_is_said_to_have_helped(library):
    library.add([share_insight()])
    [record] = run_sync(learning(library, compares=False).learn([kiosk("Anna's")]))
    assert record.solved
    assert record.used == ("share",)
    assert record.helped == ()


def test_with_several_attempts_all_have_to_be_right_with_and_without(library):
    def at_first(request: ChatRequest) -> str:
        is_right = "<insights>" in request.messages[-1].content or request.sample == 0
        return (RIGHT if is_right else WRONG).format(minutes=minutes_of(request))

    library.add([share_insight()])
    [record] = run_sync(learning(library, student=student(at_first), attempts=2).learn([kiosk("Anna's")]))
    assert record.solved
    assert record.helped == ("share",)


def test_a_task_without_gold_is_explored_with_the_right_value(library):
    rounds = []

    def finds_it(request: ChatRequest) -> str:
        rounds.append(request.messages[-1].content)
        form = RIGHT if len(rounds) == 2 else WRONG
        return form.format(minutes=minutes_of(request))

    task = kiosk("Anna's").model_copy(update={"gold": None})
    [record] = run_sync(learning(library, teacher=seeking_teacher(finds_it)).learn([task]))
    assert len(record.learned) == 1
    assert len(rounds) == 2
    assert "The right value is 108." in rounds[0]
    assert "its best value is 120; the right value is 108" in rounds[0]


@pytest.mark.parametrize("trick", ["", "   # assumed: it fits"])
def test_exploration_refuses_a_formulation_that_holds_the_value_itself(library, trick):
    def cheats(request: ChatRequest) -> str:
        answer = 9 * minutes_of(request) / 5
        if not trick:
            return WRONG.format(minutes=minutes_of(request)) + f"\n  most: make[tea] + make[lemonade] <= {answer:g}\n"
        return (
            "# Drinks\nparameters:\n"
            f"  most = {answer:g}{trick}\n  minutes = {minutes_of(request)}\n"
            "variables:\n  earned: real >= 0\n  spare: real >= 0\nmaximize: earned\n"
            "constraints:\n  cap: earned <= most\n  time: spare <= minutes"
        )

    task = kiosk("Anna's").model_copy(update={"gold": None})
    [record] = run_sync(learning(library, teacher=seeking_teacher(cheats), rounds=2).learn([task]))
    assert record.learned == ()
    assert record.note == "no right formulation was found"


def test_a_hard_coded_answer_is_told_as_such_in_the_next_round(library):
    asked = []

    def cheats(request: ChatRequest) -> str:
        asked.append(request.messages[-1].content)
        return RIGHT.replace("<= minutes", "<= minutes + 108 - 108").format(minutes=60)

    task = kiosk("Anna's").model_copy(update={"gold": None})
    run_sync(learning(library, teacher=seeking_teacher(cheats), rounds=2).learn([task]))
    assert "it holds numbers that the problem does not state" in asked[-1]


def test_a_task_without_any_value_teaches_by_the_verdict_alone(library):
    def right(request: ChatRequest) -> str:
        return RIGHT.format(minutes=minutes_of(request))

    def broken(request: ChatRequest) -> str:
        return right(request) if "sum of the decisions" in request.messages[-1].content else "I would make some tea."

    task = kiosk("Anna's").model_copy(update={"gold": None, "answer": None})
    [record] = run_sync(learning(library, student=student(broken), teacher=seeking_teacher(right)).learn([task]))
    assert record.outcome == "not_formulated"
    assert len(record.learned) == 1


def test_what_the_model_finds_nothing_to_learn_from_is_noted(library):
    [record] = run_sync(learning(library, teacher=teacher("none")).learn([kiosk("Anna's")]))
    assert record.note == "the model found nothing to learn"
    assert not record.solved


def test_a_reply_that_stays_unusable_is_noted_with_its_reasons(library):
    [record] = run_sync(learning(library, teacher=teacher("It forgot the share.")).learn([kiosk("Anna's")]))
    assert "not in the form" in record.note


def test_what_the_library_has_already_is_not_proven_again(library):
    def deaf(request: ChatRequest) -> str:
        is_given = "sum of the decisions" in request.messages[-1].content and request.temperature is None
        return (RIGHT if is_given and len(ids(library)) == 0 else WRONG).format(minutes=minutes_of(request))

    online = learning(library, student=student(deaf))
    run_sync(online.learn([kiosk("Anna's")]))
    [record] = run_sync(online.learn([kiosk("Ben's", 90)]))
    assert record.refused[0].reason == "the library has it already"


def test_two_insights_of_one_failure_are_proven_one_beside_the_other(library):
    other = TAUGHT.replace("a share is", "shares are").replace("Applies when", "Applies where")
    [record] = run_sync(learning(library, teacher=teacher(f"{TAUGHT}\n\n{other}")).learn([kiosk("Anna's")]))
    assert len(record.learned) == 2
    assert record.size == 2
    assert sorted(record.learned) == ids(library)


def test_a_new_label_keeps_the_meaning_that_the_model_gives_it(library):
    run_sync(learning(library, teacher=_json_teacher("a part of a sum")).learn([kiosk("Anna's")]))
    assert library.taxonomy().find(Label.parse(SHARE)).definition == "a part of a sum"


@pytest.mark.parametrize("is_given", [True, False])
def test_a_meaning_that_is_there_is_never_written_over(library, is_given):
    library.define([Definition(label=SHARE, definition="what people say", is_given=is_given)])
    [record] = run_sync(learning(library, teacher=_json_teacher("what a model says")).learn([kiosk("Anna's")]))
    assert len(record.learned) == 1
    assert library.taxonomy().find(Label.parse(SHARE)).definition == "what people say"


def test_the_meaning_of_a_label_that_no_accepted_insight_has_is_left_out(library):
    other = _json_teacher("x", "General Formulation > Constraints > Other")
    [record] = run_sync(learning(library, teacher=other).learn([kiosk("Anna's")]))
    assert record.effects.definitions == ()


def test_an_insight_that_somebody_else_adds_meanwhile_stays_theirs(library):
    def meanwhile(request: ChatRequest) -> str:
        if "sum of the decisions" in request.messages[-1].content and not ids(library):
            [taught] = seen
            library.add([insight(taught, condition="theirs, which came first")])
        return forgetful(request)

    [again] = run_sync(learning(library, compares=False).learn([kiosk("Anna's")]))
    seen = again.learned
    library.undo(1)
    [record] = run_sync(learning(library, student=student(meanwhile)).learn([kiosk("Anna's")]))
    assert record.learned == seen
    assert library.entry(seen[0]).insight.condition == "theirs, which came first"


def test_learning_with_a_journal_asks_for_the_name_of_the_run(tmp_path):
    with Library.open(tmp_path / "l.db") as library, pytest.raises(InputError, match="a name for its run"):
        learning(library, tmp_path)


def test_the_second_iteration_looks_for_other_words_and_other_models(library):
    taught = teacher("none")
    online = learning(library, teacher=taught, journal=Journal())
    run_sync(online.learn([kiosk("Anna's")]))
    run_sync(online.learn([kiosk("Anna's")], 1))
    assert [each.sample for each in taught.fn.requests] == [0, 1]


def _json_teacher(definition: str, label: str = SHARE):
    import json

    fields = dict(line.split(": ", 1) for line in TAUGHT.splitlines())
    draft = {
        "title": fields["title"],
        "labels": [fields["label"]],
        "condition": fields["when"],
        "explanation": fields["what"],
        "example": fields["example"],
    }
    reply = {"insights": [draft], "definitions": [{"label": label, "definition": definition}]}
    return teacher(json.dumps(reply), structured=True)
