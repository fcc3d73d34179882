"""Adapters that land real files in the contract's tables.

An adapter (`tables`, `focus`, `mlperf_storage`) turns files into batches of text with line
numbers and nothing more; `landing.land` casts, validates, compares and writes them for all kinds.
"""
