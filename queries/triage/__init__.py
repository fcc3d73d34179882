"""Triage: whom to call first, about what, and what was done about it."""
