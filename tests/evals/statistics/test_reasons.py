from steepest.evals.statistics import summarize
from steepest.evals.statistics.reasons import Reason
from tests.evals.runs_for_tests import RememberedRun, problem, sample


def reasons_of(*made: tuple[str, str]) -> tuple[Reason, ...]:
    asked = [problem(f"kiosks/{number}") for number in range(len(made))]
    samples = [sample(f"kiosks/{at}", verdict, message=why) for at, (verdict, why) in enumerate(made)]  # type: ignore[arg-type]
    run = RememberedRun(asked, samples)
    return summarize(run.problems(), run.samples()).reasons


def test_the_most_frequent_message_comes_first_with_its_count() -> None:
    found = reasons_of(
        ("compile_error", "unknown name x"),
        ("infrastructure_error", "the key is wrong"),
        ("infrastructure_error", "the key is wrong"),
    )
    assert [(each.verdict, each.message, each.count) for each in found] == [
        ("infrastructure_error", "the key is wrong", 2),
        ("compile_error", "unknown name x", 1),
    ]


def test_messages_that_differ_in_numbers_alone_count_as_one() -> None:
    found = reasons_of(*(("compile_error", f"line {number}: unknown name") for number in (3, 14, 15)))
    assert [(each.message, each.count) for each in found] == [("line 3: unknown name", 3)]


def test_answers_give_no_reasons() -> None:
    assert reasons_of(("correct", "fine"), ("wrong_value", "vote 3 of 5"), ("llm_error", "")) == ()


def test_a_long_message_is_one_line_of_a_bounded_length() -> None:
    (found,) = reasons_of(("llm_error", "a\nb " + "c" * 1000))
    assert found.message.startswith("a b c")
    assert len(found.message) == 300
