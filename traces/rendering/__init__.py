"""Seeing a trace: as a tree in a terminal, a picture in a notebook, a page to explore, Mermaid text.

Called by the methods of `steepest.traces.trace.Trace`. Every rendering works on the same few things: names numbered in
the trace, what is told about a node, and long traces folded. Standard library only, no network, no system binary.
"""
