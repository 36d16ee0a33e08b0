"""What a formulation took from the problem's text: sentences, numbers and tables with their places, without a model.

`coverage.read_problem` is the way in, and its `Reading` is part of every answer. `sentences`, `tables`, `roles` and
`places` cut the text; `slots` lists the numbers of a formulation; `matching` and `derivations` say where each comes
from; `demands` compares sentences; `telling` puts what was left out into words.
"""
