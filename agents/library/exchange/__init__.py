"""Libraries as files: our own JSON, Markdown that a person edits, AlphaOPT's library and dictionary."""
