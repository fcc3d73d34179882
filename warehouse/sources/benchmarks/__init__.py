"""Benchmark claims, and the runs that tools and tables bring."""
