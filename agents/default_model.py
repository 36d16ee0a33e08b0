"""Which model is asked when nobody names one."""

import os
from collections.abc import Mapping

__all__ = ["default_model"]

LOCAL_MODEL = "local"
PROVIDERS = ("anthropic", "openai")
"""Whose model is asked when none is named: the first of these that is set up."""


def default_model(environment: Mapping[str, str] | None = None) -> str:
    """STEEPEST_MODEL, or the model of the first provider that is set up, or the local one.

    Args:
        environment: Its variables; `os.environ` unless given.
    """
    variables = os.environ if environment is None else environment
    named = variables.get("STEEPEST_MODEL", "").strip()
    if named:
        return named
    for provider in PROVIDERS:
        prefix = provider.upper()
        if variables.get(f"{prefix}_API_KEY") or variables.get(f"{prefix}_BASE_URL"):
            from steepest.agents.llm.probe import DEFAULT_MODELS  # the clients: not before they are needed

            return f"{provider}:{DEFAULT_MODELS[provider]}"
    return LOCAL_MODEL
