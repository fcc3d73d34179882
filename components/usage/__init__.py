"""Drawing metered usage."""
