"""The page of `steepest serve`: conversations of `steepest.agents.chat` in a browser.

`serving` puts it together. `guard`, `passes` and `accounts` decide who is let in; `rooms` holds the conversations that
are open; `page`, `thread` and the panels (`answers`, `models`, `editor`, `versions`) show what happens in them;
`drawing` makes pictures of answers. What a turn can do is decided in `steepest.agents.chat` alone.
"""
