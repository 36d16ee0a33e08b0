"""Formulations over whole numbers, solved by constraint programming (CP-SAT, extra `cp`): schedules, routes, logic."""
