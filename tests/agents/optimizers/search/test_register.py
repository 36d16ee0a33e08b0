"""Which proposals become candidates."""

from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.protocols import Proposal
from steepest.agents.optimizers.search.register import Register
from steepest.agents.optimizers.search.values import Component, Rejection

CODE = "import math\n# EVOLVE-BLOCK-START\nx = 1\n# EVOLVE-BLOCK-END\ny = 2"


def register():
    made = Register({"rule": Component("rule", "code"), "prompt": Component("prompt", "text")})
    return made, made.seed({"rule": CODE, "prompt": CODE})


def test_no_proposer_may_change_code_outside_of_its_evolve_blocks():
    made, seed = register()
    for changed in (CODE.replace("y = 2", "y = 3"), CODE.replace("import math", "import os"), "x = 5"):
        refused = made.child(seed, Proposal({"rule": changed}, origin="merge"), step=1)
        assert isinstance(refused, Rejection)
        assert refused.component == "rule"
        assert "EVOLVE-BLOCK" in refused.reason


def test_inside_of_the_blocks_and_where_there_are_none_everything_may_change():
    made, seed = register()
    child = made.child(seed, Proposal({"rule": CODE.replace("x = 1", "x = 2"), "prompt": "anything"}), step=1)
    assert isinstance(child, Candidate)
    assert child.changed == ("rule", "prompt")


def test_values_that_were_there_before_are_no_new_candidate():
    made, seed = register()
    first = made.child(seed, Proposal({"prompt": "a"}), step=1)
    assert isinstance(first, Candidate)
    again = made.child(seed, Proposal({"prompt": "a"}), step=2)
    assert isinstance(again, Rejection)
    assert again.reason == "it is candidate 1 again"
