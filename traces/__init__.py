"""The trace graph: values, the operations that made them, and feedback that flows back. Knows no LLM."""
