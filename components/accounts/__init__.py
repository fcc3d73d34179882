"""Drawing one account."""
