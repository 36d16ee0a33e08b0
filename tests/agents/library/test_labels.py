import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steepest.agents.library.labels import Definition, Label, Taxonomy
from steepest.errors import InputError
from tests.agents.library.insights import BOUNDS, FLOW, insight

WORDS = st.text(alphabet="ab C-&", min_size=1, max_size=8).filter(str.strip)


@given(WORDS, WORDS, WORDS)
def test_a_label_is_read_as_it_is_written(track, level1, level2):
    label = Label.parse(f"{track}>{level1} >  {level2}")
    assert Label.parse(str(label)) == label
    assert label.key == Label.parse(str(label).upper()).key


@pytest.mark.parametrize("text", ["", "a", "a > b", "a > b > c > d", "a > > c", " > b > c"])
def test_what_has_not_three_parts_is_no_label(text):
    with pytest.raises(InputError, match="is no label: write it as 'track > level 1 > level 2'"):
        Label.parse(text)


def test_an_insight_has_labels_each_once_in_any_spelling():
    labels = (FLOW, BOUNDS, Label(*(part.upper() for part in FLOW)))
    assert len(insight("a", labels=labels).labels) == 2
    with pytest.raises(ValidationError):
        insight("a", labels=())
    with pytest.raises(ValidationError, match="a label is a text such as"):
        Definition.model_validate({"label": 3})


def test_a_label_is_found_by_its_other_names_and_settles_on_the_dictionarys_spelling():
    taxonomy = Taxonomy([Definition(label=FLOW, aliases=(BOUNDS,))])
    assert taxonomy.settled(Label.parse(str(BOUNDS).lower())) == FLOW
    assert taxonomy.settled(Label.parse(str(FLOW).upper())) == FLOW
    assert taxonomy.find(BOUNDS) is taxonomy.find(FLOW)


def test_a_label_that_is_not_known_stays_as_it_is():
    other = Label("x", "y", "z")
    assert Taxonomy().settled(other) is other
    assert Taxonomy().find(other) is None


@pytest.mark.parametrize(
    ("tasks", "is_given", "is_offered"),
    [((), False, False), (("t",), False, False), (("t", "u"), False, True), ((), True, True)],
)
def test_a_label_is_offered_at_two_tasks_or_when_people_gave_it(tasks, is_given, is_offered):
    definition = Definition(label=FLOW, tasks=tasks, is_given=is_given)
    assert definition.is_offered is is_offered
    assert bool(Taxonomy([definition]).offered) is is_offered


def test_of_two_definitions_of_one_label_the_later_stands():
    taxonomy = Taxonomy([Definition(label=FLOW, definition="one"), Definition(label=FLOW, definition="other")])
    assert len(taxonomy) == 1
    assert taxonomy.find(FLOW).definition == "other"
