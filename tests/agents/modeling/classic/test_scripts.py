"""The script of a reply is found without being parsed."""

import pytest

from steepest.agents.modeling.classic.scripts import script_in

SCRIPT = "import pyomo.environ as pyo\nmodel = pyo.ConcreteModel()\n"


@pytest.mark.parametrize(
    "reply",
    [
        f"```python\n{SCRIPT}```",
        f"Sure!\n\n```python\n{SCRIPT}\n```\nThis maximizes the profit.",
        f"```py\n{SCRIPT}",
        f"```\n{SCRIPT}```",
        SCRIPT,
        f"\n{SCRIPT}\n\n",
        f"First a try:\n```python\nimport pyomo\nx = 1\n```\nBetter:\n```python\n{SCRIPT}```",
        f"```python\n{SCRIPT}```\nRun it with:\n```sh\npython model.py\n```",
        f"  ```python\n{SCRIPT}  ```",
    ],
)
def test_the_script_is_found(reply: str) -> None:
    assert script_in(reply) == SCRIPT


@pytest.mark.parametrize("reply", ["", "Bake 30 cakes.", "```\nx + y <= 3\n```", "REALLY: it is infeasible"])
def test_prose_holds_no_script(reply: str) -> None:
    assert script_in(reply) is None


def test_windows_line_ends_are_read() -> None:
    assert script_in("```python\r\nimport pyomo\r\nx = 1\r\n```\r\n") == "import pyomo\nx = 1\n"
