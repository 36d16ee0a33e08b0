"""The classic path: the model itself writes a Pyomo script from a formulation, and the sandbox runs it.

`scripts` finds the script in a reply, `writing` asks for it and runs it, `comparison` holds it against the compiled
answer, and `correction` is LLMOPT's loop, in which the model judges formulation and script and redoes the wrong half.
"""
