"""Grading: what an attempt is worth, by the strict profile and by the historical ones beside it (docs/grading.md)."""

from steepest.evals.grading.profiles import PROFILES, Profile, profiles_named
from steepest.evals.grading.queries import Match, map_queries
from steepest.evals.grading.regrading import regraded
from steepest.evals.grading.verdicts import grade, grading_solves

__all__ = ["PROFILES", "Match", "Profile", "grade", "grading_solves", "map_queries", "profiles_named", "regraded"]
