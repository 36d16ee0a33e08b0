"""Trainable code: where a function's source comes from, what a proposal has to be, and how it is run.

`code_parameter` is the parameter, `proposals` the rules, `loading` runs a proposal in this process and `sandboxed` in
the sandbox; `runners` is the seam between them. Loaded when a bundle is trainable.
"""
