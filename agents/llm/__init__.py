"""Chat models: one small protocol, `ChatModel`, and everything that makes calling a language model dependable.

`open_model` gives a model by name. Around any model, policies stack: retries, a concurrency limit, a budget, a
cache, a transcript. Whoever needs a language model takes a `ChatModel` and calls `complete`; nobody outside this
package knows a provider. Providers' libraries are imported when a model is first asked.
"""

from steepest.agents.llm.budget import Budget, Budgeted, largest_usage
from steepest.agents.llm.cache import Cached, ReplyCache
from steepest.agents.llm.cassettes import Cassette, RecordedModel, Recording
from steepest.agents.llm.chat import (
    ChatMessage,
    ChatModel,
    ChatReply,
    ChatRequest,
    Effort,
    StopReason,
    Usage,
    complete_sync,
    run_sync,
)
from steepest.agents.llm.errors import (
    BudgetExceeded,
    CassetteMiss,
    ContextOverflow,
    InvalidReply,
    LLMError,
    ModelFileError,
    PriceUnknown,
    ProviderError,
)
from steepest.agents.llm.function import FunctionModel
from steepest.agents.llm.limits import AdaptiveLimit
from steepest.agents.llm.local import LocalModel
from steepest.agents.llm.policies import with_policies
from steepest.agents.llm.probe import ProviderStatus, list_providers
from steepest.agents.llm.redaction import redact, redact_json
from steepest.agents.llm.replies import finished_text, parse_reply
from steepest.agents.llm.retries import Retrying, RetryPolicy
from steepest.agents.llm.schemas import strict_schema
from steepest.agents.llm.specs import FORMS, open_model
from steepest.agents.llm.transcripts import Record, Totals, Transcribed, Transcript

__all__ = [
    "FORMS",
    "AdaptiveLimit",
    "Budget",
    "BudgetExceeded",
    "Budgeted",
    "Cached",
    "Cassette",
    "CassetteMiss",
    "ChatMessage",
    "ChatModel",
    "ChatReply",
    "ChatRequest",
    "ContextOverflow",
    "Effort",
    "FunctionModel",
    "InvalidReply",
    "LLMError",
    "LocalModel",
    "ModelFileError",
    "PriceUnknown",
    "ProviderError",
    "ProviderStatus",
    "Record",
    "RecordedModel",
    "Recording",
    "ReplyCache",
    "RetryPolicy",
    "Retrying",
    "StopReason",
    "Totals",
    "Transcribed",
    "Transcript",
    "Usage",
    "complete_sync",
    "finished_text",
    "largest_usage",
    "list_providers",
    "open_model",
    "parse_reply",
    "redact",
    "redact_json",
    "run_sync",
    "strict_schema",
    "with_policies",
]
