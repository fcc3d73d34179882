"""One door to the warehouse, whichever engine holds it."""
