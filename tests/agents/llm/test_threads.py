import pytest

from steepest.agents.llm.threads import choose_threads, free_cores
from steepest.errors import InputError


@pytest.mark.parametrize(
    ("cores", "load", "threads"), [(8, 0.0, 8), (8, 3.2, 5), (8, 20.0, 1), (1, 0.0, 1), (2, 0.4, 2), (2, 1.0, 1)]
)
def test_threads_are_what_others_leave_free(cores, load, threads):
    assert free_cores(cores, load) == threads


def test_the_setting_counts_and_the_argument_counts_more(monkeypatch):
    monkeypatch.setenv("STEEPEST_THREADS", "3")
    assert choose_threads() == 3
    assert choose_threads(5) == 5


@pytest.mark.parametrize("setting", ["many", "0", "-1", "1.5"])
def test_a_wrong_setting_is_told(monkeypatch, setting):
    monkeypatch.setenv("STEEPEST_THREADS", setting)
    with pytest.raises(InputError, match="thread"):
        choose_threads()


def test_without_a_setting_there_is_at_least_one():
    assert choose_threads() >= 1
