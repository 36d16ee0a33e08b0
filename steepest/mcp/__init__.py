"""What steepest can do, as tools of a Model Context Protocol server, for people who work in another assistant."""
