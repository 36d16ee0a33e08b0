"""Other answers that are as good as the one that was found: up to k of them, or the proof that there is none."""
