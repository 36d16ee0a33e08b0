"""Why a problem has no answer, in the formulation's own names: what conflicts, what would repair it, what is unlimited."""
