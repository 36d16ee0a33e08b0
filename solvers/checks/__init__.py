"""What can be said of a formulation before it is compiled: names, kinds, data, style, and its problem class."""
