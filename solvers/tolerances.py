"""How exactly an answer has to meet a formulation: the one authority for every reading of it and every back end."""

FEASIBILITY = 1e-6
"""How far a side of a comparison may be off, relative to its size above 1: what solvers themselves allow."""

LARGEST_MISS = 1e-3
"""How far a comparison of large numbers may be off at most, whatever its size."""

ROUNDING = 1e-12
"""What double precision leaves behind in a sum, relative to its largest term."""

INTEGRALITY = 1e-5
"""How far a solver's whole number may be off before it is none."""

TIGHT = 1e-6
"""A constraint whose slack is below this, relative to its size above 1, is binding."""

STATIONARITY = 1e-6
"""How far the slope of a quadratic objective may be off at its optimum, relative to its largest term."""

STRICTNESS = 1e-5
"""By how much one real value has to be below another to be strictly below it: more than a solver's own tolerance."""

REREAD = 1e-5
"""How far a comparison or the objective as written may be off at the answer of the linear form.

One term may stand on several rows there, each of which the solver meets within its own tolerance.
"""
