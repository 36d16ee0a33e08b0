"""Programs with parameters: how they are found, copied, saved, loaded and written back as source.

`module` has `Module` and `model`; `members` finds what they hold; `saving` keeps it as JSON; `export` and what stands
around it (`bindings`, `definitions`, `sites`, `layout`, `margins`, `literals`) write the learned class as Python.
"""
