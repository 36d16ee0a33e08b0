"""Records an agent's spans while it runs: a span processor beside those that the program has already."""

import threading
from typing import TYPE_CHECKING, Any

from opentelemetry.sdk.trace import SpanProcessor

from steepest.errors import InputError
from steepest.traces.exchange.span_import import from_spans
from steepest.traces.trace import Trace

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan


class SpanRecorder(SpanProcessor):
    """Keeps the spans that end until they are read as a trace.

    recorder = SpanRecorder()
    provider.add_span_processor(recorder)
    answer = agent.run(question)
    trace = recorder.trace()
    backward(trace.outputs, "too long")
    """

    def __init__(self, most: int = 100_000) -> None:
        """Start with no spans.

        Args:
            most: Spans that are kept between two readings; the ones after that are counted and not kept.
        """
        self.most = most
        self.dropped = 0
        """Spans that were too many."""
        self._spans: list[ReadableSpan] = []
        self._lock = threading.Lock()

    def on_end(self, span: "ReadableSpan") -> None:
        """Keep a span; called by the SDK."""
        with self._lock:
            if len(self._spans) < self.most:
                self._spans.append(span)
            else:
                self.dropped += 1

    def take(self) -> "list[ReadableSpan]":
        """The spans that ended since the last time."""
        with self._lock:
            taken, self._spans = self._spans, []
        return taken

    def trace(self, **options: Any) -> Trace:
        """The spans that ended since the last time as a trace.

        Args:
            options: Those of `from_spans`.

        Raises:
            InputError: None ended, or there were more than are kept.
        """
        spans = self.take()
        dropped, self.dropped = self.dropped, 0
        if dropped:
            raise InputError(f"{dropped:,} spans were not kept, so the trace would have gaps: SpanRecorder(most=...)")
        return from_spans(spans, **options)
