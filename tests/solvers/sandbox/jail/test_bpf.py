import pytest

from steepest.solvers.sandbox.jail.bpf import Branch, Comparison, Jump, Label, Load, Return, Step, assemble, encode
from tests.solvers.sandbox.jail.interpreter import verdict


def test_a_program_follows_its_labels():
    steps: list[Step] = [
        Load(0),
        Branch(Comparison.EQUAL, 7, "seven", None),
        Branch(Comparison.AT_LEAST, 100, None, "small"),
        Return(3),
        Label("small"),
        Jump("end"),
        Label("seven"),
        Return(1),
        Label("end"),
        Return(2),
    ]
    program = assemble(steps)
    assert [verdict(program, 0, number) for number in (7, 8, 99, 100, 1000)] == [1, 2, 2, 3, 3]


def test_an_instruction_has_the_kernels_eight_bytes():
    assert encode(assemble([Return(0x7FFF0000)])).hex() == "060000000000ff7f"


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ([Jump("nowhere")], "no label 'nowhere'"),
        ([Label("a"), Label("a"), Return(0)], "'a' stands twice"),
        ([Label("a"), Jump("a")], "before the jump"),
        (
            [Branch(Comparison.EQUAL, 0, "far", None), *[Return(0)] * 256, Label("far"), Return(0)],
            "over 255 instructions",
        ),
    ],
)
def test_a_jump_that_cannot_be_made_is_refused(steps: list[Step], complaint: str):
    with pytest.raises(ValueError, match=complaint):
        assemble(steps)


def test_a_plain_jump_goes_as_far_as_it_likes():
    program = assemble([Jump("far"), *[Return(0)] * 1000, Label("far"), Return(5)])
    assert verdict(program, 0, 0) == 5
