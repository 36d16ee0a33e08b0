import json
from decimal import Decimal

import pytest

from steepest.agents.llm import ProviderStatus
from steepest.cli import main


@pytest.fixture(autouse=True)
def _three_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    providers = [
        ProviderStatus(
            provider="local",
            model="local",
            configured_by=("steepest[local]",),
            state="answers",
            detail="model.gguf (1.1 GB)",
            input_price=Decimal(0),
            output_price=Decimal(0),
        ),
        ProviderStatus(
            provider="openai",
            model="openai:gpt-5.4-mini",
            configured_by=("OPENAI_API_KEY",),
            state="key refused",
            detail="correct OPENAI_API_KEY.",
            input_price=Decimal("0.75"),
            output_price=Decimal("4.5"),
        ),
        ProviderStatus(
            provider="anthropic",
            model="anthropic:claude-haiku-4-5",
            configured_by=(),
            state="not configured",
            detail="Set ANTHROPIC_API_KEY.",
        ),
    ]
    monkeypatch.setattr("steepest.agents.llm.list_providers", lambda: providers)


def test_the_table_says_what_answers_and_what_it_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [" ".join(line.split()) for line in lines[:4]] == [
        "provider model state configured by price [$]",
        "local local answers steepest[local] free model.gguf (1.1 GB)",
        "openai openai:gpt-5.4-mini key refused OPENAI_API_KEY 0.75 / 4.5 correct OPENAI_API_KEY.",
        "anthropic anthropic:claude-haiku-4-5 not configured - unknown Set ANTHROPIC_API_KEY.",
    ]
    assert "--model unless another is named: local" in "\n".join(lines)
    assert "Forms of a model's name:" in lines


def test_the_document_holds_the_same(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEEPEST_MODEL", "recorded:cassette.json")

    assert main(["models", "--format", "json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["default"] == "recorded:cassette.json"
    assert [model["state"] for model in document["models"]] == ["answers", "key refused", "not configured"]
    assert document["models"][1]["input_price"] == "0.75"
