"""Data sets: reading benchmark files of many shapes, what is known of them, selection, overlap of two sets."""
