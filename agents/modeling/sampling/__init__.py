"""Several formulations of one problem: how many are drawn, which answer they elect, and how far it can be trusted.

`drawing.answer_by_vote` is the way in. `structures` and `groups` say which answers are the same, `election` which one
wins, `evidence` what speaks for and against it, `confidence` what that is worth, and `telling` puts it into words.
"""
