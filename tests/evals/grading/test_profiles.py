from pathlib import Path

import pytest

from steepest.errors import InputError
from steepest.evals.grading.profiles import PROFILES, profiles_named


@pytest.mark.parametrize(
    ("profile", "found", "expected", "right"),
    [
        ("optibench", 100.00009, 100, True),
        ("optibench", 100.0002, 100, False),
        ("alphaopt", 100.1 - 1e-12, 100, True),
        ("alphaopt", 100.11, 100, False),
        ("orlm", 104.9, 100, True),
        ("orlm", 105.4, 100, True),  # rounds to 105
        ("orlm", 105.6, 100, False),
        ("orlm", 0.4, 0.3, True),  # both round to 0
        ("orlm", 0.6, 0.3, False),
        ("orlm", -95.0, -100, True),
        ("optmath", 1e6 + 0.9, 1e6, True),
        ("optmath", 1e6 + 1.1, 1e6, False),
        ("sirl", 9e-7, 0, True),
        ("sirl", 2e-6, 0, False),
        ("nemo", 1e6 + 0.9, 1e6, True),
        ("nemo", 5e-9, 0, False),
        ("orthought", 7.0099, 7, True),
        ("orthought", 7.0101, 7, False),
        ("ir2solve", 0.0001, 0, True),
        ("ir2solve", 1e6 + 1.0, 1e6, True),
        ("ir2solve", 1e6 + 1.1, 1e6, False),
        ("text2opt", 10_001.0, 10_000, True),
        ("text2opt", 10_001.1, 10_000, False),
    ],
)
def test_each_profile_draws_its_line_where_its_source_does(
    profile: str, found: float, expected: float, right: bool
) -> None:
    assert PROFILES[profile].close(found, expected, None) is right


def test_every_profile_says_its_formula_and_source() -> None:
    assert all(profile.formula and profile.source for profile in PROFILES.values())
    assert all(name == profile.name for name, profile in PROFILES.items())


def test_the_documentation_has_every_profile() -> None:
    page = (Path(__file__).parents[3] / "docs" / "grading.md").read_text(encoding="utf-8")
    for profile in PROFILES.values():
        assert f"| `{profile.name}` | {profile.formula.replace('|', chr(92) + '|')} |" in page
        assert profile.source in page


def test_strict_comes_first_and_each_once() -> None:
    assert [each.name for each in profiles_named(["orlm", "strict", "orlm"])] == ["strict", "orlm"]


def test_an_unknown_profile_names_the_nearest_and_lists_all() -> None:
    with pytest.raises(InputError, match=r"no grading profile 'optybench' \(did you mean 'optibench'\?\)") as error:
        profiles_named(["optybench"])
    assert all(name in str(error.value) for name in PROFILES)
