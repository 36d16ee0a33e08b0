"""Optimizers on traces: whoever proposes new parameters, prompts and code, and the searches that decide what is kept."""
