"""What a training set and a test set share."""

import re

import pytest

from steepest.errors import InputError
from steepest.evals.datasets.overlap import Match, overlap
from steepest.evals.problems import Problem
from tests.work import calls_in

BAKER = (
    "A baker has 40 kg of flour and 12 hours of oven time. A loaf takes 0.5 kg of flour and brings 3 dollars, a cake "
    "takes 0.8 kg of flour and brings 8 dollars, and at least 5 cakes were ordered. How many of each should be baked?"
)
FERRY = (
    "Two ferries cross a strait. The small one carries 20 cars a trip and burns 90 litres, the large one carries 55 "
    "cars and burns 200 litres. With 4000 litres of fuel, how should trips be planned so that most cars get across?"
)
FOREST = "Timber from three forests goes to four sawmills along roads that each take so many lorries a day and no more."


def problem(id: str, question: str, group: str | None = None) -> Problem:
    return Problem(id=id, question=question, answer=1, group=group)


def match(train: str, test: str, groups: tuple[str | None, str | None] = (None, None)) -> Match | None:
    report = overlap([problem("a", FOREST), problem("b", train, groups[0])], [problem("t", test, groups[1])])
    return report.matches[0] if report.matches else None


def test_a_problem_that_is_told_the_same_is_found_whatever_its_layout() -> None:
    found = match(BAKER, BAKER.upper().replace("40 kg", "40.0\n kg").replace(", and", "\\n and"))
    assert found is not None
    assert (found.kind, found.train, found.containment) == ("exact", "b", 1.0)


def test_a_reworded_problem_is_near() -> None:
    found = match(BAKER, BAKER.replace("How many of each should be baked?", "Find the best plan for the baker's day."))
    assert found is not None
    assert found.kind == "near"
    assert 0.5 < found.containment < 1


def test_a_story_with_other_numbers_is_a_template_and_not_contamination() -> None:
    numbers = iter(("65", "9", "0.7", "4", "1.1", "7", "6"))
    other = re.sub(r"[0-9.]*[0-9]", lambda _: next(numbers), BAKER)
    report = overlap([problem("b", BAKER)], [problem("t", other)], n=8, threshold=0.5)
    (found,) = report.matches
    assert (found.kind, found.masked) == ("template", 1.0)
    assert found.containment < 0.5
    assert report.contaminated == ()


def test_a_group_tells_what_words_do_not() -> None:
    found = match(BAKER, FERRY, ("bread", "bread"))
    assert found is not None
    assert (found.kind, found.same_group, found.containment) == ("group", True, 0.0)


def test_different_problems_share_nothing() -> None:
    assert match(BAKER, FERRY) is None
    assert match(BAKER, FERRY, ("bread", "boats")) is None


def test_short_texts_match_as_a_whole_only() -> None:
    assert match("Pack the bags.", "Pack the bags.") is not None
    assert match("Pack the bags.", "Pack the boxes.") is None
    assert match("...", "...!") is not None  # no words at all: equal, and equally empty


def test_one_shared_gram_is_enough_for_a_threshold_of_zero() -> None:
    sentence = "With 4000 litres of fuel, how should trips be planned so that most cars get across?"
    tests = [problem("t", f"{FOREST} {sentence}"), problem("u", FOREST.replace("four", "nine"))]
    report = overlap([problem("a", FERRY)], tests, n=13, threshold=0)
    assert report.contaminated == ("t",)


def test_the_report_counts_and_lists() -> None:
    tests = [problem("t", BAKER), problem("u", FERRY), problem("v", FOREST, "wood")]
    report = overlap([problem("a", BAKER), problem("b", "Wood?", "wood")], tests)
    assert report.contaminated == ("t", "v")
    assert report.share == pytest.approx(2 / 3)
    assert report.by_kind == {"exact": 1, "near": 0, "group": 1, "template": 0}
    text = str(report)
    assert text.startswith("2 of 3 test problems (66.7 %) are among the 2 training problems")
    assert "t  <-  a" in text


@pytest.mark.parametrize(("n", "threshold"), [(0, 0.5), (8, -0.1), (8, 1.1)])
def test_bad_settings_are_refused(n: int, threshold: float) -> None:
    with pytest.raises(InputError):
        overlap([problem("a", BAKER)], [problem("b", BAKER)], n, threshold)


def test_an_empty_set_is_refused() -> None:
    with pytest.raises(InputError, match="training set holds no problem"):
        overlap([], [problem("b", BAKER)])


def test_problems_of_one_template_take_no_quadratic_work() -> None:
    def work(count: int) -> int:
        many = [problem(f"p/{number}", BAKER.replace("40", str(100 + number))) for number in range(count)]
        assert len(overlap(many, many).contaminated) == count
        return calls_in(lambda: overlap(many, many))

    assert work(800) < 12 * work(100)
