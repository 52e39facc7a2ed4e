"""Benchmarks: `python -m tests.benchmarks` (or `make bench`) measures speed, memory and quality, beside the stock recipe.

Nothing in here is collected as a timed test; what it means and what it gave is in docs/benchmarks.md.
"""
