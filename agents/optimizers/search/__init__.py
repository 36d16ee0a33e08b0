"""The search core: candidates, evaluations, limits, records, and one loop that every strategy runs on.

`carry_out` drives a `Strategy` over a `Search`. protocols.py has all the seams on one page.
"""
