"""Skills: what several insights about one kind of model come to, as a way to work that a person or an agent follows.

After OptSkills (arXiv 2605.29829), whose skills are distilled from clusters of solved problems; here from clusters of
insights, each of which was proven on problems.
"""
