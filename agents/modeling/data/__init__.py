"""The person's own data: a folder of tables or a database, of which a model sees a description and never the whole.

`places.open_catalogue` opens one; `catalogue` finds what a formulation names in it and binds its columns; `describing`
says what a model is told; `folders` and `databases` read.
"""
