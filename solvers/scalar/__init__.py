"""The plain reading of the language, one index tuple at a time: the independent check of the vectorized one."""
