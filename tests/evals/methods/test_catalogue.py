"""A method's name is read part by part, and what is wrong with it is told."""

import pytest

from steepest.errors import InputError
from steepest.evals.methods import METHODS, Method, method_settings, open_method
from steepest.evals.methods.code import PyomoCode
from steepest.evals.methods.five import FiveElements
from steepest.evals.methods.voting import MajorityVote

PLAIN = [name for name in METHODS if ":" not in name]


@pytest.mark.parametrize("name", PLAIN)
def test_every_listed_method_opens_under_its_name(name: str) -> None:
    method = open_method(name, library="lib.db" if "library" in name else None)

    assert isinstance(method, Method)
    assert method.name == name
    assert method.prompts


def test_the_order_of_added_parts_does_not_matter() -> None:
    assert open_method("five+vote+repair").name == open_method(" Five+Repair+Vote ").name == "five+repair+vote"


def test_voting_goes_with_every_base() -> None:
    method = open_method("code+repair+vote", {"votes": 3, "repairs": 2})

    assert isinstance(method, MajorityVote)
    assert isinstance(method.voter, PyomoCode)
    assert (method.voting.votes, method.voter.repairs, method.voter.name) == (3, 2, "code+repair")


def test_repairs_are_three_unless_set() -> None:
    three, one = open_method("five+repair"), open_method("five+repair", {"repairs": 1})
    none = open_method("five")

    assert isinstance(three, FiveElements)
    assert isinstance(one, FiveElements)
    assert isinstance(none, FiveElements)
    assert (three.repairs, one.repairs, none.repairs) == (3, 1, 0)


def test_prompts_are_named_with_version_and_hash() -> None:
    prompts = open_method("code+repair").prompts

    assert [prompt.partition("@")[0] for prompt in prompts] == ["code_text", "code_repair_text", "code_examine_text"]
    assert all(len(prompt.rpartition(":")[2]) == 12 for prompt in prompts)


def test_recorded_settings_hold_the_defaults_and_open_the_same_method() -> None:
    recorded = method_settings("five+repair+vote", {"votes": 7})

    assert recorded == {
        "temperature": None,
        "repairs": 3,
        "votes": 7,
        "vote_tolerance": 1e-4,
        "stops_early": False,
    }
    assert open_method("five+repair+vote", recorded) == open_method("five+repair+vote", {"votes": 7})


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fife+repair", r"did you mean 'five\+repair'\?"),
        ("cod", r"did you mean 'code'\?"),
        ("five+repairs", r"did you mean 'five\+repair'\?"),
        ("magic", "There are:\n  direct"),
        ("", "There is no method ''"),
        ("repair+five", "one of direct, code, five and llmopt"),
        ("five+code", "one of direct, code, five and llmopt"),
        ("five+repair+repair", "each once"),
        ("direct+repair", r"\+repair goes with code, five"),
        ("five+library", r"asks an experience library: give one \(--library FILE\)"),
        ("code+library", r"\+library goes with five"),
    ],
)
def test_a_name_that_is_none_is_told_with_what_was_meant(name: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        open_method(name)


@pytest.mark.parametrize(
    ("name", "settings", "told"),
    [
        ("five+repair", {"repair": 2}, r"did you mean 'repairs'\?"),
        ("five", {"repairs": 2}, "five has no setting 'repairs'; it has temperature"),
        ("five+repair", {"repairs": 0}, r"repairs=0 of five\+repair"),
        ("five+vote", {"votes": 1}, "votes=1"),
        ("code", {"temperature": "hot"}, "temperature='hot'"),
        ("agent:json:loads", {"seconds": -1}, "seconds=-1"),
    ],
)
def test_a_setting_that_is_none_is_told(name: str, settings: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        open_method(name, settings)
