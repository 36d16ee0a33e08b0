"""The answer battery: tests of a model and its answer that need no label, each certified to apply before it is used."""
