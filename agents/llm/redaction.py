"""Keep secrets out of everything that is shown or stored: errors, transcripts, cassettes, the cache."""

import os
import re
from collections.abc import Iterable
from typing import Any

__all__ = ["environment_secrets", "redact", "redact_json"]

MASK = "[redacted]"

SECRET_VARIABLE = re.compile(r"(?:KEY|TOKEN|SECRET|PASS|PASSWORD|CREDENTIALS)$", re.IGNORECASE)
SHORTEST_SECRET = 8  # a shorter value of the environment is more likely a word of the text than a key
SHORTEST_KEY = 4  # what is known to be a key is masked, unless it is so short that it would mask half the text

PATTERNS = (
    (re.compile(r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}"), MASK),
    (re.compile(r"\bhf_[A-Za-z0-9]{16,}"), MASK),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"(?i)\b(x-api-key|api[-_]key)(\"?\s*[:=]\s*\"?)[^\s\"',;&]{8,}"), rf"\1\2{MASK}"),
    (
        re.compile(
            r"(?i)(?<![\w-])(--[a-z0-9_-]{0,40}(?:key|token|secret|passw|credential)(?!s)[a-z0-9_-]{0,40}(?:=|\s+))"
            r"(\"[^\"]*\"|'[^']*'|[^\s\"']+)"
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"\b([A-Z][A-Z0-9_]{0,40}(?:KEY|TOKEN|SECRET|PASSWORD)=)[^\s\"',;&]{8,}"), rf"\1{MASK}"),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,40}://[^\s/:@]*):[^\s/@]+@"), rf"\1:{MASK}@"),
    (re.compile(r"(?i)([?&][\w.-]{0,40}(?:key|token|secret|passw|auth|sig)[\w.-]{0,40}=)[^&\s#\"'<>]+"), rf"\1{MASK}"),
)


def environment_secrets() -> tuple[str, ...]:
    """Values of the environment variables whose names say that they hold a key, a token or a password."""
    return tuple(
        value for name, value in os.environ.items() if SECRET_VARIABLE.search(name) and len(value) >= SHORTEST_SECRET
    )


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Mask `secrets`, the keys in the environment, and whatever looks like a key or a URL's password."""
    return _masked(text, _known(secrets))


def redact_json(value: Any, secrets: Iterable[str] = ()) -> Any:
    """`value` (as `json.loads` gives it) with every text in it redacted; keys of objects too."""
    return _masked_json(value, _known(secrets))


def _known(secrets: Iterable[str]) -> list[str]:
    """All secrets, the longest first. To look for them takes longer than to mask a text: once for a whole value."""
    known = {secret for secret in secrets if len(secret) >= SHORTEST_KEY} | set(environment_secrets())
    return sorted(known, key=len, reverse=True)


def _masked(text: str, known: list[str]) -> str:
    for secret in known:
        text = text.replace(secret, MASK)
    for pattern, mask in PATTERNS:
        text = pattern.sub(mask, text)
    return text


def _masked_json(value: Any, known: list[str]) -> Any:
    if isinstance(value, str):
        return _masked(value, known)
    if isinstance(value, list | tuple):
        return [_masked_json(item, known) for item in value]
    if isinstance(value, dict):
        return {_masked(str(key), known): _masked_json(item, known) for key, item in value.items()}
    return value
