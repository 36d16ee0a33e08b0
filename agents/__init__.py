"""Whatever talks to an LLM: clients (`llm`) and the modeling agent (`modeling`)."""
