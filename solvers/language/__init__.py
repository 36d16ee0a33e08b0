"""The expression language: its tree, its one canonical spelling, its parser, and which bare words are labels."""
