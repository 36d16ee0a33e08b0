"""Runs of the modeling agent that are kept after each step, so that they go on after a kill without paying twice.

`places` says where runs are kept (an SQLite file, a PostgreSQL database), `identity` which run a call goes on with,
`retention` which runs are thrown away, and `writing` how a state is written and read.
"""

from steepest.agents.modeling.checkpoints.places import CheckpointError, Checkpoints, forget_runs
from steepest.agents.modeling.checkpoints.retention import Retention

__all__ = ["CheckpointError", "Checkpoints", "Retention", "forget_runs"]
