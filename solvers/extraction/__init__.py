"""A Pyomo model as arrays and postfix expressions, which every back end here takes and the sandbox hands over."""
