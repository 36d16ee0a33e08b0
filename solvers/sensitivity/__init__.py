"""How an answer changes with its data: duals, reduced costs and ranges of LPs, re-solved deltas of everything else."""
