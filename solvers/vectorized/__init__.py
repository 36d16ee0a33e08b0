"""The fast reading of the language: sets as columns, sums as scatters, a formulation as sparse arrays."""
