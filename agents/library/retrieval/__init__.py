"""Finding the insights for a problem: candidates by label, words, meaning and structure, then those that apply."""
