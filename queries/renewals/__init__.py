"""Renewals: what is due, and what becomes of it."""
