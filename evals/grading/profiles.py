"""The ways to grade that publications use, each by its name, so that a figure can be set beside theirs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from steepest.errors import InputError
from steepest.evals.grading.tolerances import strictly_close

__all__ = ["PROFILES", "Close", "Profile", "profiles_named"]

Close = Callable[[float, float, str | None], bool]
"""(found, expected, the expected value as its file writes it) -> whether it is the same."""


@dataclass(frozen=True)
class Profile:
    """A rule that says whether an answer is right."""

    name: str
    formula: str
    """When a number is right: y is the label, x the answer."""
    source: str
    close: Close
    asks: Literal["objective", "queries", "both"] = "objective"
    """`queries`: every value that the label names, or the objective where it names none."""
    alternative_optima: bool = False
    """Whether the label's values are right too when they are another optimum of the candidate's own model."""
    any_candidate: bool = False
    """Whether one right answer among the candidates of a vote is enough."""
    either_verdict: bool = False
    """Whether `infeasible` and `unbounded` are one verdict ("no best solution")."""


def _within(absolute: float, relative: float = 0.0) -> Close:
    return lambda found, expected, written: abs(found - expected) <= absolute + relative * abs(expected)


def _below(absolute: float) -> Close:
    return lambda found, expected, written: abs(found - expected) < absolute


def _shifted(limit: float) -> Close:
    return lambda found, expected, written: abs(found - expected) / (abs(expected) + 1) < limit


def _either(relative: float, absolute: float) -> Close:
    return lambda found, expected, written: (
        abs(found - expected) <= max(relative * max(abs(found), abs(expected)), absolute)
    )


def _rounded(relative: float) -> Close:
    def close(found: float, expected: float, written: str | None) -> bool:
        x, y = round(found), round(expected)
        return abs(x) <= relative if y == 0 else abs(x - y) <= relative * abs(y)

    return close


_TABLE: Sequence[Profile] = (
    Profile(
        "strict",
        "|x - y| <= max(1e-4 |y|, 1e-6, half a unit of the last printed decimal of y)",
        "this project (docs/grading.md)",
        strictly_close,
        alternative_optima=True,
    ),
    Profile(
        "strict-queries",
        "strict for the objective and for every value that the label names, or the label's values are another optimum",
        "this project (docs/grading.md)",
        strictly_close,
        asks="both",
        alternative_optima=True,
    ),
    Profile(
        "optibench",
        "|x - y| < 1e-4 for every value that the label names",
        "ReSocratic, gpt_baseline.py (arXiv 2407.09887); there a model reads the values out, here words map them",
        _below(1e-4),
        asks="queries",
    ),
    Profile("optibench-objective", "|x - y| < 1e-4", "the former on the objective alone", _below(1e-4)),
    Profile(
        "alphaopt",
        "|x - y| <= 0.1",
        "AlphaOPT, src/train_eval_utils.py with tolerance 0.1 of train_params.yaml (arXiv 2510.18428)",
        _within(0.1),
    ),
    Profile(
        "orlm",
        "|round(x) - round(y)| <= 0.05 |round(y)|, and |round(x)| <= 0.05 where round(y) = 0",
        "ORLM, eval/execute.py (arXiv 2405.17743); infeasible and unbounded are one verdict",
        _rounded(0.05),
        either_verdict=True,
    ),
    Profile(
        "orlm-any",
        "orlm for any of the candidates",
        "ORLM's pass@k (arXiv 2405.17743), for methods that draw several candidates",
        _rounded(0.05),
        any_candidate=True,
        either_verdict=True,
    ),
    Profile("optmath", "|x - y| / (|y| + 1) < 1e-6", "OptMATH, the paper (arXiv 2502.11102)", _shifted(1e-6)),
    Profile(
        "optmath-code",
        "|round(x) - round(y)| <= 0.05 |round(y)|, and |round(x)| <= 0.05 where round(y) = 0",
        "OptMATH, the evaluation code (numerical_tolerance 0.05), without its changes of a model that fails",
        _rounded(0.05),
        either_verdict=True,
    ),
    Profile("sirl", "|x - y| / (|y| + 1) < 1e-6", "SIRL (arXiv 2505.11792)", _shifted(1e-6)),
    Profile("nemo", "|x - y| <= max(1e-6 max(|x|, |y|), 1e-9)", "NEMO, agreement of candidates", _either(1e-6, 1e-9)),
    Profile("orthought", "|x - y| < 0.01", "ORThought, analyze.py", _below(0.01)),
    Profile(
        "ir2solve",
        "|x - y| <= 1e-4 + 1e-6 max(1, |y|)",
        "IR2Solve, run_industryor_benchmark.py",
        lambda found, expected, written: abs(found - expected) <= 1e-4 + 1e-6 * max(1.0, abs(expected)),
    ),
    Profile("text2opt", "|x - y| <= 1e-4 |y|", "Text2Opt", _within(0.0, 1e-4)),
)

PROFILES: dict[str, Profile] = {profile.name: profile for profile in _TABLE}
"""All profiles by name."""


def profiles_named(names: Iterable[str]) -> tuple[Profile, ...]:
    """The profiles of these names, `strict` always first and each once.

    Raises:
        InputError: A name is unknown; lists the known ones.
    """
    wanted = dict.fromkeys(["strict", *names])
    for name in wanted:
        if name not in PROFILES:
            near = get_close_matches(name, PROFILES, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise InputError(f"there is no grading profile {name!r}{hint}; known are {', '.join(PROFILES)}")
    return tuple(PROFILES[name] for name in wanted)
