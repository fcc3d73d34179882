"""Statistics that pages rest on, each with its source."""
