"""A conversation about a decision: one session object and one stream of events, for a terminal, a page or a program."""
