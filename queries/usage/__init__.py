"""Metered usage, and the bills of providers."""
