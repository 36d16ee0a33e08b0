"""Other faces of a formulation: a standalone Pyomo script, LP, LaTeX."""
