"""Every prompt that comes with steepest can be rendered, and its worked examples are right."""

import pytest

from steepest.prompts.loader import Prompt, VariableType, load_prompt, shipped_prompts

VALUES: dict[VariableType, object] = {"text": "some words", "integer": 3, "number": 2.5, "lines": ["a", "b"]}


def rendered_user(prompt: Prompt) -> str:
    return prompt.render(**{name: VALUES[kind] for name, kind in prompt.header.variables.items()}).user


@pytest.mark.parametrize("name", shipped_prompts())
def test_every_shipped_prompt_renders(name: str) -> None:
    prompt = load_prompt(name)
    user = rendered_user(prompt)

    assert user
    assert "{{" not in user
    assert all(str(VALUES[kind]) in user for kind in prompt.header.variables.values() if kind != "lines")


@pytest.mark.parametrize("name", shipped_prompts())
def test_a_prompt_says_its_output_form_in_its_name(name: str) -> None:
    assert name.endswith(f"_{load_prompt(name).header.output}")


@pytest.mark.parametrize("name", ["code_text", "direct_text", "formulate_text"])
def test_the_prompts_for_small_models_are_short(name: str) -> None:
    prompt = load_prompt(name)

    assert len(prompt.system) + sum(len(turn.content) for turn in prompt.turns) < 4000
