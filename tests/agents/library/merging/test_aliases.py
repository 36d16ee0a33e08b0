"""Whether a new label is another name of a known one."""

import json

import pytest

from steepest.agents.library.embeddings.hashed import HashedNgrams
from steepest.agents.library.labels import Definition, Label, Taxonomy
from steepest.agents.library.learning.extraction import Extracted
from steepest.agents.library.merging.aliases import alias_of, nearest, settle_labels
from steepest.agents.llm.chat import run_sync
from tests.agents.library.insights import insight
from tests.agents.library.learning.kiosks import teacher

BALANCE = Label.parse("Formulation > Constraints > Balance")
NEW = Label.parse("Formulation > Constraints > Conservation of Goods")
OTHER = Label.parse("Formulation > Constraints > Time Windows")
KNOWN = Taxonomy(
    [
        Definition(label=BALANCE, definition="what comes in goes out", is_given=True, tasks=("t0",)),
        Definition(label="Formulation > Constraints > Logic", definition="if, or, either", is_given=True),
        Definition(label="Wording > Limits > At Most", definition="upper limits", is_given=True),
    ]
)


def settled(extracted: Extracted, *answers: str, known: Taxonomy = KNOWN, structured: bool = False):
    model = teacher(*answers, structured=structured)
    return run_sync(settle_labels(extracted, known, model, HashedNgrams(), sample=3)), model


def test_a_label_that_means_a_known_one_becomes_another_name_of_it():
    meaning = Definition(label=NEW, definition="what arrives leaves")
    found, model = settled(Extracted((insight("a", labels=(NEW,)),), (meaning,)), str(BALANCE))
    assert found.extracted.insights[0].labels == (BALANCE,)
    assert found.extracted.definitions == ()
    [change] = found.changes
    after = change.definitions[BALANCE.key]
    assert after.aliases == (NEW,)
    assert (after.definition, after.tasks, after.is_given) == ("what comes in goes out", ("t0",), True)
    assert change.reason == f"{NEW} means the same as {BALANCE}"
    assert Taxonomy([*KNOWN.definitions.values(), after]).settled(NEW) == BALANCE
    assert model.fn.requests[0].sample == 3


def test_a_label_that_is_really_new_stays_with_its_meaning():
    extracted = Extracted((insight("a", labels=(OTHER,)),), (Definition(label=OTHER, definition="from when to when"),))
    found, _ = settled(extracted, "none")
    assert found.extracted == extracted
    assert found.changes == ()


def test_it_is_asked_once_for_each_new_label_and_never_for_a_known_one():
    one = insight("a", labels=(NEW, BALANCE))
    found, model = settled(Extracted((one, insight("b", labels=(NEW,)))), str(BALANCE))
    assert len(model.fn.requests) == 1
    assert [each.labels for each in found.extracted.insights] == [(BALANCE,), (BALANCE,)]


def test_two_new_names_of_one_label_come_in_one_change():
    again = Label.parse("Formulation > Constraints > Flow")
    found, _ = settled(Extracted((insight("a", labels=(NEW, again)),)), str(BALANCE))
    assert [change.definitions[BALANCE.key].aliases for change in found.changes] == [(NEW, again)]


def test_an_empty_dictionary_is_not_asked_about():
    found, model = settled(Extracted((insight("a", labels=(NEW,)),)), "none", known=Taxonomy())
    assert found.changes == ()
    assert model.fn.requests == []


@pytest.mark.parametrize(
    "reply",
    [
        str(BALANCE),
        f"- {BALANCE}: what comes in goes out",
        str(BALANCE).upper(),
        f"<think>Perhaps Logic.</think>\nIt is\n`{BALANCE}`",
    ],
)
def test_the_text_form_is_read_leniently(reply):
    model = teacher(reply)
    assert run_sync(alias_of(Definition(label=NEW), KNOWN, model, HashedNgrams())).label == BALANCE
    assert len(model.fn.requests) == 1


@pytest.mark.parametrize(("same", "label"), [(str(BALANCE), BALANCE), ("", None)])
def test_the_json_form_is_read(same, label):
    model = teacher(json.dumps({"same": same}), structured=True)
    found = run_sync(alias_of(Definition(label=NEW), KNOWN, model, HashedNgrams()))
    assert (found.label if found else None) == label


@pytest.mark.parametrize("reply", ["It is the same as the first.", "A > B > C", ""])
def test_a_reply_that_names_no_known_label_settles_nothing(reply):
    model = teacher(reply)
    assert run_sync(alias_of(Definition(label=NEW), KNOWN, model, HashedNgrams())) is None
    assert len(model.fn.requests) == 2


def test_labels_of_the_same_level_are_compared_first_then_those_near_in_words():
    goods = Definition(label=NEW, definition="goods come in and go out")
    assert [each.label.level2 for each in nearest(goods, KNOWN, HashedNgrams(), most=2)] == ["Balance", "Logic"]
    limits = Definition(label="Wording > Bounds > Upper", definition="upper limits")
    assert str(nearest(limits, KNOWN, HashedNgrams(), most=1)[0].label) == "Wording > Limits > At Most"
