"""Other ways in which a careful reader could take a problem, each solved beside the way that was taken.

`asking` asks the model for them and reads its reply, `comparing` solves them and says whether the answer changes,
`questions` puts what only the person can say into one short question.
"""
