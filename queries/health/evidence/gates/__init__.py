"""The gates a score is held to, and what each measured."""
