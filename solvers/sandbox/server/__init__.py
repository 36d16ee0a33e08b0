"""The fork server: a clean process that has imported what jobs need and forks one jailed process for each.

It runs none of the foreign code itself. It starts with an empty environment and one descriptor, its control socket; it
has no threads, so that a fork is sound; and it ends when its supervisor does. Forking a warm process costs some 15 ms
where a fresh one that imports Pyomo costs 600. Only `steepest.solvers.sandbox.fork_server` starts it.
"""
