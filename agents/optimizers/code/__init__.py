"""Changing source a piece at a time: edits as SEARCH/REPLACE blocks, whole rewrites, the lines that may change, and
what sources differ in. Pure functions on texts; nothing here runs the source, asks a model or knows a search.
"""
