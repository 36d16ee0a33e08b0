"""How a library evolves: failures are diagnosed, conditions are refined by what they would have found, what hurts goes.

AlphaOPT's library evolution (arXiv 2510.18428, section 3.3). What is different: what a model says of an insight counts
only when a new formulation bears it out, and a new condition has to find better on tasks that it was not made from.
"""
