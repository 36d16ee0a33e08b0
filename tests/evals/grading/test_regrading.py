import pytest

from steepest.errors import InputError
from steepest.evals.grading import regraded
from steepest.evals.runs import Run
from tests.evals.runs_for_tests import RememberedRun, problem, sample


def run_of(**attempt: object) -> RememberedRun:
    return RememberedRun([problem("kiosks/1")], [sample("kiosks/1", "wrong_value", **attempt)])


def test_a_kept_attempt_is_graded_by_a_further_profile() -> None:
    run = regraded(run_of(objective=12.55), ["alphaopt"])
    assert run.specification().profiles == ("strict", "orlm", "alphaopt")
    for _ in range(2):
        (made,) = run.samples()
        assert [(each.profile, each.correct) for each in made.grades] == [
            ("strict", False),
            ("orlm", False),
            ("alphaopt", True),
        ]


def test_grades_that_are_there_stay_as_they_were() -> None:
    """The kept grade says wrong where its profile would say right today: what was recorded is what is told."""
    (made,) = regraded(run_of(objective=12.5), ["orlm", "nemo"]).samples()
    assert made.verdict == "wrong_value"
    assert [each.correct for each in made.grades] == [False, False, True]


def test_a_run_that_has_the_grades_is_given_back() -> None:
    run = run_of()
    assert regraded(run, ["strict", "orlm"]) is run


def test_a_failure_of_the_infrastructure_stays_one() -> None:
    failed = RememberedRun([problem("kiosks/1")], [sample("kiosks/1", "infrastructure_error", objective=None)])
    (made,) = regraded(failed, ["nemo"]).samples()
    assert made.verdict == "infrastructure_error"
    assert not made.correct_by("nemo")


def test_an_unknown_profile_is_refused_at_once() -> None:
    with pytest.raises(InputError, match="did you mean 'nemo'"):
        regraded(run_of(), ["nemmo"])


def test_an_attempt_without_its_answer_is_not_called_wrong() -> None:
    """Another program's log may hold a score and no number."""
    with pytest.raises(InputError, match="keeps no answer of 'kiosks/1', so it can't be graded by nemo"):
        list(regraded(run_of(objective=None), ["nemo"]).samples())


def test_runs_are_compared_by_a_profile_that_neither_was_graded_by() -> None:
    first, second = (Run(run_of(objective=objective)) for objective in (13.5, 12.55))
    found = first.compare(second, profile="alphaopt")
    assert (found.profile, found.overall.difference) == ("alphaopt", 1.0)
    assert [each.profile for each in second.graded_by("alphaopt").summary.overall.profiles][-1] == "alphaopt"
