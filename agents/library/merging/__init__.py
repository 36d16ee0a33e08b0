"""Merging insights that say the same: of one task, of a batch of tasks, and a new one with what the library has.

A model names groups among neighbours and writes the merged text; whether it enters is proven on all their tasks. What
is decided comes back as changes, and is written by the caller with its journal:

    verify = Verification(student, library, embedder, tasks, solved)
    merges = await merge_batch(names, Merging(library, teacher, embedder, verify), sample=iteration)
    effects = Effects(changes=merges.changes, expected=merges.expected)

`OnlineLearning.learn` does this itself after every `LearningSettings.batch` tasks, in each iteration.
"""
