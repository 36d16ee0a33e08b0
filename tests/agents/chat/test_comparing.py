"""Versions side by side: what differs in their answers and in their formulations."""

import re

import pytest

from steepest.agents.chat.comparing import comparison, edited_lines
from steepest.solvers.formulation import Formulation
from tests.agents.chat.talks import TOLD, Baker, say, session


def test_a_comparison_has_decisions_limits_and_the_lines_that_differ(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    say(talk, TOLD, "flour = 20")
    found = comparison((1, 2), talk.conversation)
    assert found.edits == ("- flour = 40", "+ flour = 20")
    assert dict(found.binding) == {"cakes_sold": (True, False)}
    assert dict(found.decisions)["bake[cake]"] == (30, 25)


def test_each_of_several_versions_has_its_lines_under_its_name(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    say(talk, TOLD, "flour = 20", "/name poor", "/go 1", "drop cakes_sold", "/go 1", "flour = 50")
    found = comparison((1, 2, 3, 4), talk.conversation)
    assert found.edits == (
        "poor:",
        "- flour = 40",
        "+ flour = 20",
        "drop cakes_sold:",
        "- cakes_sold: bake[cake] <= most_cakes",
        "flour = 50:",
        "- flour = 40",
        "+ flour = 50",
    )


LABELS = [f"p{number}" for number in range(60)]
LARGE = f"""\
sets:
  P = {{{", ".join(LABELS)}}}
parameters:
  cost[P] = {{{", ".join(f"{label}: {number}" for number, label in enumerate(LABELS))}}}
variables:
  x[P]: real >= 0
minimize: sum(cost[p] * x[p] for p in P)
"""


def test_of_a_large_table_the_cells_that_differ_are_told_by_name():
    old = Formulation.from_text(LARGE)
    new = Formulation.from_text(LARGE.replace("p7: 7", "p7: 700000").replace(", p59: 59", ""))
    assert edited_lines(old, new) == ["- cost[p7] = 7", "+ cost[p7] = 700000", "- cost[p59] = 59"]
    assert edited_lines(old, old) == []


def test_of_many_differences_the_rest_is_counted():
    new = Formulation.from_text(re.sub(r": (\d)", r": 1\1", LARGE))
    assert edited_lines(Formulation.from_text(LARGE), new)[-1] == "and 80 more lines"


TABLE = """\
sets:
  P = {a, b}
  Q = {a, b}
parameters:
  e = 3   # [kg] "3 kg"
  d[P] = {a: 1} default 2   # [kg] "1 kg"
variables:
  x[P]: real >= 0
maximize: sum(x[p] for p in P)   # [$]
constraints:
  c[p in P]: x[p] <= d[p] + e   # what is there
"""


@pytest.mark.parametrize(
    ("old", "new", "edits"),
    [
        ("default 2", "default 5", ["- d[P] default 2", "+ d[P] default 5"]),
        (" default 2", "", ["- d[P] default 2", "+ d[P]"]),
        ("d[P]", "d[Q]", ["- d[P] default 2", "+ d[Q] default 2"]),
        (
            '[kg] "1 kg"',
            '[t] "1 kg"',
            ["- d[P] default 2   # [kg]", "+ d[P] default 2   # [t]"],
        ),
        ('[kg] "3 kg"', '[t] "3 kg"', ["- e = 3   # [kg]", "+ e = 3   # [t]"]),
        ("# [$]", "", ["- maximize: sum(x[p] for p in P)   # [$]", "+ maximize: sum(x[p] for p in P)"]),
        ('"3 kg"', '"three kg"', []),
        ("what is there", "what there is", []),
    ],
)
def test_the_index_the_default_and_the_unit_of_a_table_are_told_where_they_differ(old, new, edits):
    assert edited_lines(Formulation.from_text(TABLE), Formulation.from_text(TABLE.replace(old, new))) == edits
