"""Statistics of runs: `summarize` one, `compare` two; the formulas are small functions of their own."""

from steepest.evals.statistics.calibration import Bin, Calibration, RiskAtCoverage, calibrate
from steepest.evals.statistics.comparison import ComparedRun, Comparison, Flip, PairedDifference, compare
from steepest.evals.statistics.counting import summarize
from steepest.evals.statistics.distributions import Distribution, distribution
from steepest.evals.statistics.paired import bootstrap_difference, holm, mcnemar, mcnemar_mid_p
from steepest.evals.statistics.proportions import Proportion, mean_proportion, proportion, wilson_interval
from steepest.evals.statistics.reasons import Reason
from steepest.evals.statistics.repetitions import clusters, eff_at_k, majority_at_k, pass_at_k
from steepest.evals.statistics.summary import AtK, ProfileScore, Slice, Summary

__all__ = [
    "AtK",
    "Bin",
    "Calibration",
    "ComparedRun",
    "Comparison",
    "Distribution",
    "Flip",
    "PairedDifference",
    "ProfileScore",
    "Proportion",
    "Reason",
    "RiskAtCoverage",
    "Slice",
    "Summary",
    "bootstrap_difference",
    "calibrate",
    "clusters",
    "compare",
    "distribution",
    "eff_at_k",
    "holm",
    "majority_at_k",
    "mcnemar",
    "mcnemar_mid_p",
    "mean_proportion",
    "pass_at_k",
    "proportion",
    "summarize",
    "wilson_interval",
]
