"""The experience library: insights that solver verdicts taught, verified, refined, and edited by people.

Source of the idea: AlphaOPT (arXiv 2510.18428). What is different here: every change is an event that can be undone, a
merge takes away exactly what it merged, and nothing enters that did not help the task that it came from.
"""
