"""The name of a request: what the cache and the cassettes find its reply by."""

import hashlib
import json

from steepest.agents.llm.chat import ChatRequest

__all__ = ["request_key"]


def request_key(request: ChatRequest, model: str = "") -> str:
    """SHA-256 of the canonical JSON of all that decides a reply, `sample` included."""
    content = {"model": model, "request": request.model_dump(mode="json")}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
