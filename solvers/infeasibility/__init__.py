"""Why a problem has no answer, in the formulation's own names: what conflicts, what repairs it, what has no end."""
