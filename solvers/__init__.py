"""The formulation, its faces, checks, compilers and back ends. Knows no LLM."""
