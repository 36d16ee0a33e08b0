"""Engines make the attempts of a run: in this process, or on the machines of a Ray cluster."""
