from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.attempts import Attempt, NamedValue
from steepest.evals.grading.queries import map_queries, stated_objective


def answer(values: Mapping[str, float], objective: float | None = 99.0, **notes: str) -> Attempt:
    named = tuple(NamedValue(name=name, value=value, note=notes.get(name)) for name, value in values.items())
    return Attempt(outcome="answered", objective=objective, values=named)


def names(queries: list[str], attempt: Attempt, question: str = "") -> list[str | None]:
    return [match and match.name for match in map_queries(queries, attempt, question)]


def test_labels_of_the_index_are_found_in_the_query() -> None:
    queries = ["Number of senior tutors", "Number of junior tutors", "Minimum total wages"]
    assert names(queries, answer({"hire[junior]": 4, "hire[senior]": 2})) == [
        "hire[senior]",
        "hire[junior]",
        "objective",
    ]


def test_camel_case_queries_read_like_words() -> None:
    queries = ["LargeKayakTrips", "SmallKayakTrips"]
    assert names(queries, answer({"trips_small": 4, "trips_large": 2})) == ["trips_large", "trips_small"]


def test_what_the_formulation_notes_of_a_variable_counts() -> None:
    attempt = answer({"x": 4, "y": 2}, x="crates of plums", y="crates of pears")
    assert names(["Crates of pears", "Crates of plums", "Total profit"], attempt) == ["y", "x", "objective"]


def test_single_letters_stand_for_the_words_that_they_begin() -> None:
    queries = ["The radius of the tank", "The height of the tank", "The least cost"]
    assert names(queries, answer({"h": 3.0, "r": 1.5})) == ["r", "h", "objective"]


def test_numbers_are_exact() -> None:
    queries = ["Workers on line 1", "Workers on line 2", "Workers on line 12", "Shortest time"]
    attempt = answer({"workers[12]": 3, "workers[2]": 2, "workers[1]": 1})
    assert names(queries, attempt) == ["workers[1]", "workers[2]", "workers[12]", "objective"]


def test_numbers_belong_to_the_word_before_them() -> None:
    queries = ["Litres of crude 1 in fuel 2", "Litres of crude 2 in fuel 1"]
    attempt = answer({"blend[crude2, fuel1]": 5, "blend[crude1, fuel2]": 7})
    assert names(queries, attempt) == ["blend[crude1, fuel2]", "blend[crude2, fuel1]"]


def test_a_number_at_its_best_for_a_purpose_is_no_objective() -> None:
    queries = ["The ticket price to maximize revenue", "The maximum revenue"]
    assert names(queries, answer({"price": 12.5})) == ["price", "objective"]


def test_the_goal_of_the_text_tells_the_objective_without_words_of_profit() -> None:
    queries = ["Lorries", "Vans", "Distance driven"]
    question = "Minimize the distance driven by lorries and vans."
    assert names(queries, answer({"lorry": 3, "van": 4}), question) == ["lorry", "van", "objective"]


def test_what_nothing_speaks_of_is_left_unmatched() -> None:
    assert names(["Chairs", "Tables", "Total profit"], answer({"x": 10, "y": 20})) == [None, None, "objective"]


def test_no_value_serves_two_queries() -> None:
    assert names(["Small tents", "Small tents sold", "Profit"], answer({"small_tents": 1})).count("small_tents") == 1


def test_without_an_objective_none_is_matched() -> None:
    assert names(["Total profit"], answer({"x": 1}, objective=None)) == [None]
    assert names([], answer({})) == []


def test_equal_words_keep_the_order() -> None:
    assert names(["First bin", "Second bin"], answer({"bin[a]": 1, "bin[b]": 2}, objective=None)) == [
        "bin[a]",
        "bin[b]",
    ]


def test_the_one_value_that_speaks_of_an_objective_is_the_stated_one() -> None:
    values = [NamedValue(name="Vans", value=3), NamedValue(name="Total cost", value=50)]
    assert stated_objective(values) == 50
    assert stated_objective([NamedValue(name="Cost", value=1), NamedValue(name="Profit", value=2)]) is None
    assert stated_objective([NamedValue(name="Vans", value=3)]) is None


_WORDS = st.lists(st.sampled_from(["red", "blue", "box", "1", "2", "total", "profit", "crate"]), min_size=1, max_size=4)


@given(
    st.lists(_WORDS.map(" ".join), max_size=5, unique=True),
    st.lists(_WORDS.map("_".join), max_size=5, unique=True),
    st.permutations(range(5)),
)
def test_the_values_themselves_take_no_part(queries: list[str], variables: list[str], numbers: list[int]) -> None:
    before = names(queries, answer({name: 1.0 for name in variables}))
    after = names(queries, answer({name: float(numbers[at]) for at, name in enumerate(variables)}, objective=-3.0))
    assert before == after
    matched = [name for name in before if name is not None]
    assert len(set(matched)) == len(matched)
